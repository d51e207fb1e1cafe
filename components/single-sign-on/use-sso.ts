"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { toast } from "@/components/ui/toast";

/** The connections and domains of the organization; `after` is for whatever changes them. */
export function useSso() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const refresh = () => queryClient.invalidateQueries({ queryKey: trpc.sso.pathKey() });
  return { trpc, sso: useQuery(trpc.sso.get.queryOptions()), after: { onSuccess: refresh, onError: (error: unknown) => void toast.error(readRefusal(error).message) } };
}
