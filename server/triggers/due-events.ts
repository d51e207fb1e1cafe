import type { ClientBase } from "pg";
import { storableJson } from "@/server/queue/storable-json";
import { sharedPool } from "@/server/db/client";
import type { Bound, RunAs } from "@/server/auth/acting/run-identity";
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
    filter: string | null;
    mapping: TriggerMapping | null;
    defaultInput: Record<string, unknown> | null;
    retry: DispatchRetry | null;
    handlers: TriggerHandlers | null;
    pool: string | null;
    priority: number | null;
    actsAs: RunAs | null;
    setterRights: Bound | null;
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
  startedById: string | null;
  trace: string | null;
}

/** Of a trigger `t`, its workflow `w` and its workspace `s`. */
export const TARGET_FIELDS = `
  json_build_object('id', t.id, 'kind', t.kind, 'name', t.name, 'nodeId', t.node_id, 'config', t.config, 'filter', t.filter, 'mapping', t.mapping, 'defaultInput', t.default_input,
    'retry', t.retry, 'handlers', t.handlers, 'pool', t.pool, 'priority', t.priority, 'actsAs', t.acts_as, 'setterRights', t.setter_rights) AS trigger,
  json_build_object('id', w.id, 'isActive', w.deleted_at IS NULL AND w.archived_at IS NULL AND NOT t.dormant, 'versionId', coalesce(t.version_id, ${VERSION_IN("t.environment_id")})) AS workflow,
  (SELECT json_build_object('id', n.id, 'slug', n.slug, 'name', n.name) FROM environment n WHERE n.id = coalesce(t.environment_id, s.live_environment_id)) AS environment,
  json_build_object('id', s.id, 'slug', s.slug, 'name', s.name) AS workspace`;

const SELECT = `
SELECT e.id, e.workspace_id AS "workspaceId", e.received_at AS "receivedAt", e.origin, e.attempts, e.run_id AS "runId", e.started_by_id AS "startedById", e.trace, e.meta::text AS meta, e.headers::text AS headers,
  e.content_type AS "contentType", e.body, e.body_blob_id AS "bodyBlobId", e.data_key_id AS "dataKeyId",
  ${TARGET_FIELDS}
FROM trigger_event e JOIN trigger t ON t.id = e.trigger_id JOIN workflow w ON w.id = t.workflow_id JOIN workspace s ON s.id = e.workspace_id`;

const RECEIVED = `${SELECT} WHERE e.id = ANY($1::uuid[]) AND e.status = 'received' AND t.deleted_at IS NULL`;

interface Row extends Omit<DueEvent, "meta" | "headers"> {
  meta: string;
  headers: string;
}

const IS_DUE = "status = 'received' AND due_at <= (SELECT clock_timestamp())";
/** The workspaces that have events to become runs, and when the first is due: one index descent each. */
const PLACES = `
place AS (
  (SELECT workspace_id, due_at FROM trigger_event WHERE status = 'received' ORDER BY workspace_id, due_at LIMIT 1)
  UNION ALL
  SELECT n.workspace_id, n.due_at FROM place p CROSS JOIN LATERAL (
    SELECT e.workspace_id, e.due_at FROM trigger_event e WHERE e.status = 'received' AND e.workspace_id > p.workspace_id ORDER BY e.workspace_id, e.due_at LIMIT 1) n)`;
const HAS_DUE = `EXISTS (WITH RECURSIVE ${PLACES} SELECT FROM place WHERE due_at <= (SELECT clock_timestamp()))`;

/** A look that finds nothing, which most do, needs no transaction. */
export function hasDueEvents(): Promise<boolean> {
  return ask(HAS_DUE);
}

/** Where an event belongs. */
export interface EventPlace {
  eventId: string;
  triggerId: string;
  workspaceId: string;
}

/** For so long a claimed event is not due again: its process says anew that it is still at it, or is gone. */
const HOLD_SECONDS = 10;

// Another process may be at some of them: those are its own. Those of deleted triggers wait for retention.
export const CLAIM = `
WITH RECURSIVE ${PLACES},
chosen AS MATERIALIZED (SELECT workspace_id FROM place WHERE due_at <= (SELECT clock_timestamp()) AND workspace_id <> ALL ($2::uuid[]) ORDER BY due_at, workspace_id LIMIT $1::int),
share AS MATERIALIZED (SELECT ceil($1::int / count(*)::float8)::int AS size FROM chosen HAVING count(*) > 0),
oldest AS MATERIALIZED (
  SELECT o.id, p.workspace_id FROM chosen p CROSS JOIN LATERAL (
    SELECT id, due_at FROM trigger_event WHERE ${IS_DUE} AND workspace_id = p.workspace_id ORDER BY due_at, id LIMIT (SELECT size FROM share)) o
  ORDER BY o.due_at, o.id LIMIT $1::int),
due AS MATERIALIZED (SELECT id, due_at FROM trigger_event WHERE ${IS_DUE} AND id = ANY (ARRAY(SELECT id FROM oldest)) FOR UPDATE SKIP LOCKED),
held AS (
  UPDATE trigger_event e SET due_at = clock_timestamp() + CASE WHEN t.deleted_at IS NULL THEN make_interval(secs => ${HOLD_SECONDS}) ELSE interval '1 day' END FROM due d, trigger t
  WHERE e.id = d.id AND t.id = e.trigger_id RETURNING e.id AS "eventId", e.trigger_id AS "triggerId", e.workspace_id AS "workspaceId", d.due_at, t.deleted_at IS NOT NULL AS "isDeleted")
SELECT "eventId", "triggerId", "workspaceId", "isDeleted", EXISTS (SELECT FROM oldest GROUP BY workspace_id HAVING count(*) = (SELECT size FROM share)) OR (SELECT count(*) = $1::int FROM oldest) AS "isFull" FROM held ORDER BY due_at, "eventId"`;

