"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "@/components/ui/toast";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";

type Action = "archive" | "restore" | "delete" | "undelete";
const OPPOSITE: Readonly<Record<Action, Action>> = { archive: "restore", restore: "archive", delete: "undelete", undelete: "delete" };
const SAID: Readonly<Record<Action, (what: string, isOne: boolean) => string>> = {
  archive: (what, isOne) => `${what} ${isOne ? "is archived and does" : "are archived and do"} not run any more.`,
  restore: (what, isOne) => `${what} ${isOne ? "is" : "are"} back in use.`,
  delete: (what, isOne) => `${what} ${isOne ? "is" : "are"} deleted.`,
  undelete: (what, isOne) => `${what} ${isOne ? "is" : "are"} back.`,
};

/** Archiving, deleting and the ways back, for one workflow or several. Each says what it did and can be undone. */
export function useLifecycle() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const change = useMutation(
    trpc.workflows.changeMany.mutationOptions({
      onError: (error) => void toast.error(readRefusal(error).message),
      onSettled: () =>
        Promise.all([queryClient.invalidateQueries({ queryKey: trpc.workflows.pathKey() }), queryClient.invalidateQueries({ queryKey: trpc.organizing.pathKey() })]),
    }),
  );
  const copying = useMutation(
    trpc.workflows.duplicate.mutationOptions({
      onError: (error) => void toast.error(readRefusal(error).message),
      onSettled: () => queryClient.invalidateQueries({ queryKey: trpc.workflows.list.pathKey() }),
    }),
  );
  return {
    apply: (action: Action, workflows: readonly { id: string; name: string }[], onDone?: () => void) => {
      const workflowIds = workflows.map(({ id }) => id);
      const what = workflows.length === 1 ? (workflows[0]?.name ?? "") : `${workflows.length} workflows`;
      change.mutate({ workflowIds, action }, {
        onSuccess: () => {
          toast.success(SAID[action](what, workflows.length === 1), { action: { label: "Undo", onClick: () => change.mutate({ workflowIds, action: OPPOSITE[action] }) } });
          onDone?.();
        },
      });
    },
    duplicate: (workflow: { id: string }, onDone: (copy: { id: string; name: string }) => void) => copying.mutate({ workflowId: workflow.id }, { onSuccess: onDone }),
  };
}
