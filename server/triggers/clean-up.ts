import { sharedPool } from "@/server/db/client";
import { storableText } from "@/server/expressions/storable";
import { readTriggerSecret } from "@/server/secrets/service";
import { tellTriggerChanged } from "@/server/triggers/activity";
import { healthStatement } from "@/server/triggers/health-statement";
import { isTriggerKind, TRIGGER_KIND_NAMES } from "@/server/triggers/kinds";
import { LISTENER_LEASE_SECONDS } from "@/server/triggers/lease-rows";
import { sourceOf } from "@/server/triggers/sources";

const LOOK_MS = 100;

interface Cleaned {
  id: string;
  workspaceId: string;
  name: string;
  kind: string;
  config: Record<string, unknown>;
}

export function makesThings(kind: string): boolean {
  return isTriggerKind(kind) && sourceOf(kind).cleanUp !== undefined;
}

/** Takes away what the kind made at the other side, once the trigger is disabled and nobody listens for it. Answers why it could not, or null. */
export async function cleanUp({ kind, ...trigger }: Cleaned, why: "disabled" | "deleted"): Promise<string | null> {
  const source = isTriggerKind(kind) ? sourceOf(kind) : null;
  if (source?.cleanUp === undefined) return null;
  try {
    await untilReleased(trigger.id);
    await source.cleanUp({ ...trigger, checkpoint: null }, { secret: (wanted) => readTriggerSecret(trigger, wanted) }, why);
    return null;
  } catch (error) {
    return storableText(error instanceof Error ? error.message : String(error));
  }
}

/** A process that still listens would make again what is taken away; at the latest its lease runs out. */
async function untilReleased(triggerId: string): Promise<void> {
  for (const deadline = performance.now() + LISTENER_LEASE_SECONDS * 1_000; performance.now() < deadline; await new Promise((resolve) => setTimeout(resolve, LOOK_MS))) {
    const { rows } = await sharedPool().query("SELECT 1 FROM trigger WHERE id = $1 AND lease_until > (SELECT clock_timestamp())", [triggerId]);
    if (rows.length === 0) return;
  }
}

const RETRY_SECONDS = 60;

// Whoever has listened has said how it is; without that there is nothing to take away.
const UNUSED = `
SELECT t.id, t.workspace_id AS "workspaceId", t.name, t.kind, t.config, CASE WHEN t.retired_at IS NULL AND w.deleted_at IS NULL THEN 'disabled' ELSE 'deleted' END AS why
FROM trigger t JOIN workflow w ON w.id = t.workflow_id
WHERE t.kind = ANY($1) AND t.health IS NOT NULL AND (t.retired_at IS NOT NULL OR t.dormant OR w.deleted_at IS NOT NULL OR w.archived_at IS NOT NULL)
  AND (t.lease_until IS NULL OR t.lease_until < (SELECT clock_timestamp())) AND coalesce((t.health ->> 'retryAt')::timestamptz < (SELECT clock_timestamp()), true) LIMIT 20`;

const CLEANED = "UPDATE trigger SET health = NULL, checkpoint = CASE WHEN $2 THEN NULL ELSE checkpoint END, error = CASE WHEN error ->> 'code' = 'clean_up_failed' THEN NULL ELSE error END WHERE id = $1";
const FAILED = healthStatement({
  where: "id = $1",
  set: `error = json_build_object('code', 'clean_up_failed', 'message', $2::text),
    health = json_build_object('state', 'failing', 'message', $2::text, 'retryAt', clock_timestamp() + make_interval(secs => ${RETRY_SECONDS}))`,
});

/** The same for triggers that left the published version, or whose workflow was deleted or archived. Anybody may call it at any time. */
export async function cleanUpUnused(): Promise<void> {
  const { rows } = await sharedPool().query<Cleaned & { why: "disabled" | "deleted" }>(UNUSED, [TRIGGER_KIND_NAMES.filter(makesThings)]);
  for (const { why, ...trigger } of rows) {
    const problem = await cleanUp(trigger, why);
    await (problem === null ? sharedPool().query(CLEANED, [trigger.id, why === "deleted"]) : sharedPool().query(FAILED, [trigger.id, problem]));
    tellTriggerChanged(trigger.workspaceId, trigger.id);
  }
}
