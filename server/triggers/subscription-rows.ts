import { randomBytes } from "node:crypto";
import { rawDb, sharedPool } from "@/server/db/client";
import { isDatabaseUnavailable } from "@/server/db/unavailable";
import { ask } from "@/server/queue/ask";
import { storableJson } from "@/server/queue/storable-json";
import { IS_WANTED } from "@/server/triggers/lease-rows";
import { activeDataKey, open, openDataKey, seal, type SealedPlace } from "@/server/secrets/service";

/** Longer than any call to a provider takes: who holds it is alone with the provider. */
const LEASE_SECONDS = 120;
const SECRET_BYTES = 32;

/** What is sealed: addresses hold tokens. */
export interface SubscriptionState {
  signingSecret: string;
  /** Every place at the provider where something may be: noted before the provider is asked, forgotten when it is gone there. */
  places: { config: Record<string, unknown>; address: string }[];
}

export interface HeldSubscription {
  id: string;
  workspaceId: string;
  kind: string;
  /** Of the trigger, when there is one. */
  name: string;
  attempts: number;
  epoch: number;
  isWanted: boolean;
  /** Null: the trigger is deleted. */
  trigger: { config: Record<string, unknown>; revision: number; tokenSealed: string | null; tokenKeyId: string | null } | null;
  /** An error: it cannot be read. */
  state: SubscriptionState | Error;
}

const missing = (kinds: string) => `
FROM trigger t JOIN workflow w ON w.id = t.workflow_id
WHERE t.kind = ANY(${kinds}) AND ${IS_WANTED} AND NOT EXISTS (SELECT FROM trigger_subscription s WHERE s.id = t.id)`;
const MISSING = `SELECT t.id, t.workspace_id AS "workspaceId", t.kind, t.name ${missing("$1")} LIMIT 50`;

/** A row for each trigger that wants something, before anything is asked of its provider. */
export async function openSubscriptions(kinds: readonly string[]): Promise<void> {
  const { rows } = await sharedPool().query<{ id: string; workspaceId: string; kind: string; name: string }>({ name: "subscriptions-missing", text: MISSING, values: [kinds] });
  for (const row of rows) {
    const sealed = await sealState(row, { signingSecret: randomBytes(SECRET_BYTES).toString("base64url"), places: [] });
    await sharedPool().query("INSERT INTO trigger_subscription (id, workspace_id, kind, name, sealed, data_key_id) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING", [row.id, row.workspaceId, row.kind, row.name, sealed.bytes, sealed.keyId]);
  }
}

const DUE = `
  FROM trigger_subscription s LEFT JOIN trigger t ON t.id = s.id AND t.deleted_at IS NULL LEFT JOIN workflow w ON w.id = t.workflow_id
  WHERE (s.lease_until IS NULL OR s.lease_until < (SELECT clock_timestamp()))
    AND (s.revision IS NULL OR s.revision <> coalesce(t.revision, -1) OR s.is_wanted <> coalesce(${IS_WANTED}, false) OR s.due_at <= (SELECT clock_timestamp()))`;

/** Something is to be brought up at a provider. */
export function isAnySubscriptionDue(kinds: readonly string[]): Promise<boolean> {
  return ask(`EXISTS (SELECT ${missing(`'{${kinds.join(",")}}'`)}) OR EXISTS (SELECT ${DUE})`);
}

const TAKE = `
WITH due AS (
  SELECT s.id, coalesce(${IS_WANTED}, false) AS wanted, t.name, t.config, t.revision, encode(t.token_sealed, 'base64') AS token_sealed, t.token_key_id ${DUE}
  ORDER BY s.due_at NULLS FIRST LIMIT $2 FOR UPDATE OF s SKIP LOCKED)
UPDATE trigger_subscription s SET lease_owner = $1, lease_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS}), lease_epoch = lease_epoch + 1, name = coalesce(due.name, s.name)
FROM due WHERE s.id = due.id
RETURNING s.id, s.workspace_id AS "workspaceId", s.kind, s.name, s.attempts, s.lease_epoch AS epoch, due.wanted AS "isWanted", s.sealed, s.data_key_id AS "dataKeyId",
  CASE WHEN due.revision IS NOT NULL THEN json_build_object('config', due.config, 'revision', due.revision, 'tokenSealed', due.token_sealed, 'tokenKeyId', due.token_key_id) END AS trigger`;

