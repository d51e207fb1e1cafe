"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "@/components/ui/toast";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import type { WorkflowDetail } from "@/server/workflows/contract";

export type PinOrigin = { value: unknown } | { runId: string; path: string; attempt?: number };

/** Setting and taking away pins; every change can be taken back. */
export function usePins(workflowId: string) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const key = trpc.workflows.get.queryKey({ workflowId });
  const refresh = () => void queryClient.invalidateQueries({ queryKey: key });
  const onError = (error: unknown) => void toast.error(readRefusal(error).message);
  const pinning = useMutation(trpc.testData.pin.mutationOptions({ onSettled: refresh, onError }));
  const unpinning = useMutation(trpc.testData.unpin.mutationOptions({ onSettled: refresh, onError }));
  const moving = useMutation(trpc.testData.movePin.mutationOptions({ onSettled: refresh, onError }));
  const show = (change: (pins: Record<string, unknown>) => Record<string, unknown>) =>
    queryClient.setQueryData<WorkflowDetail>(key, (detail) => (detail === undefined ? undefined : { ...detail, pins: change(detail.pins) }));

  const takeBack = (nodeId: string, before: { value?: unknown } | null) => () => {
    if (before === null) unpinning.mutate({ workflowId, nodeId });
    else pinning.mutate({ workflowId, nodeId, from: { value: before.value } });
  };
  return {
    pin: (nodeId: string, from: PinOrigin) => {
      if ("value" in from) show((pins) => ({ ...pins, [nodeId]: from.value }));
      pinning.mutate(
        { workflowId, nodeId, from },
        { onSuccess: ({ before }) => void toast("The output is pinned: tests use it in place of running the step.", { action: { label: "Undo", onClick: takeBack(nodeId, before) } }) },
      );
    },
    unpin: (nodeId: string) => {
      show(({ [nodeId]: _removed, ...others }) => others);
      unpinning.mutate({ workflowId, nodeId }, { onSuccess: ({ before }) => (before === null ? undefined : void toast("The output is not pinned any more.", { action: { label: "Undo", onClick: takeBack(nodeId, before) } })) });
    },
    move: (nodeId: string, to: string, onRefused: () => void) => {
      show(({ [nodeId]: pinned, ...others }) => ({ ...others, [to]: pinned }));
      moving.mutate({ workflowId, nodeId, to }, { onError: onRefused });
    },
  };
}
