import { sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { storableText } from "@/server/expressions/storable";
import { storableJson } from "@/server/queue/storable-json";
import { readTriggerSecret } from "@/server/secrets/service";
import { tellTriggerChanged } from "@/server/triggers/activity";
import { holdingLease } from "@/server/triggers/clean-up";
import { healthStatement } from "@/server/triggers/health-statement";
import { isTriggerKind, TRIGGER_KINDS, type TriggerKind } from "@/server/triggers/kinds";
import { LISTENER_LEASE_SECONDS } from "@/server/triggers/lease-rows";
import { REFUSES } from "@/server/triggers/pause-rows";
import type { Kept, ListeningTrigger } from "@/server/triggers/source";
import { KEEPING_KINDS, sourceOf } from "@/server/triggers/sources";

const AGAIN_SECONDS = 60;

// What was made has a checkpoint. One that is disabled asks its server nothing unless there is a limit to keep.
const TAKE = `
WITH due AS (
  SELECT t.id, CASE WHEN t.mode = 'disabled' THEN 'disabled' ELSE 'paused' END AS why FROM trigger t JOIN workflow w ON w.id = t.workflow_id
  WHERE t.kind = ANY($1) AND t.checkpoint IS NOT NULL AND t.retired_at IS NULL AND NOT t.dormant AND w.archived_at IS NULL AND w.deleted_at IS NULL
    AND CASE WHEN t.mode = 'disabled' THEN t.config ->> 'onDisable' = 'keep' AND t.config ->> 'keepAtMostMb' IS NOT NULL ELSE ${REFUSES} END
    AND (t.lease_until IS NULL OR t.lease_until < (SELECT clock_timestamp()))
    AND coalesce(t.health ->> 'state', '') <> 'dropped' AND coalesce((t.health ->> 'lookAt')::timestamptz <= (SELECT clock_timestamp()), true)
  ORDER BY t.id LIMIT 20 FOR UPDATE OF t SKIP LOCKED)
UPDATE trigger t SET lease_owner = $2, lease_until = clock_timestamp() + make_interval(secs => ${LISTENER_LEASE_SECONDS}), lease_epoch = lease_epoch + 1
FROM due d WHERE t.id = d.id RETURNING t.id, t.workspace_id AS "workspaceId", t.name, t.kind, t.config, d.why`;

const WRITE = healthStatement({
  where: "id = $1 AND lease_owner = $2",
  set: `health = ($3::jsonb || jsonb_build_object('lookAt', clock_timestamp() + make_interval(secs => ${AGAIN_SECONDS})))::json, error = coalesce($4::json, t.error)`,
});

interface Unread extends Omit<ListeningTrigger, "checkpoint"> {
  kind: string;
  why: "paused" | "disabled";
}

/** What servers keep for triggers that nobody listens for is shown, and kept within its limits. Anybody may call it at any time. */
export async function lookAtKept(): Promise<void> {
  const owner = newId();
  const { rows } = await sharedPool().query<Unread>({ name: "triggers-kept", text: TAKE, values: [KEEPING_KINDS, owner] });
  await Promise.all(rows.filter(({ kind }) => isTriggerKind(kind)).map((trigger) => holdingLease(trigger.id, owner, () => look(trigger, owner))));
}

async function look({ kind, why, ...trigger }: Unread, owner: string): Promise<void> {
  const seen = await keptBy(kind as TriggerKind, trigger, why).catch((error: unknown) => ({ isKept: true, details: { message: storableText(error instanceof Error ? error.message : String(error)) } }) satisfies Kept);
  const health = seen === null ? { state: "dropped" } : { state: seen.isKept ? "kept" : "dropped", ...seen.details };
  const problem = seen !== null && !seen.isKept ? seen.problem : null;
  await sharedPool().query(WRITE, [trigger.id, owner, storableJson({ ...health, at: new Date().toISOString() }), problem === null ? null : storableJson({ code: "slot_dropped", message: problem })]);
  tellTriggerChanged(trigger.workspaceId, trigger.id);
}

async function keptBy(kind: TriggerKind, trigger: Omit<ListeningTrigger, "checkpoint">, why: "paused" | "disabled"): Promise<Kept | null> {
  const config: Record<string, unknown> = TRIGGER_KINDS[kind].config.parse(trigger.config);
  return (await sourceOf(kind).lookAtKept?.({ ...trigger, config, checkpoint: null }, { secret: (name) => readTriggerSecret(trigger, name) }, why)) ?? null;
}