/** Those whose trigger changed, or whose time has come. */
export async function takeSubscriptions(owner: string, limit: number): Promise<HeldSubscription[]> {
  const { rows } = await sharedPool().query<Omit<HeldSubscription, "state"> & { sealed: Uint8Array; dataKeyId: string }>({ name: "subscriptions-take", text: TAKE, values: [owner, limit] });
  return Promise.all(rows.map(async ({ sealed, dataKeyId, ...row }) => ({ ...row, state: await openState(row, sealed, dataKeyId).catch(toUnreadable) })));
}

/** One that cannot be opened is a problem of its own trigger, and keeps no other waiting. */
function toUnreadable(cause: unknown): Error {
  if (isDatabaseUnavailable(cause)) throw cause;
  return new Error("what is known of the subscription cannot be opened: its data key is not this installation's", { cause });
}

/** Throws when another process holds it now. */
export async function saveState(owner: string, held: HeldSubscription): Promise<void> {
  if (held.state instanceof Error) throw held.state;
  const { bytes, keyId } = await sealState(held, held.state);
  const { rowCount } = await sharedPool().query("UPDATE trigger_subscription SET sealed = $4, data_key_id = $5 WHERE id = $1 AND lease_owner = $2 AND lease_epoch = $3", [held.id, owner, held.epoch, bytes, keyId]);
  if (rowCount !== 1) throw new Error("another process looks after this subscription now");
}

export interface Settled {
  dueInSeconds: number | null;
  error: { code: string; message: string } | null;
}

const SETTLE = `
UPDATE trigger_subscription SET lease_owner = NULL, lease_until = NULL, revision = $4, is_wanted = $5, attempts = $6, error = $7::json,
  due_at = CASE WHEN $8::float8 IS NULL THEN NULL ELSE clock_timestamp() + make_interval(secs => $8) END
WHERE id = $1 AND lease_owner = $2 AND lease_epoch = $3`;

/** Gives it back, with when to look next and what went wrong. */
export async function settleSubscription(owner: string, { id, epoch, isWanted, trigger, attempts }: HeldSubscription, { dueInSeconds, error }: Settled): Promise<void> {
  const tries = error === null ? 0 : attempts + 1;
  await sharedPool().query(SETTLE, [id, owner, epoch, trigger?.revision ?? -1, isWanted, tries, error === null ? null : storableJson(error), dueInSeconds]);
}

export async function dropSubscription(owner: string, { id, epoch }: HeldSubscription): Promise<void> {
  await sharedPool().query("DELETE FROM trigger_subscription WHERE id = $1 AND lease_owner = $2 AND lease_epoch = $3", [id, owner, epoch]);
}

/** What the provider of a trigger signs with; null before there is a subscription. */
export async function readSigningSecret({ id, workspaceId }: { id: string; workspaceId: string }): Promise<string | null> {
  const { rows } = await sharedPool().query<{ sealed: Uint8Array; dataKeyId: string }>({ name: "subscription-secret", text: `SELECT sealed, data_key_id AS "dataKeyId" FROM trigger_subscription WHERE id = $1 AND workspace_id = $2`, values: [id, workspaceId] });
  const [row] = rows;
  return row === undefined ? null : (await openState({ id, workspaceId }, row.sealed, row.dataKeyId)).signingSecret;
}

interface Place {
  id: string;
  workspaceId: string;
}

async function sealState(place: Place, state: SubscriptionState): Promise<{ bytes: Uint8Array; keyId: string }> {
  const { id: keyId, key } = await rawDb().$transaction((tx) => activeDataKey(tx, place.workspaceId));
  return { keyId, bytes: seal(key, Buffer.from(JSON.stringify(state)), bindingOf(place)) };
}

async function openState(place: Place, sealed: Uint8Array, keyId: string): Promise<SubscriptionState> {
  const row = await rawDb().dataKey.findFirstOrThrow({ where: { id: keyId, workspaceId: place.workspaceId } });
  return JSON.parse(open(openDataKey(row).key, sealed, bindingOf(place)).toString("utf8")) as SubscriptionState;
}

export const SEALED_SUBSCRIPTIONS: SealedPlace = { table: "trigger_subscription", sealed: "sealed", dataKey: "data_key_id", binding: bindingOf };

function bindingOf({ workspaceId, id }: Place): string {
  return `subscription of trigger ${id} of workspace ${workspaceId}`;
}
