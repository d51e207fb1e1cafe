import type { ClientBase, Pool } from "pg";
import type { EventRecord, StepDecision, StepRecord } from "@/server/engine/journal";
import type { InboxMessage, KeptSnapshot, RunHistory, Snapshot, StoredValue, ValueRequest } from "@/server/engine/ports";
import type { StepStatus } from "@/server/engine/events";
import { within } from "@/server/queue/within";

interface StepRow {
  path: string;
  attempt: number;
  status: StepStatus;
  enterSeq: number | null;
  enterDecision: (StepDecision & { at: number }) | null;
  seq: number | null;
  decision: StepDecision | null;
  startedAt: number;
  finishedAt: number | null;
  checkpoint: string | null;
}

const STEPS = `
SELECT path, attempt, status, enter_seq AS "enterSeq", enter_decision AS "enterDecision", seq, decision,
  (extract(epoch FROM started_at) * 1000)::float8 AS "startedAt", (extract(epoch FROM finished_at) * 1000)::float8 AS "finishedAt",
  CASE WHEN status <> 'succeeded' THEN checkpoint::text END AS checkpoint
FROM step_run WHERE run_id = $1 AND ($2 = 0 OR seq > $2 OR enter_seq > $2 OR finished_at IS NULL OR (status <> 'succeeded' AND checkpoint IS NOT NULL))`;

const EVENTS = `SELECT seq, type, path, body, (extract(epoch FROM at) * 1000)::float8 AS at FROM run_event WHERE run_id = $1 AND seq > $2`;

/** The journal of a run, in order. */
export async function readHistory(pool: Pick<Pool | ClientBase, "query">, runId: string, afterSeq = 0): Promise<RunHistory> {
  const [steps, events] = await Promise.all([
    pool.query<StepRow>({ name: "millrace-history-steps", text: STEPS, values: [runId, afterSeq] }),
    pool.query<Omit<EventRecord, "table">>({ name: "millrace-history-events", text: EVENTS, values: [runId, afterSeq] }),
  ]);
  const records = [...steps.rows.flatMap(recordsOf).filter(({ seq }) => seq > afterSeq), ...events.rows.map((row): EventRecord => ({ table: "event", ...row }))];
  const started = steps.rows.filter((row) => row.status === "running" && row.enterSeq === null && row.seq === null);
  return {
    records: records.sort((a, b) => a.seq - b.seq),
    started: started.map(({ path, attempt, startedAt }) => ({ path, attempt, at: startedAt })),
    checkpoints: lastCheckpoints(steps.rows),
  };
}

const SNAPSHOT = `
SELECT s.text, s.is_left AND s.epoch = $2 - 1 AS "isWhole" FROM run_snapshot s
WHERE s.run_id = $1 AND EXISTS (SELECT FROM run_queue q WHERE q.run_id = $1 AND q.lease_epoch = $2)`;

export async function readSnapshot(pool: Pool, runId: string, epoch: number): Promise<KeptSnapshot | null> {
  return (await pool.query<KeptSnapshot>({ name: "millrace-snapshot", text: SNAPSHOT, values: [runId, epoch] })).rows[0] ?? null;
}

// The lock keeps the run from ending and from being taken over until the commit; a flush goes on beside it.
const KEEP = `
WITH held AS MATERIALIZED (SELECT run_id, workspace_id FROM run_queue WHERE run_id = $1 AND lease_epoch = $2 AND state = 'running' FOR KEY SHARE)
INSERT INTO run_snapshot AS s (run_id, workspace_id, epoch, is_left, seq, text) SELECT run_id, workspace_id, $2, false, $3, $4 FROM held
ON CONFLICT (run_id) DO UPDATE SET epoch = excluded.epoch, is_left = excluded.is_left, seq = excluded.seq, text = excluded.text WHERE s.seq < excluded.seq`;

/** Nothing depends on it: the end of a run waits no longer. */
const KEEP_MS = 5_000;

export async function keepSnapshot(pool: Pool, { runId, epoch, seq, text }: { runId: string; epoch: number } & Snapshot): Promise<void> {
  await pool.query(within(KEEP_MS, { name: "millrace-keep-snapshot", text: KEEP, values: [runId, epoch, seq, text] }));
}

export async function readKept(pool: Pool, runId: string): Promise<string | null> {
  const { rows } = await pool.query<{ kept: string | null }>({ name: "millrace-kept", text: "SELECT kept_write AS kept FROM run_queue WHERE run_id = $1", values: [runId] });
  return rows[0]?.kept ?? null;
}

function lastCheckpoints(rows: readonly StepRow[]): RunHistory["checkpoints"] {
  const last = new Map<string, { attempt: number; text: string }>();
  for (const { path, attempt, checkpoint } of rows) {
    if (checkpoint !== null && attempt > (last.get(path)?.attempt ?? 0)) last.set(path, { attempt, text: checkpoint });
  }
  return [...last].map(([path, { text }]) => ({ path, text }));
}

function recordsOf(row: StepRow): StepRecord[] {
  const { path, attempt, enterSeq, enterDecision, seq, decision } = row;
  const records: StepRecord[] = [];
  if (enterSeq !== null && enterDecision !== null) {
    const { at, ...entry } = enterDecision;
    records.push({ table: "step", seq: enterSeq, path, attempt, phase: "enter", status: "running", decision: Object.keys(entry).length === 0 ? null : entry, at });
  }
  if (seq !== null) records.push({ table: "step", seq, path, attempt, phase: "finish", status: row.status, decision, at: row.finishedAt ?? 0 });
  return records;
}

const VALUES = `
SELECT w.path, s.attempt, s.status, s.text FROM unnest($2::text[], $3::text[], $4::int[]) AS w(path, what, attempt)
CROSS JOIN LATERAL (
  SELECT x.attempt, x.status, v.text FROM step_run x
  CROSS JOIN LATERAL (SELECT CASE w.what WHEN 'output' THEN x.output WHEN 'input' THEN x.input ELSE x.error END::text AS text) v
  WHERE x.run_id = $1 AND x.path = w.path AND (w.attempt IS NULL OR x.attempt = w.attempt) AND v.text IS NOT NULL
  ORDER BY x.attempt DESC LIMIT 1
) s`;

export async function readValues(pool: Pool, runId: string, wanted: readonly ValueRequest[]): Promise<Map<string, StoredValue>> {
  const { rows } = await pool.query<StoredValue>({
    name: "millrace-values",
    text: VALUES,
    values: [runId, wanted.map((one) => one.path), wanted.map((one) => one.what), wanted.map((one) => one.attempt ?? null)],
  });
  return new Map(rows.map((row) => [row.path, row]));
}

const INBOX = `
SELECT seq, kind, path, attempt, name, payload::text AS payload, (extract(epoch FROM at) * 1000)::float8 AS at
FROM run_inbox WHERE run_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`;

export async function readInbox(pool: Pool, runId: string, afterSeq: number, most?: number): Promise<InboxMessage[]> {
  const { rows } = await pool.query<InboxMessage>({ name: "millrace-inbox", text: INBOX, values: [runId, afterSeq, most ?? null] });
  return rows;
}
