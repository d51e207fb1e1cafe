import { v5 } from "uuid";
import { recordAudit } from "@/server/audit/service";
import { rawDb, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { storableText } from "@/server/expressions/storable";
import { readTriggerSecret } from "@/server/secrets/service";
import { tellTriggerChanged } from "@/server/triggers/activity";
import { healthStatement } from "@/server/triggers/health-statement";
import { isTriggerKind } from "@/server/triggers/kinds";
import { IS_TRIED, IS_WANTED, LISTENER_LEASE_SECONDS } from "@/server/triggers/lease-rows";
import { MAKING_KINDS, sourceOf } from "@/server/triggers/sources";

const LOOK_MS = 100;
const HOLD_EVERY_MS = 2_000;

const TAKE = `
UPDATE trigger t SET lease_owner = $2, lease_until = clock_timestamp() + make_interval(secs => ${LISTENER_LEASE_SECONDS}), lease_epoch = lease_epoch + 1 FROM workflow w
WHERE t.id = $1 AND w.id = t.workflow_id AND NOT (${IS_WANTED}) AND (t.lease_until IS NULL OR t.lease_until < clock_timestamp())`;
const WANTED = `SELECT FROM trigger t JOIN workflow w ON w.id = t.workflow_id WHERE t.id = $1 AND ${IS_WANTED}`;
const HOLD = `UPDATE trigger SET lease_until = clock_timestamp() + make_interval(secs => ${LISTENER_LEASE_SECONDS}) WHERE id = $1 AND lease_owner = $2`;
const GIVE_BACK = "UPDATE trigger SET lease_owner = NULL, lease_until = NULL WHERE id = $1 AND lease_owner = $2";

interface Cleaned {
  id: string;
  workspaceId: string;
  name: string;
  kind: string;
  config: Record<string, unknown>;
}

export function makesThings(kind: string): boolean {
  return (MAKING_KINDS as readonly string[]).includes(kind);
}

/**
 * Takes away what the kind made at the other side, once the trigger is disabled and nobody listens for it; what somebody wants again stays.
 * Answers why it could not, or null.
 */
export async function cleanUp({ kind, ...trigger }: Cleaned, why: "disabled" | "deleted"): Promise<string | null> {
  const source = isTriggerKind(kind) ? sourceOf(kind) : null;
  if (source?.cleanUp === undefined) return null;
  try {
    const owner = newId();
    if (!(await takeUnused(trigger.id, owner))) return null;
    await holdingLease(trigger.id, owner, () => source.cleanUp?.({ ...trigger, checkpoint: null }, { secret: (wanted) => readTriggerSecret(trigger, wanted) }, why));
    return null;
  } catch (error) {
    return storableText(error instanceof Error ? error.message : String(error));
  }
}

/** Keeps a lease that was taken, and gives it back. */
export async function holdingLease(triggerId: string, owner: string, work: () => Promise<void> | undefined): Promise<void> {
  const holder = setInterval(() => void sharedPool().query(HOLD, [triggerId, owner]).catch(() => {}), HOLD_EVERY_MS);
  try {
    await work();
  } finally {
    clearInterval(holder);
    await sharedPool().query(GIVE_BACK, [triggerId, owner]);
  }
}

/**
 * Takes the listener's lease: one that still listens would make again what is taken away, and one of a trigger that is enabled meanwhile
 * waits until that is done. At the latest its lease runs out. False: somebody wants it again.
 */
async function takeUnused(triggerId: string, owner: string): Promise<boolean> {
  for (const deadline = performance.now() + 2 * LISTENER_LEASE_SECONDS * 1_000; performance.now() < deadline; await new Promise((resolve) => setTimeout(resolve, LOOK_MS))) {
    const { rowCount } = await sharedPool().query(TAKE, [triggerId, owner]);
    if (rowCount === 1) return true;
    const { rows } = await sharedPool().query(WANTED, [triggerId]);
    if (rows.length > 0) return false;
  }
  throw new Error("another process is still at it");
}

const RETRY_SECONDS = 60;

/** So long after a trigger was deleted whatever cannot be taken away is left. */
const GIVEN_UP_DAYS = 30;

// Whoever has listened has said how it is; without that there is nothing to take away.
const UNUSED = `
SELECT t.id, t.workspace_id AS "workspaceId", t.name, t.kind, t.config, CASE WHEN t.retired_at IS NULL AND w.deleted_at IS NULL THEN 'disabled' ELSE 'deleted' END AS why,
  t.deleted_at < clock_timestamp() - make_interval(days => ${GIVEN_UP_DAYS}) AS "isOld", s.organization_id AS "organizationId"
FROM trigger t JOIN workflow w ON w.id = t.workflow_id JOIN workspace s ON s.id = t.workspace_id
WHERE t.kind = ANY($1) AND t.health IS NOT NULL
  AND (t.retired_at IS NOT NULL AND NOT ${IS_TRIED} OR t.dormant OR w.deleted_at IS NOT NULL OR w.archived_at IS NOT NULL OR t.mode = 'disabled' AND t.error ->> 'code' = 'clean_up_failed')
  AND (t.lease_until IS NULL OR t.lease_until < (SELECT clock_timestamp())) AND coalesce((t.health ->> 'retryAt')::timestamptz < (SELECT clock_timestamp()), true)
ORDER BY (t.health ->> 'retryAt')::timestamptz NULLS FIRST, t.id LIMIT 20`;

// The checkpoint stays: a slot that is made again later says that it missed something.
const CLEANED = "UPDATE trigger SET health = NULL, error = CASE WHEN error ->> 'code' = 'clean_up_failed' THEN NULL ELSE error END WHERE id = $1 AND (lease_until IS NULL OR lease_until < clock_timestamp())";
const FAILED = healthStatement({
  where: "id = $1",
  set: `error = json_build_object('code', 'clean_up_failed', 'message', $2::text),
    health = json_build_object('state', 'failing', 'message', $2::text, 'retryAt', clock_timestamp() + make_interval(secs => ${RETRY_SECONDS}))`,
});

interface Unused extends Cleaned {
  why: "disabled" | "deleted";
  /** Null: it is not deleted. */
  isOld: boolean | null;
  organizationId: string;
}

/** The same for triggers that were deleted or left the published version, whose workflow was deleted or archived, or where it could not be done at once. Anybody may call it at any time. */
export async function cleanUpUnused(): Promise<void> {
  const { rows } = await sharedPool().query<Unused>(UNUSED, [MAKING_KINDS]);
  for (const trigger of rows) await noteCleaned(trigger, await cleanUp(trigger, trigger.why), trigger);
}

/** `left`: why something of it is still at the other side. */
export async function noteCleaned({ id, workspaceId, name }: Pick<Cleaned, "id" | "workspaceId" | "name">, left: string | null, { isOld, organizationId }: { isOld: boolean | null; organizationId: string }): Promise<void> {
  if (left !== null && isOld === true) {
    const actor = { type: "system", id, name: `Trigger ${name}` } as const;
    await recordAudit(rawDb(), { organizationId, workspaceId, actor }, { id: v5("abandoned", id), action: "trigger.leftover_abandoned", resource: { type: "trigger", id, name }, after: { problem: left } });
  }
  await (left === null || isOld === true ? sharedPool().query(CLEANED, [id]) : sharedPool().query(FAILED, [id, left]));
  tellTriggerChanged(workspaceId, id);
}
