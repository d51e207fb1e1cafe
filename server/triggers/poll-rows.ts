import type { ClientBase } from "pg";
import { sharedPool } from "@/server/db/client";
import { storableJson } from "@/server/queue/storable-json";
import { newId } from "@/server/db/id";
import { ask } from "@/server/queue/ask";
import { healthStatement } from "@/server/triggers/health-statement";
import { REFUSES } from "@/server/triggers/pause-rows";

/** What a poller remembers between its looks, in the trigger's checkpoint. */
export interface PollState {
  /** The workflow that the cursor is of: another one begins anew. */
  workflow: string;
  cursor: unknown;
  /** Nothing has been looked through to its end yet. */
  isFirst: boolean;
  /** The look that goes on. */
  run: string | null;
  /** In a row. */
  failures: number;
}

export interface PollingTrigger {
  id: string;
  workspaceId: string;
  name: string;
  config: unknown;
  /** Stored text. */
  checkpoint: string | null;
  revision: number;
  /** Who asked for this look; null: its time has come. */
  startedById: string | null;
}

const ACTIVE = `t.kind = 'poll' AND t.mode <> 'disabled' AND t.retired_at IS NULL AND NOT t.dormant AND NOT t.over_quota AND NOT ${REFUSES} AND w.archived_at IS NULL AND w.deleted_at IS NULL`;
const IS_DUE = "(t.next_fire_at <= (SELECT clock_timestamp()) AND t.checkpoint ->> 'run' IS NULL)";
const HAS_ENDED = "(t.checkpoint ->> 'run' IS NOT NULL AND (t.lease_until IS NULL OR t.lease_until <= (SELECT clock_timestamp())) AND (r.id IS NULL OR r.status <> 'queued'))";
const FIELDS = `t.id, t.workspace_id AS "workspaceId", t.name, t.config, t.checkpoint::text AS checkpoint, t.revision, t.polled_by_id AS "startedById"`;

const DUE = `
SELECT ${FIELDS} FROM trigger t JOIN workflow w ON w.id = t.workflow_id
WHERE ${ACTIVE} AND ${IS_DUE} AND ($2::uuid IS NULL OR t.id = $2)
ORDER BY t.next_fire_at LIMIT $1 FOR UPDATE OF t SKIP LOCKED`;

const ANY = `
EXISTS (SELECT FROM trigger t JOIN workflow w ON w.id = t.workflow_id LEFT JOIN run r ON r.id = (t.checkpoint ->> 'run')::uuid AND r.workspace_id = t.workspace_id
WHERE ${ACTIVE} AND (${IS_DUE} OR ${HAS_ENDED}))`;

/** A look that finds nothing, which most do, needs no transaction. */
export function isAnyPollDue(): Promise<boolean> {
  return ask(ANY);
}

/** Locks pollers whose time has come, until the transaction ends. */
export async function lockDuePolls(client: ClientBase, limit: number, id: string | null = null): Promise<PollingTrigger[]> {
  return (await client.query<PollingTrigger>({ name: "polls-due", text: DUE, values: [limit, id] })).rows;
}

export interface EndedPoll extends PollingTrigger {
  /** `missing`: retention took the run away. */
  status: string;
  output: string | null;
  /** Stored text. */
  error: string | null;
  /** Who takes it in. */
  owner: string;
}

/** For so long what a look found is one process's to take in, which says anew that it is still at it. */
const HOLD_SECONDS = 5;
const HOLD_EVERY_MS = 1_500;

// A disabled trigger takes nothing in: what its look found waits until it is enabled.
const CLAIM_ENDED = `
WITH ended AS MATERIALIZED (
  SELECT ${FIELDS}, coalesce(r.status, 'missing') AS status, r.output::text AS output, r.error::text AS error FROM trigger t JOIN workflow w ON w.id = t.workflow_id
  LEFT JOIN run r ON r.id = (t.checkpoint ->> 'run')::uuid AND r.workspace_id = t.workspace_id
  WHERE ${ACTIVE} AND ${HAS_ENDED}
  ORDER BY t.id LIMIT 1 FOR UPDATE OF t SKIP LOCKED),
held AS (UPDATE trigger t SET lease_owner = $1, lease_until = clock_timestamp() + make_interval(secs => ${HOLD_SECONDS}) FROM ended e WHERE t.id = e.id)
SELECT * FROM ended`;
const HOLD = `
UPDATE trigger t SET lease_until = clock_timestamp() + make_interval(secs => ${HOLD_SECONDS})
WHERE id IN (SELECT id FROM trigger WHERE id = $1 AND lease_owner = $2 FOR UPDATE SKIP LOCKED)`;

