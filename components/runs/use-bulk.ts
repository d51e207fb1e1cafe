"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "@/components/ui/toast";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";

export interface BulkOutcome {
  title: string;
  /** One per run. `newRunId`: what a re-run became. */
  results: { runId: string; text: string; isRefused: boolean; newRunId: string | null }[];
}

function useRenew(): () => void {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return () => void queryClient.invalidateQueries({ queryKey: trpc.runs.list.pathKey() });
}

/** Begins the runs again; until they have ended, the new ones can be called back. */
export function useBulkRerun(onDone: (outcome: BulkOutcome) => void) {
  const trpc = useTRPC();
  const renew = useRenew();
  const cancel = useMutation(trpc.runs.cancelMany.mutationOptions({ onSettled: renew, onError: (error) => void toast.error(readRefusal(error).message) }));
  const rerun = useMutation(
    trpc.runs.rerunMany.mutationOptions({
      onSettled: renew,
      onError: (error) => void toast.error(readRefusal(error).message),
      onSuccess: ({ results }) => {
        const begun = results.flatMap(({ newRunId }) => newRunId ?? []);
        onDone({
          title: `${begun.length} of ${results.length} began again.`,
          results: results.map(({ runId, newRunId, refusal }) => ({ runId, newRunId, text: refusal?.message ?? "Began again", isRefused: refusal !== null })),
        });
        if (begun.length === 0) return;
        toast.success(`${begun.length} new runs have begun.`, { action: { label: "Undo", onClick: () => cancel.mutate({ runIds: begun, reason: "Re-run was undone" }) } });
      },
    }),
  );
  return { isPending: rerun.isPending, begin: (runIds: string[], from: "start" | "failure" = "start") => rerun.mutate({ runIds, from }) };
}

export function useBulkCancel(onDone: (outcome: BulkOutcome) => void) {
  const trpc = useTRPC();
  const renew = useRenew();
  return useMutation(
    trpc.runs.cancelMany.mutationOptions({
      onSettled: renew,
      onSuccess: ({ results }) =>
        onDone({
          title: `${results.filter(({ requested }) => requested).length} of ${results.length} are being cancelled.`,
          results: results.map(({ runId, requested, refusal }) => ({
            runId, newRunId: null, isRefused: refusal !== null, text: refusal?.message ?? (requested ? "Is being cancelled" : "Had ended already"),
          })),
        }),
    }),
  );
}
