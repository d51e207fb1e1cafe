import { Gauge, type Registry } from "prom-client";
import { PLATFORM_CHAIN } from "@/server/audit/service";
import { sharedPool } from "@/server/db/client";

/** So that a flooded table costs a look no more than this; the number is then a lower bound. */
const COUNTED_AT_MOST = 100_000;

interface Sample {
  labels: Record<string, string>;
  value: number;
}

interface GaugeSpec {
  name: string;
  help: string;
  labels: readonly string[];
  /** Answers rows of the labels and `value`. */
  sql: string;
}

/** Due events by kind, from each workspace its share, the longest due first: one that is flooded hides no other's. Kinds that have triggers but no such events are there too. */
export const dueEvents = (value: string, countedAtMost = COUNTED_AT_MOST) => `
WITH RECURSIVE place AS (
  (SELECT workspace_id, due_at FROM trigger_event WHERE status = 'received' ORDER BY workspace_id, due_at LIMIT 1)
  UNION ALL
  SELECT n.workspace_id, n.due_at FROM place p CROSS JOIN LATERAL (
    SELECT e.workspace_id, e.due_at FROM trigger_event e WHERE e.status = 'received' AND e.workspace_id > p.workspace_id ORDER BY e.workspace_id, e.due_at LIMIT 1) n),
chosen AS MATERIALIZED (SELECT workspace_id FROM place WHERE due_at <= (SELECT clock_timestamp())),
told AS (
  SELECT t.kind, count(*) AS count, min(e.received_at) AS oldest FROM chosen c CROSS JOIN LATERAL (
    SELECT trigger_id, received_at FROM trigger_event WHERE status = 'received' AND due_at <= (SELECT clock_timestamp()) AND workspace_id = c.workspace_id
    ORDER BY due_at LIMIT (SELECT ceil(${countedAtMost} / greatest(count(*), 1)::float8)::int FROM chosen)) e JOIN trigger t ON t.id = e.trigger_id GROUP BY t.kind)
SELECT kind, ${value} AS value FROM (SELECT kind FROM trigger WHERE retired_at IS NULL UNION SELECT kind FROM told) k LEFT JOIN told USING (kind)`;

const OLDEST_SECONDS = "coalesce(greatest(0, extract(epoch FROM clock_timestamp() - told.oldest)), 0)::float8";

