import type { ClientBase } from "pg";
import { storableJson } from "@/server/queue/storable-json";
import { sharedPool } from "@/server/db/client";
import type { RunAs } from "@/server/auth/acting/run-identity";
import { VERSION_IN } from "@/server/environments/service";
import { ask } from "@/server/queue/ask";
import { insertFacts, type NewFact } from "@/server/queue/platform-facts";
import { decodeUntrusted } from "@/server/expressions/decoding";
import type { StoredEvent } from "@/server/triggers/event-value";
import { type MissedEvent, missedFacts } from "@/server/triggers/missed-fact";
import type { DispatchRetry, TriggerHandlers, TriggerMapping } from "@/server/triggers/kind";

/** What a trigger and its workflow say about the runs that events become. */
export interface RunTarget {
  trigger: {
    id: string;
    kind: string;
    name: string;
    nodeId: string | null;
    config: Record<string, unknown>;
    mapping: TriggerMapping | null;
    defaultInput: Record<string, unknown> | null;
    retry: DispatchRetry | null;
    handlers: TriggerHandlers | null;
    pool: string | null;
    priority: number | null;
    actsAs: RunAs | null;
  };
  workflow: { id: string; isActive: boolean; versionId: string | null };
  workspace: { id: string; slug: string; name: string };
  /** Null: the workspace has none. */
  environment: { id: string; slug: string; name: string } | null;
}

/** An event that is to become a run. */
export interface DueEvent extends StoredEvent, RunTarget {
  origin: "live" | "resent" | "test";
  attempts: number;
  runId: string;
  trace: string | null;
}

/** Of a trigger `t`, its workflow `w` and its workspace `s`. */
export const TARGET_FIELDS = `
  json_build_object('id', t.id, 'kind', t.kind, 'name', t.name, 'nodeId', t.node_id, 'config', t.config, 'mapping', t.mapping, 'defaultInput', t.default_input,
    'retry', t.retry, 'handlers', t.handlers, 'pool', t.pool, 'priority', t.priority, 'actsAs', t.acts_as) AS trigger,
  json_build_object('id', w.id, 'isActive', w.deleted_at IS NULL AND w.archived_at IS NULL AND NOT t.dormant, 'versionId', coalesce(t.version_id, ${VERSION_IN("t.environment_id")})) AS workflow,
  (SELECT json_build_object('id', n.id, 'slug', n.slug, 'name', n.name) FROM environment n WHERE n.id = coalesce(t.environment_id, s.live_environment_id)) AS environment,
  json_build_object('id', s.id, 'slug', s.slug, 'name', s.name) AS workspace`;

const SELECT = `
SELECT e.id, e.workspace_id AS "workspaceId", e.received_at AS "receivedAt", e.origin, e.attempts, e.run_id AS "runId", e.trace, e.meta::text AS meta, e.headers::text AS headers,
  e.content_type AS "contentType", e.body, e.body_blob_id AS "bodyBlobId", e.data_key_id AS "dataKeyId",
  ${TARGET_FIELDS}
FROM trigger_event e JOIN trigger t ON t.id = e.trigger_id JOIN workflow w ON w.id = t.workflow_id JOIN workspace s ON s.id = e.workspace_id`;

// Another process may be at some of them: those are its own.
const BY_ID = `${SELECT} WHERE e.id = ANY($1::uuid[]) AND e.status = 'received' ORDER BY e.id FOR UPDATE OF e SKIP LOCKED`;
const BY_TIME = `${SELECT} WHERE e.status = 'received' AND e.due_at <= (SELECT clock_timestamp()) ORDER BY e.due_at LIMIT $1 FOR UPDATE OF e SKIP LOCKED`;

interface Row extends Omit<DueEvent, "meta" | "headers"> {
  meta: string;
  headers: string;
}

const IS_DUE = "status = 'received' AND due_at <= (SELECT clock_timestamp())";
const HAS_DUE = `EXISTS (SELECT FROM trigger_event WHERE ${IS_DUE})`;

