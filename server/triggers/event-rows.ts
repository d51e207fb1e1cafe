import type { ClientBase, Pool } from "pg";
import type { EventStatus, RecordedEvent } from "@/server/triggers/new-event";
import { IS_PAUSED } from "@/server/triggers/pause-rows";

export interface EventRow {
  id: string;
  workspaceId: string;
  triggerId: string;
  dedupeKey: string;
  windowSeconds: number | null;
  origin: string;
  /** Encoded values. */
  meta: string;
  headers: string;
  contentType: string | null;
  body: Uint8Array | null;
  bodyBlobId: string | null;
  bodySize: number;
  dataKeyId: string | null;
  runId: string;
  /** `traceparent` of the request that brought it. */
  trace: string | null;
  /** Null: now, by the database's clock. */
  receivedAt: Date | null;
  /** Earliest time of its run; null: at once, by whoever records it. */
  dueAt: Date | null;
  /** Its run enters the queue in the same statement; null: `dispatch` turns the event into one. */
  started: { input: string | null; watched: boolean } | null;
  /** Its trigger is not for it. */
  filtered: boolean;
  /** Who sent it again. */
  startedById: string | null;
}

/** Whoever records an event turns it into a run at once; another process looks after it when that did not happen. */
export const HANDOVER_SECONDS = 2;

const COLUMNS = [
  ["id", "uuid"], ["workspace_id", "uuid"], ["trigger_id", "uuid"], ["dedupe_key", "text"], ["origin", "text"], ["meta", "text"], ["headers", "text"],
  ["content_type", "text"], ["body", "bytea"], ["body_blob_id", "uuid"], ["body_size", "int"], ["data_key_id", "uuid"], ["run_id", "uuid"], ["received_at", "timestamptz"], ["due_at", "timestamptz"],
  ["starts", "boolean"], ["input", "text"], ["watched", "boolean"], ["trace", "text"], ["window_seconds", "float8"], ["filtered", "boolean"], ["started_by_id", "uuid"],
] as const;
/** First parameter after those of the events. */
export const AFTER_EVENTS = COLUMNS.length + 1;

// Of an event that retention has removed.
const IS_NO_KEPT_KEY = "NOT EXISTS (SELECT FROM trigger_key k WHERE k.trigger_id = g.trigger_id AND k.key = g.dedupe_key AND k.until > clock_timestamp())";

// A trigger that waits for a test event captures one and no more: the row lock of its update decides who.
/** Parts of a statement which record events; the last part, `recorded`, has those that were new. */
export const RECORD_PARTS = `
given AS MATERIALIZED (
  SELECT *, row_number() OVER (PARTITION BY trigger_id ORDER BY ord) = 1 AS is_first
  FROM unnest(${COLUMNS.map(([, type], index) => `$${index + 1}::${type}[]`).join(", ")}) WITH ORDINALITY AS g(${COLUMNS.map(([name]) => name).join(", ")}, ord)),
capturing AS (
  UPDATE trigger t SET capture_until = NULL FROM given g
  WHERE t.id = g.trigger_id AND t.workspace_id = g.workspace_id AND g.is_first AND g.origin = 'live' AND t.capture_until > clock_timestamp()
    AND NOT EXISTS (SELECT FROM trigger_event e WHERE e.trigger_id = g.trigger_id AND e.dedupe_key = g.dedupe_key) AND ${IS_NO_KEPT_KEY}
  RETURNING t.id),
decided AS (
  SELECT g.*, CASE
    WHEN g.origin = 'test' OR (g.origin = 'live' AND g.is_first AND g.trigger_id IN (SELECT id FROM capturing)) THEN 'captured'
    WHEN t.over_quota OR (g.origin = 'live' AND (t.mode = 'suspended' OR ${IS_PAUSED})) THEN 'held' WHEN g.starts THEN 'started' WHEN g.filtered THEN 'filtered' ELSE 'received' END AS status, t.over_quota, t.mode
  FROM given g JOIN trigger t ON t.id = g.trigger_id AND t.workspace_id = g.workspace_id
  WHERE (CASE WHEN t.is_draft THEN g.origin = 'test' ELSE g.origin <> 'live' OR (t.mode <> 'disabled' AND t.retired_at IS NULL) END OR (g.is_first AND g.trigger_id IN (SELECT id FROM capturing))) AND t.deleted_at IS NULL AND ${IS_NO_KEPT_KEY}),
recorded AS (
  INSERT INTO trigger_event (id, workspace_id, trigger_id, dedupe_key, origin, status, meta, headers, content_type, body, body_blob_id, body_size, data_key_id, run_id, due_at, received_at, processed_at, attempts, input, watched, trace, held_by_quota, held_by_pause, key_until, started_by_id)
  SELECT id, workspace_id, trigger_id, dedupe_key, origin, status, meta::json, headers::json, content_type, body, body_blob_id, body_size, data_key_id, run_id,
    coalesce(due_at, clock_timestamp() + make_interval(secs => ${HANDOVER_SECONDS})), coalesce(received_at, clock_timestamp()), CASE WHEN status IN ('captured', 'started', 'filtered') THEN clock_timestamp() END,
    CASE WHEN status = 'started' THEN 1 ELSE 0 END, CASE WHEN status = 'started' THEN input::json END, status = 'started' AND watched, trace, status = 'held' AND over_quota,
    status = 'held' AND NOT over_quota AND mode <> 'suspended',
    coalesce(received_at, clock_timestamp()) + make_interval(secs => window_seconds), started_by_id
  FROM decided ORDER BY ord
  ON CONFLICT (trigger_id, dedupe_key) DO NOTHING
  RETURNING id AS "eventId", run_id AS "runId", status)`;