/** What the database tells of the whole installation, asked at each look. */
const GAUGES: readonly GaugeSpec[] = [
  {
    name: "millrace_queue_runs",
    help: `Unfinished runs by what they do: queued, blocked by a limit, running, waiting. Counted up to ${COUNTED_AT_MOST}.`,
    labels: ["pool", "state"],
    sql: `SELECT pool, state, count(*)::int AS value FROM (SELECT pool, state FROM run_queue LIMIT ${COUNTED_AT_MOST}) q GROUP BY pool, state`,
  },
  {
    name: "millrace_queue_oldest_seconds",
    help: "How long the run that is next in turn has waited for a worker, by pool.",
    labels: ["pool"],
    sql: `SELECT q.pool, extract(epoch FROM clock_timestamp() - min(r.created_at))::float8 AS value
          FROM (SELECT pool, run_id FROM run_queue WHERE state = 'queued' ORDER BY pool, workspace_id, rank LIMIT 1000) q JOIN run r ON r.id = q.run_id GROUP BY q.pool`,
  },
  {
    name: "millrace_trigger_events_due",
    help: `Accepted events that wait to become runs, by kind of their trigger. Counted up to ${COUNTED_AT_MOST}, of each workspace that has some up to its share.`,
    labels: ["kind"],
    sql: dueEvents("coalesce(told.count, 0)::int"),
  },
  {
    name: "millrace_trigger_events_oldest_seconds",
    help: "How long ago the oldest of them came, by kind.",
    labels: ["kind"],
    sql: dueEvents(OLDEST_SECONDS),
  },
  {
    name: "millrace_triggers",
    help: "Triggers by kind and mode.",
    labels: ["kind", "mode"],
    sql: "SELECT kind, mode, count(*)::int AS value FROM trigger WHERE retired_at IS NULL GROUP BY kind, mode",
  },
  {
    name: "millrace_triggers_failing",
    help: "Enabled triggers that have an error.",
    labels: ["kind"],
    sql: "SELECT kind, count(*)::int AS value FROM trigger WHERE retired_at IS NULL AND mode = 'enabled' AND error IS NOT NULL GROUP BY kind",
  },
  {
    name: "millrace_requests_turned_away",
    help: "Requests to triggers that there are which were turned away, by reason.",
    labels: ["reason"],
    sql: `SELECT r.reason, sum((r.noted ->> 'count')::bigint)::float8 AS value
          FROM (SELECT refusals FROM trigger WHERE refusals IS NOT NULL LIMIT ${COUNTED_AT_MOST}) t, jsonb_each(t.refusals) AS r(reason, noted) GROUP BY r.reason`,
  },
  {
    name: "millrace_requests_unknown",
    help: "Requests to addresses that nobody has, as far back as they are kept.",
    labels: ["place"],
    sql: "SELECT place, sum(count)::float8 AS value FROM unknown_call GROUP BY place",
  },
  {
    name: "millrace_schedule_late_seconds",
    help: "How late the latest schedule is that is due.",
    labels: [],
    sql: `SELECT coalesce(greatest(0, extract(epoch FROM clock_timestamp() - min(next_fire_at))), 0)::float8 AS value
          FROM trigger WHERE kind = 'schedule' AND mode = 'enabled' AND retired_at IS NULL AND next_fire_at IS NOT NULL`,
  },
  {
    name: "millrace_audit_unsealed",
    help: `Entries of the audit log that are not in their chain yet. Counted up to ${COUNTED_AT_MOST}.`,
    labels: [],
    sql: `SELECT count(*)::int AS value FROM (SELECT FROM audit_event WHERE chain_seq IS NULL LIMIT ${COUNTED_AT_MOST}) e`,
  },
  {
    name: "millrace_audit_unsealed_seconds",
    help: "How long the oldest of them has been there.",
    labels: [],
    sql: "SELECT coalesce(greatest(0, extract(epoch FROM clock_timestamp() - (SELECT at FROM audit_event WHERE chain_seq IS NULL ORDER BY id LIMIT 1))), 0)::float8 AS value",
  },
  {
    name: "millrace_audit_streams",
    help: "Streams of the audit log that are switched on, by kind and whether the other side takes them.",
    labels: ["kind", "state"],
    sql: "SELECT kind, CASE WHEN failing_since IS NULL THEN 'ok' ELSE 'failing' END AS state, count(*)::int AS value FROM audit_stream WHERE enabled GROUP BY 1, 2",
  },
  {
    name: "millrace_audit_stream_behind",
    help: "Sealed entries that the stream which is furthest behind has still to deliver.",
    labels: [],
    sql: `SELECT coalesce(max(c.seq - s.delivered_seq), 0)::float8 AS value
          FROM audit_stream s JOIN audit_chain c ON c.id = coalesce(s.organization_id, '${PLATFORM_CHAIN}') WHERE s.enabled`,
  },
  {
    name: "millrace_deliveries_due",
    help: "Notifications that are to be sent.",
    labels: [],
    sql: `SELECT count(*)::int AS value FROM (SELECT FROM notification_delivery WHERE status = 'pending' LIMIT ${COUNTED_AT_MOST}) d`,
  },
  {
    name: "millrace_worker_slots",
    help: "Steps that a worker runs at the same time.",
    labels: ["worker", "version"],
    sql: "SELECT name AS worker, version, slots AS value FROM worker WHERE state <> 'stopped' AND lost_at IS NULL AND heartbeat_at > (SELECT clock_timestamp()) - interval '1 minute'",
  },
  {
    name: "millrace_worker_busy_slots",
    help: "Steps that a worker runs now.",
    labels: ["worker"],
    sql: "SELECT name AS worker, busy_slots AS value FROM worker WHERE state <> 'stopped' AND lost_at IS NULL AND heartbeat_at > (SELECT clock_timestamp()) - interval '1 minute'",
  },
  {
    name: "millrace_worker_held_runs",
    help: "Runs that a worker has in memory.",
    labels: ["worker"],
    sql: "SELECT name AS worker, held_runs AS value FROM worker WHERE state <> 'stopped' AND lost_at IS NULL AND heartbeat_at > (SELECT clock_timestamp()) - interval '1 minute'",
  },
  {
    name: "millrace_database_bytes",
    help: "Size of the database.",
    labels: [],
    sql: "SELECT pg_database_size(current_database())::float8 AS value",
  },
];

export async function addGauges(registry: Registry): Promise<void> {
  for (const { name, help, labels, sql } of GAUGES) {
    const gauge = new Gauge({ name, help, labelNames: labels, registers: [registry] });
    for (const sample of await samplesOf(sql)) gauge.set(sample.labels, sample.value);
  }
}

async function samplesOf(sql: string): Promise<Sample[]> {
  const { rows } = await sharedPool().query<Record<string, string> & { value: unknown }>(sql);
  return rows.map(({ value, ...labels }) => ({ labels, value: Number(value) }));
}
