import { rawDb } from "@/server/db/client";

/** A version chosen for a child run; structurally what the `subworkflow` step asks for. */
export interface WorkflowChoice {
  workflowId: string;
  versionId: string;
  number: number;
  name: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** For the worker: `workflow` is an id, a slug or a name; `latest` is the published version. Null: nothing that may run. */
export async function resolveWorkflow(workspaceId: string, workflow: string, version: number | "latest"): Promise<WorkflowChoice | null> {
  const named = UUID.test(workflow) ? { id: workflow } : { OR: [{ slug: workflow }, { name: workflow }] };
  const found = await rawDb().workflow.findFirst({
    where: { workspaceId, deletedAt: null, archivedAt: null, ...named },
    select: { id: true, name: true, publishedVersionId: true },
    orderBy: { createdAt: "asc" },
  });
  if (found === null) return null;
  const wanted = version === "latest" ? { id: found.publishedVersionId ?? "" } : { number: version };
  if (wanted.id === "") return null;
  const chosen = await rawDb().workflowVersion.findFirst({ where: { workspaceId, workflowId: found.id, listed: true, ...wanted }, select: { id: true, number: true } });
  return chosen === null ? null : { workflowId: found.id, versionId: chosen.id, number: chosen.number ?? 0, name: found.name };
}