const INSERT = `WITH ${RECORD_PARTS} SELECT * FROM recorded`;

const FIND = `
SELECT e."eventId", e."runId", e.status, g.ord::int AS ord,
  g.window_seconds IS NOT NULL AND e.received_at < clock_timestamp() - make_interval(secs => g.window_seconds) AS "isOver"
FROM unnest($1::uuid[], $2::text[], $3::float8[]) WITH ORDINALITY AS g(trigger_id, dedupe_key, window_seconds, ord)
CROSS JOIN LATERAL (
  SELECT id AS "eventId", run_id AS "runId", status, received_at FROM trigger_event WHERE trigger_id = g.trigger_id AND dedupe_key = g.dedupe_key
  UNION ALL SELECT event_id, run_id, status, received_at FROM trigger_key WHERE trigger_id = g.trigger_id AND key = g.dedupe_key AND until > clock_timestamp()
  LIMIT 1) e`;

// Beyond its window an event gives up its key.
const GIVE_UP_KEY = `
WITH forgotten AS (DELETE FROM trigger_key WHERE (trigger_id, key) IN (SELECT * FROM unnest($2::uuid[], $3::text[])) AND event_id = ANY($1::uuid[]))
UPDATE trigger_event SET dedupe_key = left(dedupe_key, 400) || ' until ' || id, key_until = NULL WHERE id = ANY($1::uuid[])`;

export type MadeEvent = Omit<RecordedEvent, "isNew">;
type Insert = (client: ClientBase | Pool, rows: readonly EventRow[]) => Promise<Map<string, MadeEvent>>;

/** Answers in the order of the rows. Works within a caller's transaction when `client` is in one. */
export async function insertEvents(client: ClientBase | Pool, rows: readonly EventRow[], insert: Insert = insertOnly): Promise<RecordedEvent[]> {
  const made = await insert(client, rows);
  const old = rows.filter(({ id }) => !made.has(id));
  if (old.length === 0) return rows.map(({ id }) => ({ ...made.get(id)!, isNew: true }));
  const found = await find(client, old);
  const isOver = (row: EventRow, index: number) => found.get(index)?.isOver === true && !isOwn(row, found.get(index));
  const over = old.filter(isOver);
  if (over.length > 0) {
    await client.query(GIVE_UP_KEY, [over.map((row) => found.get(old.indexOf(row))!.eventId), over.map(({ triggerId }) => triggerId), over.map(({ dedupeKey }) => dedupeKey)]);
    for (const [id, event] of await insert(client, over)) made.set(id, event);
    // Another process may have been faster with the same key.
    for (const [index, event] of await find(client, old)) found.set(index, event);
  }
  return rows.map((row) => {
    const event = made.get(row.id);
    if (event !== undefined) return { ...event, isNew: true };
    const earlier = found.get(old.indexOf(row));
    if (earlier === undefined) return { eventId: row.id, runId: row.runId, status: "refused", isNew: false };
    return { eventId: earlier.eventId, runId: earlier.runId, status: earlier.status, isNew: isOwn(row, earlier) };
  });
}

/** It was recorded before, and whoever sent it did not hear so. */
function isOwn(row: EventRow, found: MadeEvent | undefined): boolean {
  return found?.eventId === row.id && found.runId === row.runId;
}

async function insertOnly(client: ClientBase | Pool, rows: readonly EventRow[]): Promise<Map<string, MadeEvent>> {
  const result = await client.query<MadeEvent & { status: EventStatus }>({ name: "trigger-event-insert", text: INSERT, values: eventValues(rows) });
  return new Map(result.rows.map((row) => [row.eventId, row]));
}

export function eventValues(rows: readonly EventRow[]): unknown[] {
  return [
    rows.map((row) => row.id), rows.map((row) => row.workspaceId), rows.map((row) => row.triggerId), rows.map((row) => row.dedupeKey), rows.map((row) => row.origin),
    rows.map((row) => row.meta), rows.map((row) => row.headers), rows.map((row) => row.contentType), rows.map((row) => row.body), rows.map((row) => row.bodyBlobId),
    rows.map((row) => row.bodySize), rows.map((row) => row.dataKeyId), rows.map((row) => row.runId), rows.map((row) => row.receivedAt?.toISOString() ?? null), rows.map((row) => row.dueAt?.toISOString() ?? null),
    rows.map((row) => row.started !== null), rows.map((row) => row.started?.input ?? null), rows.map((row) => row.started?.watched ?? false), rows.map((row) => row.trace), rows.map((row) => row.windowSeconds), rows.map((row) => row.filtered), rows.map((row) => row.startedById),
  ];
}

async function find(client: ClientBase | Pool, rows: readonly EventRow[]): Promise<Map<number, MadeEvent & { isOver: boolean }>> {
  const values = [rows.map((row) => row.triggerId), rows.map((row) => row.dedupeKey), rows.map((row) => row.windowSeconds)];
  const result = await client.query<MadeEvent & { ord: number; isOver: boolean }>({ name: "trigger-event-find", text: FIND, values });
  return new Map(result.rows.map((row) => [row.ord - 1, row]));
}