const HOLD = `
WITH mine AS MATERIALIZED (SELECT id FROM trigger_event WHERE id = ANY ($1::uuid[]) AND status = 'received' ORDER BY id FOR UPDATE SKIP LOCKED)
UPDATE trigger_event e SET due_at = clock_timestamp() + make_interval(secs => ${HOLD_SECONDS}) FROM mine m WHERE e.id = m.id`;

/** Events whose time has come, of workspaces other than those: of those that have waited longest, each its share, the oldest first. Whoever takes them has some seconds. `isFull`: there may be more. */
export async function claimDue(limit: number, passedOver: readonly string[]): Promise<{ places: EventPlace[]; isFull: boolean }> {
  const { rows } = await sharedPool().query<EventPlace & { isDeleted: boolean; isFull: boolean }>({ name: "trigger-events-claim", text: CLAIM, values: [limit, passedOver] });
  return { places: rows.filter(({ isDeleted }) => !isDeleted).map(({ eventId, triggerId, workspaceId }) => ({ eventId, triggerId, workspaceId })), isFull: rows[0]?.isFull === true };
}

/** This process is still at them. */
export async function holdEvents(ids: readonly string[]): Promise<void> {
  await sharedPool().query({ name: "trigger-events-hold", text: HOLD, values: [ids] });
}

/** Those that are to become runs, as they are now. */
export async function readReceived(ids: readonly string[]): Promise<DueEvent[]> {
  const { rows } = await sharedPool().query<Row>({ name: "trigger-events-received", text: RECEIVED, values: [ids] });
  return rows.map((row) => ({ ...row, meta: decodeUntrusted(row.meta) as DueEvent["meta"], headers: decodeUntrusted(row.headers) as DueEvent["headers"] }));
}

// An attempt by somebody else since then has another number.
const LOCK = `
SELECT e.id FROM unnest($1::uuid[], $2::int[]) AS g(id, attempts) JOIN trigger_event e ON e.id = g.id JOIN trigger t ON t.id = e.trigger_id
WHERE e.status = 'received' AND e.attempts = g.attempts AND t.deleted_at IS NULL ORDER BY e.id FOR UPDATE OF e SKIP LOCKED`;

/** Locks those of the events until the transaction ends that nobody else has turned into anything since they were read. */
export async function lockPrepared(client: ClientBase, events: readonly DueEvent[]): Promise<Set<string>> {
  const { rows } = await client.query<{ id: string }>({ name: "trigger-events-lock", text: LOCK, values: [events.map(({ id }) => id), events.map(({ attempts }) => attempts)] });
  return new Set(rows.map(({ id }) => id));
}

/** What became of a locked event. */
export type Dispatched =
  | { id: string; status: "started"; input: string | null; watched: boolean }
  | { id: string; status: "failed" | "missed"; error: EventError }
  /** The trigger's filter is not for it. */
  | { id: string; status: "filtered" }
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
export async function markEvents(client: ClientBase, decided: readonly { event: DueEvent; result: Dispatched }[]): Promise<void> {
  if (decided.length === 0) return;
  await insertFacts(client, factsOf(decided));
  const dispatched = decided.map(({ result }) => result);
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

function factsOf(decided: readonly { event: DueEvent; result: Dispatched }[]): NewFact[] {
  const failed = decided.flatMap(({ event: { id, workspaceId, attempts, trigger }, result }): NewFact[] =>
    result.status === "failed" ? [{ workspaceId, kind: "trigger.error", key: `trigger.error event ${id} ${attempts}`, subjectId: trigger.id, body: { eventId: id, error: result.error } }] : []);
  const missed = decided.flatMap(({ event, result }) => (result.status === "missed" ? [missedEvent(event, result.error)] : []));
  return [...failed, ...missedFacts(missed)];
}

function missedEvent({ id, workspaceId, trigger, meta, receivedAt }: DueEvent, error: EventError): MissedEvent {
  const slot = typeof meta.slot === "string" ? meta.slot : receivedAt.toISOString();
  return { workspaceId, triggerId: trigger.id, eventId: id, slot, count: 1, error };
}