/** Takes one poller whose look has ended, for some seconds; null: there is none. */
export async function claimEndedPoll(): Promise<EndedPoll | null> {
  const owner = newId();
  const { rows } = await sharedPool().query<Omit<EndedPoll, "owner">>({ name: "polls-ended", text: CLAIM_ENDED, values: [owner] });
  return rows[0] === undefined ? null : { ...rows[0], owner };
}

/** Stays at a claimed poller while the work goes on. */
export async function holding<Answer>({ id, owner }: EndedPoll, work: () => Promise<Answer>): Promise<Answer> {
  const timer = setInterval(() => void sharedPool().query({ name: "polls-hold", text: HOLD, values: [id, owner] }).catch(() => {}), HOLD_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

const UNCHANGED = `SELECT ${FIELDS} FROM trigger t JOIN workflow w ON w.id = t.workflow_id WHERE t.id = $1 AND t.checkpoint::text IS NOT DISTINCT FROM $2 AND t.revision = $3 AND ${ACTIVE} FOR UPDATE OF t`;
const DUE_IDS = `SELECT t.id FROM trigger t JOIN workflow w ON w.id = t.workflow_id WHERE ${ACTIVE} AND ${IS_DUE} ORDER BY t.next_fire_at LIMIT $1`;

export async function duePollIds(limit: number): Promise<string[]> {
  return (await sharedPool().query<{ id: string }>(DUE_IDS, [limit])).rows.map(({ id }) => id);
}

/** Locks a poller that is still as it was read; null: somebody has been at it, or it takes nothing in any more. */
export async function lockUnchangedPoll(client: ClientBase, { id, checkpoint, revision }: PollingTrigger): Promise<PollingTrigger | null> {
  const { rows } = await client.query<PollingTrigger>(UNCHANGED, [id, checkpoint, revision]);
  return rows[0] ?? null;
}

interface Outcome {
  checkpoint: string;
  /** Null: while a look goes on. */
  nextInSeconds: number | null;
  /** More is looked for at once, for whoever asked for this. */
  goesOn?: boolean;
  health: Record<string, unknown>;
  error: { code: string; message: string } | null;
}

const WRITE = healthStatement({
  where: "id = $1",
  set: `checkpoint = $2::json, lease_owner = NULL, lease_until = NULL, polled_by_id = CASE WHEN $7 THEN polled_by_id END, next_fire_at = CASE WHEN $3::float8 IS NULL THEN NULL ELSE clock_timestamp() + make_interval(secs => $3) END, health = $4::json,
    error = CASE WHEN $5::json IS NOT NULL THEN $5::json WHEN t.error ->> 'code' = 'poll_failed' AND NOT $6 THEN NULL ELSE t.error END`,
});

export async function writePoll(client: ClientBase, id: string, { checkpoint, nextInSeconds, goesOn = nextInSeconds === null, health, error }: Outcome): Promise<void> {
  await client.query({ name: "polls-write", text: WRITE, values: [id, checkpoint, nextInSeconds, storableJson({ ...health, at: new Date().toISOString() }), error === null ? null : storableJson(error), nextInSeconds === null, goesOn] });
}

const SEE = `
INSERT INTO trigger_seen (trigger_id, workspace_id, key) SELECT $1, $2, key FROM unnest($3::bytea[]) AS g(key)
ON CONFLICT (trigger_id, key) DO UPDATE SET seen_at = excluded.seen_at RETURNING encode(key, 'hex') AS key, xmax = 0 AS "isNew"`;
const FORGET = "DELETE FROM trigger_seen WHERE trigger_id = $1 AND seen_at < (SELECT clock_timestamp()) - make_interval(days => $2)";

/** Remembers keys (hex); answers those that were not known. */
export async function rememberKeys(client: ClientBase, { id, workspaceId }: PollingTrigger, keys: readonly string[], forgetAfterDays: number): Promise<Set<string>> {
  const { rows } = await client.query<{ key: string; isNew: boolean }>({ name: "polls-see", text: SEE, values: [id, workspaceId, keys.map((key) => Buffer.from(key, "hex"))] });
  await client.query({ name: "polls-forget", text: FORGET, values: [id, forgetAfterDays] });
  return new Set(rows.filter(({ isNew }) => isNew).map(({ key }) => key));
}
