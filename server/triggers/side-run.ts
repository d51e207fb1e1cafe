import { keptGiven } from "@/server/blobs/service";
import { sharedPool } from "@/server/db/client";
import { calledBy, VERSION_IN } from "@/server/environments/service";
import { newId } from "@/server/db/id";
import { encodeValue } from "@/server/expressions/encoding";
import { encodeGiven } from "@/server/queue/given-values";
import type { EnqueuedRun } from "@/server/queue/enqueue";
import { identityOfSideRun, requireFit, startableVersion } from "@/server/triggers/run-of-event";

const FIND = `
SELECT w.id AS "workflowId", ${VERSION_IN("n.id")} AS "versionId", n.id AS "environmentId", n.slug AS environment, (SELECT setter_rights FROM trigger WHERE id = $3) AS "setterRights"
FROM ${calledBy("$2")} w JOIN workspace s ON s.id = $1
LEFT JOIN environment n ON n.id = coalesce((SELECT environment_id FROM trigger WHERE id = $3), s.live_environment_id)
WHERE w.archived_at IS NULL AND ${VERSION_IN("n.id")} IS NOT NULL`;

interface Found {
  workflowId: string;
  versionId: string;
  environmentId: string | null;
  environment: string | null;
  setterRights: unknown;
}

interface SideRun {
  kind: "authorizer" | "poller";
  trigger: { id: string; workspaceId: string; name: string };
  /** Id, slug or name of a published workflow. */
  workflow: string;
  input: unknown;
  /** Who asked for it. */
  startedById?: string | null;
}

/** A run that a trigger needs for itself: of a workflow that decides or looks. Null: there is no such published workflow. Throws when it does not take the input. */
export async function sideRunOf({ kind, trigger, workflow, input, startedById = null }: SideRun): Promise<EnqueuedRun | null> {
  const { rows } = await sharedPool().query<Found>({ name: "trigger-side-workflow", text: FIND, values: [trigger.workspaceId, workflow, trigger.id] });
  const [published] = rows;
  if (published === undefined) return null;
  const { input: schema, settings } = await startableVersion(trigger.workspaceId, published.versionId);
  requireFit(schema, input);
  const id = newId();
  return keptGiven<EnqueuedRun>({
    id, workspaceId: trigger.workspaceId, workflowId: published.workflowId, versionId: published.versionId, environmentId: published.environmentId, mode: "production", pool: settings.pool ?? "default", priority: settings.priority ?? 0,
    input: encodeGiven("input", input), trigger: encodeValue({ id: newId(), kind, name: trigger.name }), triggerKind: kind, triggerId: trigger.id,
    parent: null, rootRunId: id, depth: 0, labels: settings.labels ?? {}, options: published.environment === null ? {} : { environment: published.environment },
    ...(startedById === null ? {} : { startedById }),
    ...(await identityOfSideRun(trigger.workspaceId, published, { type: "trigger", id: trigger.id, name: trigger.name }, published.setterRights)),
  });
}

/** How a side run ended; null while it goes on. `missing`: there is no such run any more. */
export async function readSideRun(workspaceId: string, runId: string): Promise<{ status: string; output: string | null; error: unknown } | null> {
  const { rows } = await sharedPool().query<{ status: string; output: string | null; error: unknown }>({
    name: "trigger-side-run", text: "SELECT status, output::text AS output, error FROM run WHERE id = $1 AND workspace_id = $2", values: [runId, workspaceId],
  });
  const run = rows[0] ?? { status: "missing", output: null, error: null };
  return run.status === "queued" ? null : run;
}