/** A look that finds nothing, which most do, needs no transaction. */
export function hasDueEvents(): Promise<boolean> {
  return ask(HAS_DUE);
}

/** The same events as `lockDueEvents` would take by time, one after the other. */
export async function dueEventIds(limit: number): Promise<string[]> {
  const { rows } = await sharedPool().query<{ id: string }>(`SELECT id FROM trigger_event WHERE ${IS_DUE} ORDER BY due_at LIMIT $1`, [limit]);
  return rows.map(({ id }) => id);
}

/** Locks events until the transaction ends: the named ones, or those whose time has come. */
export async function lockDueEvents(client: ClientBase, which: { ids: readonly string[] } | { limit: number }): Promise<DueEvent[]> {
  const { rows } = "ids" in which
    ? await client.query<Row>({ name: "trigger-events-by-id", text: BY_ID, values: [which.ids] })
    : await client.query<Row>({ name: "trigger-events-due", text: BY_TIME, values: [which.limit] });
  return rows.map((row) => ({ ...row, meta: decodeUntrusted(row.meta) as DueEvent["meta"], headers: decodeUntrusted(row.headers) as DueEvent["headers"] }));
}

/** What became of a locked event. */
export type Dispatched =
  | { id: string; status: "started"; input: string | null; watched: boolean }
  | { id: string; status: "failed" | "missed"; error: EventError }
  /** Tried again later; without an error it only waits for its turn. */
  | { id: string; status: "received"; error: EventError | null; inSeconds: number };

export interface EventError {
  code: string;
  message: string;
  field?: string;
}

const MARK = `
UPDATE trigger_event e SET status = g.status, input = g.input::json, error = g.error::json, watched = g.watched,
  attempts = attempts + CASE WHEN g.status = 'received' AND g.error IS NULL THEN 0 ELSE 1 END,
  due_at = CASE WHEN g.status = 'received' THEN clock_timestamp() + make_interval(secs => g.in_seconds) ELSE due_at END,
  processed_at = CASE WHEN g.status = 'received' THEN NULL ELSE clock_timestamp() END
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::float8[]) AS g(id, status, input, error, watched, in_seconds)
WHERE e.id = g.id`;

/** What could become no run, and slots that did not start, are facts of the platform. */
export async function markEvents(client: ClientBase, events: readonly DueEvent[], dispatched: readonly Dispatched[]): Promise<void> {
  if (dispatched.length === 0) return;
  await insertFacts(client, factsOf(events, dispatched));
  const values = [
    dispatched.map(({ id }) => id),
    dispatched.map(({ status }) => status),
    dispatched.map((one) => (one.status === "started" ? one.input : null)),
    dispatched.map((one) => ("error" in one && one.error !== null ? storableJson(one.error) : null)),
    dispatched.map((one) => one.status === "started" && one.watched),
    dispatched.map((one) => (one.status === "received" ? one.inSeconds : 0)),
  ];
  await client.query({ name: "trigger-events-mark", text: MARK, values });
}

function factsOf(events: readonly DueEvent[], dispatched: readonly Dispatched[]): NewFact[] {
  const both = dispatched.map((result, index) => ({ event: events[index]!, result }));
  const failed = both.flatMap(({ event: { id, workspaceId, attempts, trigger }, result }): NewFact[] =>
    result.status === "failed" ? [{ workspaceId, kind: "trigger.error", key: `trigger.error event ${id} ${attempts}`, subjectId: trigger.id, body: { eventId: id, error: result.error } }] : []);
  const missed = both.flatMap(({ event, result }) => (result.status === "missed" ? [missedEvent(event, result.error)] : []));
  return [...failed, ...missedFacts(missed)];
}

function missedEvent({ id, workspaceId, trigger, meta, receivedAt }: DueEvent, error: EventError): MissedEvent {
  const slot = typeof meta.slot === "string" ? meta.slot : receivedAt.toISOString();
  return { workspaceId, triggerId: trigger.id, eventId: id, slot, count: 1, error };
}
