"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { toast } from "@/components/ui/toast";

/** Archives, deletes and restores organizations. */
export function useChangeOrganization() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return useMutation(
    trpc.organizations.change.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.organizations.pathKey() }),
      onError: (error) => void toast.error(readRefusal(error).message),
    }),
  );
}
