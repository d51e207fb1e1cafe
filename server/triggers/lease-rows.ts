import { storableJson } from "@/server/queue/storable-json";
import { sharedPool } from "@/server/db/client";
import { healthStatement } from "@/server/triggers/health-statement";
import { REFUSES } from "@/server/triggers/pause-rows";

/** A listener that is silent for so long loses its trigger to another process. */
export const LISTENER_LEASE_SECONDS = 9;

export interface LeasedTrigger {
  id: string;
  workspaceId: string;
  kind: string;
  name: string;
  config: Record<string, unknown>;
  checkpoint: unknown;
  revision: number;
  epoch: number;
}

/** Of a trigger `t`: a step of a draft that somebody tries, until it has caught an event or the time is over. */
export const IS_TRIED = "(t.is_draft AND coalesce(t.capture_until > (SELECT clock_timestamp()), false))";

// Of a trigger `t` and its workflow `w`. Who pauses one and wants nothing in leaves messages at the other side, where what it made has to stay.
export const IS_WANTED = `(t.mode <> 'disabled' AND t.retired_at IS NULL OR ${IS_TRIED}) AND NOT t.dormant AND w.archived_at IS NULL AND w.deleted_at IS NULL`;
// Suspended triggers go on listening: what comes is held.
export const LISTENS = `${IS_WANTED} AND NOT ${REFUSES}`;

const TAKE = `
UPDATE trigger t SET lease_owner = $1, lease_until = clock_timestamp() + make_interval(secs => ${LISTENER_LEASE_SECONDS}), lease_epoch = lease_epoch + 1
WHERE id IN (
  SELECT t.id FROM trigger t JOIN workflow w ON w.id = t.workflow_id WHERE t.kind = ANY($2) AND t.id <> ALL($4::uuid[]) AND ${LISTENS} AND (t.lease_until IS NULL OR t.lease_until < (SELECT clock_timestamp()))
  ORDER BY t.lease_until NULLS FIRST LIMIT $3 FOR UPDATE OF t SKIP LOCKED)
RETURNING id, workspace_id AS "workspaceId", kind, name, config, checkpoint, revision, lease_epoch AS epoch`;

const RENEW = `
UPDATE trigger t SET lease_until = clock_timestamp() + make_interval(secs => ${LISTENER_LEASE_SECONDS})
FROM unnest($2::uuid[], $3::int[], $4::int[]) AS g(id, epoch, revision), workflow w
WHERE t.id = g.id AND w.id = t.workflow_id AND t.lease_owner = $1 AND t.lease_epoch = g.epoch AND t.revision = g.revision AND ${LISTENS}
RETURNING t.id`;

const GIVE_BACK = "UPDATE trigger SET lease_owner = NULL, lease_until = NULL WHERE id = $1 AND lease_owner = $2 AND lease_epoch = $3";
const CHECKPOINT = "UPDATE trigger SET checkpoint = $4::json WHERE id = $1 AND lease_owner = $2 AND lease_epoch = $3";
const HEALTH = healthStatement({ where: "id = $1 AND lease_owner = $2 AND lease_epoch = $3", set: "health = $4::json, error = CASE WHEN $5 THEN $6::json ELSE t.error END" });

/**
 * Takes free triggers of these kinds. How many one process takes at a time is limited, so that others get their share. `alive`: whose
 * listeners it has; a lease of theirs that ran out and that nobody took is renewed, not taken anew.
 */
export async function takeTriggers(owner: string, kinds: readonly string[], limit: number, alive: readonly string[] = []): Promise<LeasedTrigger[]> {
  const { rows } = await sharedPool().query<LeasedTrigger>({ name: "trigger-lease-take", text: TAKE, values: [owner, kinds, limit, alive] });
  return rows;
}

/** Answers what is still held; a trigger that was changed meanwhile is not. */
export async function renewTriggers(owner: string, held: readonly Pick<LeasedTrigger, "id" | "epoch" | "revision">[]): Promise<Set<string>> {
  const values = [owner, held.map(({ id }) => id), held.map(({ epoch }) => epoch), held.map(({ revision }) => revision)];
  const { rows } = await sharedPool().query<{ id: string }>({ name: "trigger-lease-renew", text: RENEW, values });
  return new Set(rows.map(({ id }) => id));
}

export async function giveBackTrigger(owner: string, { id, epoch }: LeasedTrigger): Promise<void> {
  await sharedPool().query(GIVE_BACK, [id, owner, epoch]);
}

/** False: the lease is another's now. */
export async function writeCheckpoint(owner: string, { id, epoch }: LeasedTrigger, text: string): Promise<boolean> {
  const { rowCount } = await sharedPool().query(CHECKPOINT, [id, owner, epoch, text]);
  return rowCount === 1;
}

/** `error`: undefined leaves the one there is, null takes it away. */
export async function writeHealth(owner: string, { id, epoch }: LeasedTrigger, health: Record<string, unknown>, error?: { code: string; message: string } | null): Promise<void> {
  await sharedPool().query(HEALTH, [id, owner, epoch, storableJson(health), error !== undefined, error == null ? null : storableJson(error)]);
}
