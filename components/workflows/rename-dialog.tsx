"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "@/components/data/trpc";
import { RenameForm } from "@/components/organizing/rename-form";
import type { WorkflowSummary } from "@/server/workflows/contract";

export function RenameDialog({ workflow, close }: { workflow: Pick<WorkflowSummary, "id" | "name" | "description">; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const rename = useMutation(
    trpc.workflows.rename.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries({ queryKey: trpc.workflows.pathKey() });
        close();
      },
    }),
  );
  return (
    <RenameForm title="Rename workflow" current={workflow} maxDescription={10_000} error={rename.error} isBusy={rename.isPending} onSave={(next) => rename.mutate({ workflowId: workflow.id, ...next })} close={close} />
  );
}
