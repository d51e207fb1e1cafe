"use client";

import { useQuery } from "@tanstack/react-query";
import { skipToken } from "@tanstack/react-query";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { WorkflowDetail } from "@/server/workflows/contract";
import { RunForm } from "./run-form";

export type RunDialogProps = { workflow: Pick<WorkflowDetail, "id" | "name">; close: () => void } & (
  | { mode: "test"; definition: Record<string, unknown> }
  | { mode: "production"; versionId: string | undefined }
);

/** Asks for the input and starts a run. */
export function RunDialog(props: RunDialogProps) {
  const { workflow, mode, close } = props;
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={mode === "test" ? `Test the draft of ${workflow.name}` : `Run ${workflow.name}`}
        description={mode === "test" ? "The draft as it is now runs once, marked as a test." : undefined}
        className="max-w-xl"
      >
        {props.mode === "test" ? (
          <RunForm workflowId={workflow.id} mode="test" definition={props.definition} close={close} />
        ) : (
          <PublishedRunForm workflowId={workflow.id} versionId={props.versionId} close={close} />
        )}
      </DialogContent>
    </Dialog>
  );
}

function PublishedRunForm({ workflowId, versionId, close }: { workflowId: string; versionId: string | undefined; close: () => void }) {
  const trpc = useTRPC();
  const version = useQuery(trpc.workflows.version.queryOptions(versionId === undefined ? skipToken : { versionId }));
  if (version.isError) return <ErrorState error={version.error} retry={() => void version.refetch()} what="the version" />;
  if (!version.isSuccess) return <SkeletonRows count={3} />;
  return (
    <RunForm
      workflowId={workflowId}
      mode="production"
      versionId={version.data.current ? undefined : version.data.id}
      definition={version.data.definition}
      close={close}
    />
  );
}
