import { Badge } from "@/components/ui/badge";
import type { WorkflowSummary } from "@/server/workflows/contract";

export function PublishState({ workflow }: { workflow: Pick<WorkflowSummary, "published" | "draftChanged" | "archivedAt"> }) {
  if (workflow.archivedAt !== null) return <Badge>Archived</Badge>;
  if (workflow.published === null) return <Badge tone="warning">Not published</Badge>;
  return (
    <>
      <Badge tone="success">Version {workflow.published.number}</Badge>
      {workflow.draftChanged ? <Badge tone="accent">Unpublished changes</Badge> : null}
    </>
  );
}
