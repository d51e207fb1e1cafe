import { calledBy, VERSION_IN } from "@/server/environments/service";
import { queryAsTenant } from "@/server/db/tenant-query";

/** A version chosen for a child run; structurally what the `subworkflow` step asks for. */
export interface WorkflowChoice {
  workflowId: string;
  versionId: string;
  number: number;
  name: string;
  settings: { pool?: string; priority?: number; labels?: Record<string, string> };
}

/** Id of the workflow that is called so, whatever state it is in. */
export async function findCalled(workspaceId: string, workflow: string): Promise<string | null> {
  const { rows } = await queryAsTenant<{ id: string }>(workspaceId, { text: `SELECT w.id FROM ${calledBy("$2")} w`, values: [workspaceId, workflow] });
  return rows[0]?.id ?? null;
}

/** Of a version `v`. */
export const VERSION_SETTINGS = "coalesce(v.definition -> 'settings', '{}')";

const RESOLVE = `
SELECT w.id AS "workflowId", v.id AS "versionId", coalesce(v.number, 0) AS number, w.name, ${VERSION_SETTINGS} AS settings
FROM ${calledBy("$2")} w
JOIN workflow_version v ON w.archived_at IS NULL AND v.workspace_id = $1 AND v.workflow_id = w.id AND v.listed
  AND CASE WHEN $3::int IS NULL THEN v.id = ${VERSION_IN("$4")} ELSE v.number = $3 AND ($4::uuid IS NULL OR EXISTS (SELECT FROM deployment d WHERE d.workflow_id = w.id AND d.environment_id = $4::uuid AND d.version_id = v.id)) END`;

/**
 * For the worker: `workflow` is an id, a slug or a name; `latest` is the published version, or the one that the run's environment
 * has, and a number one that it has had. Null: nothing that may run.
 */
export async function resolveWorkflow(workspaceId: string, workflow: string, version: number | "latest", environmentId: string | null = null): Promise<WorkflowChoice | null> {
  const values = [workspaceId, workflow, version === "latest" ? null : version, environmentId];
  const { rows } = await queryAsTenant<WorkflowChoice>(workspaceId, { text: RESOLVE, values });
  return rows[0] ?? null;
}
