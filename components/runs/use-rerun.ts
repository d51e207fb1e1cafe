"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { toast } from "@/components/ui/toast";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { useHref } from "@/components/shell/workspace-context";

/** Repeats a run, whole or from a step, and goes to the new one. */
export function useRerun() {
  const trpc = useTRPC();
  const router = useRouter();
  const href = useHref();
  const queryClient = useQueryClient();
  return useMutation(
    trpc.runs.rerun.mutationOptions({
      onSuccess: ({ runId }) => {
        toast.success("A new run has begun.");
        router.push(href(`/runs/${runId}`));
        void queryClient.invalidateQueries({ queryKey: trpc.runs.list.pathKey() });
      },
      onError: (error) => void toast.error(readRefusal(error).message),
    }),
  );
}
