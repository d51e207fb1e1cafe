import { queryAsTenant } from "@/server/db/tenant-query";
import type { ResolvedWorkflow, WorkflowRequest, WorkflowResolver } from "@/server/nodes/services";
import { resolveWorkflow } from "@/server/workflows/service";

const KEPT_CHOICES = 1_000;

const EARLIER = `
SELECT v.id AS "versionId", v.number, r.workflow_id AS "workflowId", w.name FROM run r
JOIN workflow w ON w.id = r.workflow_id JOIN workflow_version v ON v.id = r.version_id
WHERE r.parent_run_id = $1 AND r.workflow_id = $2 AND r.workspace_id = $3 ORDER BY r.id LIMIT 1`;

/** `latest` is chosen once per run: whichever version an earlier child of the run got, also before a takeover. */
export class ChildVersions implements WorkflowResolver {
  readonly #chosen = new Map<string, ResolvedWorkflow>();

  async resolve({ workspaceId, runId, workflow, version }: WorkflowRequest): Promise<ResolvedWorkflow | null> {
    if (version !== "latest") return resolveWorkflow(workspaceId, workflow, version);
    const key = `${runId} ${workflow}`;
    const known = this.#chosen.get(key);
    if (known !== undefined) return known;
    const latest = await resolveWorkflow(workspaceId, workflow, version);
    if (latest === null) return null;
    const { rows } = await queryAsTenant<ResolvedWorkflow>(workspaceId, { text: EARLIER, values: [runId, latest.workflowId, workspaceId] });
    const chosen = rows[0] ?? latest;
    this.#chosen.set(key, chosen);
    if (this.#chosen.size > KEPT_CHOICES) this.#chosen.delete(this.#chosen.keys().next().value ?? "");
    return chosen;
  }
}
