"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "@/components/ui/toast";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";

/** Marks items of one's inbox as read or unread, and shows that at once. */
export function useMarkRead() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return useMutation(
    trpc.alerts.markRead.mutationOptions({
      onSuccess: () => Promise.all([queryClient.invalidateQueries({ queryKey: trpc.alerts.inbox.pathKey() }), queryClient.invalidateQueries({ queryKey: trpc.alerts.unread.pathKey() })]),
      onError: (error) => void toast.error(readRefusal(error).message),
    }),
  );
}
