import { queryAsTenant } from "@/server/db/tenant-query";
import type { ResolvedWorkflow, WorkflowRequest, WorkflowResolver } from "@/server/nodes/services";
import { resolveWorkflow, VERSION_SETTINGS } from "@/server/workflows/service";

const KEPT_CHOICES = 1_000;

// The row of a run that is being carried out is there, and locked while it is changed: of two steps at once one chooses.
const CHOOSE = `
WITH chosen AS (
  UPDATE run_queue SET latest = jsonb_build_object($3::text, $4::text) || coalesce(latest, '{}') WHERE run_id = $1 AND workspace_id = $2
  RETURNING (latest ->> $3::text)::uuid AS version_id
)
SELECT v.id AS "versionId", v.number, v.workflow_id AS "workflowId", w.name, ${VERSION_SETTINGS} AS settings
FROM chosen c JOIN workflow_version v ON v.id = c.version_id JOIN workflow w ON w.id = v.workflow_id`;

/** `latest` is chosen once per run, whichever worker and step asks first. */
export class ChildVersions implements WorkflowResolver {
  readonly #chosen = new Map<string, ResolvedWorkflow>();

  async resolve({ workspaceId, runId, workflow, version, environmentId = null }: WorkflowRequest): Promise<ResolvedWorkflow | null> {
    if (version !== "latest") return resolveWorkflow(workspaceId, workflow, version, environmentId);
    const key = `${runId} ${workflow}`;
    const known = this.#chosen.get(key);
    if (known !== undefined) return known;
    const latest = await resolveWorkflow(workspaceId, workflow, version, environmentId);
    if (latest === null) return null;
    const { rows } = await queryAsTenant<ResolvedWorkflow>(workspaceId, { text: CHOOSE, values: [runId, workspaceId, latest.workflowId, latest.versionId] });
    const chosen = rows[0] ?? latest;
    this.#chosen.set(key, chosen);
    if (this.#chosen.size > KEPT_CHOICES) this.#chosen.delete(this.#chosen.keys().next().value ?? "");
    return chosen;
  }
}
