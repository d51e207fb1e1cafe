import type { EventRecord } from "@/server/engine/journal";
import type { LogLine, RunWrite, StepWrite } from "@/server/engine/ports";
import { Columns, jsonText, type Cell } from "@/server/queue/columns";

/**
 * The one statement that makes the work of many runs durable. Its fence locks the queue rows first, in one order, and answers
 * which runs are still held; every other part writes for those only. (Joining on the epoch without the lock would let a
 * stale worker write after a takeover.) `ON CONFLICT` never touches a step run that has ended.
 */
interface Of<Row> {
  runId: string;
  row: Row;
}

const RUNS = new Columns<{ runId: string; epoch: number }>([
  ["run_id", "uuid", (run) => run.runId],
  ["epoch", "int", (run) => run.epoch],
]);

const STEPS = new Columns<Of<StepWrite>>([
  ["run_id", "uuid", ({ runId }) => runId],
  ["path", "text", ({ row }) => row.path],
  ["attempt", "int", ({ row }) => row.attempt],
  ["node_id", "text", ({ row }) => row.nodeId],
  ["kind", "text", ({ row }) => row.kind],
  ["status", "text", ({ row }) => row.status],
  ["enter_seq", "int", ({ row }) => row.entry?.seq ?? null],
  // The time of an entry is part of the journal; the row has no other place for it.
  ["enter_decision", "text", ({ row }) => (row.entry === null ? null : JSON.stringify({ at: row.entry.at, ...row.entry.decision }))],
  ["seq", "int", ({ row }) => row.end?.seq ?? null],
  ["decision", "text", ({ row }) => (row.end === null || row.end.decision === null ? null : JSON.stringify(row.end.decision))],
  ["input", "text", ({ row }) => row.input ?? null],
  ["output", "text", ({ row }) => row.output ?? null],
  ["error", "text", ({ row }) => row.error ?? null],
  ["started_ms", "float8", ({ row }) => row.startedAt],
  ["finished_ms", "float8", ({ row }) => row.finishedAt],
]);

const EVENTS = new Columns<Of<EventRecord>>([
  ["run_id", "uuid", ({ runId }) => runId],
  ["seq", "int", ({ row }) => row.seq],
  ["type", "text", ({ row }) => row.type],
  ["path", "text", ({ row }) => row.path],
  ["body", "text", ({ row }) => jsonText(row.body)],
  ["at_ms", "float8", ({ row }) => row.at],
]);

const LOGS = new Columns<Of<LogLine>>([
  ["run_id", "uuid", ({ runId }) => runId],
  ["path", "text", ({ row }) => row.path],
  ["attempt", "int", ({ row }) => row.attempt],
  ["level", "text", ({ row }) => row.level],
  ["message", "text", ({ row }) => row.message],
  ["fields", "text", ({ row }) => row.fields ?? null],
  ["at_ms", "float8", ({ row }) => row.at],
]);

const ENDS = new Columns<Of<NonNullable<RunWrite["finish"]>>>([
  ["run_id", "uuid", ({ runId }) => runId],
  ["status", "text", ({ row }) => row.status],
  ["output", "text", ({ row }) => row.output],
  ["error", "text", ({ row }) => row.error],
  ["source", "text", ({ row }) => row.source ?? null],
  ["reason", "text", ({ row }) => row.reason ?? null],
  ["finished_ms", "float8", ({ row }) => row.finishedAt],
]);

const OVERWRITTEN = ["enter_seq", "enter_decision", "seq", "decision", "input", "output", "error", "finished_at"]
  .map((column) => `${column} = coalesce(excluded.${column}, step_run.${column})`)
  .join(", ");

function stepsPart(from: number): string {
  return `steps AS (
  INSERT INTO step_run (run_id, path, attempt, workspace_id, node_id, kind, status, enter_seq, enter_decision, seq, decision, input, output, error, worker_id, started_at, finished_at)
  SELECT s.run_id, s.path, s.attempt, f.workspace_id, s.node_id, s.kind, s.status, s.enter_seq, s.enter_decision::json, s.seq, s.decision::json,
    s.input::json, s.output::json, s.error::json, f.lease_owner, to_timestamp(s.started_ms / 1000), to_timestamp(s.finished_ms / 1000)
  FROM ${STEPS.unnest("s", from)} JOIN fence f USING (run_id)
  ON CONFLICT (run_id, path, attempt) DO UPDATE SET status = excluded.status, ${OVERWRITTEN} WHERE step_run.finished_at IS NULL)`;
}

function eventsPart(from: number): string {
  return `events AS (
  INSERT INTO run_event (run_id, seq, workspace_id, type, path, body, at)
  SELECT e.run_id, e.seq, f.workspace_id, e.type, e.path, e.body::json, to_timestamp(e.at_ms / 1000)
  FROM ${EVENTS.unnest("e", from)} JOIN fence f USING (run_id)
  ON CONFLICT DO NOTHING)`;
}

/** In the order in which they were said: their numbers come from a sequence. */
function logsPart(from: number): string {
  return `logs AS (
  INSERT INTO run_log (run_id, workspace_id, path, attempt, level, message, fields, at)
  SELECT l.run_id, f.workspace_id, l.path, l.attempt, l.level, l.message, l.fields::json, to_timestamp(l.at_ms / 1000)
  FROM ${LOGS.unnestOrdered("l", from)} JOIN fence f USING (run_id)
  ORDER BY l.ord)`;
}

/** Lines have no key; of a flush that was committed after all, every line is there. */
function newLogsPart(from: number): string {
  const known = "SELECT FROM run_log k WHERE k.run_id = l.run_id AND k.path = l.path AND k.attempt = l.attempt AND k.message = l.message AND k.at = to_timestamp(l.at_ms / 1000)::timestamptz(3)";
  return logsPart(from).replace("  ORDER BY", `  WHERE NOT EXISTS (${known})\n  ORDER BY`);
}

function endsPart(from: number): string {
  return `ends AS (
  UPDATE run r SET status = x.status, output = x.output::json, error = x.error::json, termination_source = x.source, termination_reason = x.reason,
    started_at = f.started_at, finished_at = to_timestamp(x.finished_ms / 1000)
  FROM ${ENDS.unnest("x", from)} JOIN fence f USING (run_id) WHERE r.id = x.run_id AND r.id = ANY ($${from}::uuid[])
  RETURNING r.id, r.workspace_id),
noted AS (INSERT INTO run_change (run_id, workspace_id) SELECT id, workspace_id FROM ends),
gone AS (DELETE FROM run_queue WHERE run_id = ANY (ARRAY(SELECT id FROM ends))),
dropped AS (DELETE FROM run_snapshot WHERE run_id = ANY (ARRAY(SELECT id FROM ends)))`;
}

export interface FlushStatement {
  name: string;
  text: string;
  values: Cell[][];
}

/**
 * Each combination of parts that occurs has a statement of its own, prepared once per connection. `again`: it was sent before,
 * and may have been committed.
 */
export function flushStatement(writes: readonly RunWrite[], again = false): FlushStatement {
  const values: Cell[][] = RUNS.values(writes);
  const parts = [
    `fence AS MATERIALIZED (
  SELECT f.* FROM (SELECT * FROM ${RUNS.unnest("u", 1)} ORDER BY u.run_id) g
  CROSS JOIN LATERAL (
    SELECT q.run_id, q.workspace_id, q.lease_owner, q.started_at FROM run_queue q
    WHERE q.run_id = g.run_id AND q.lease_epoch = g.epoch AND q.state = 'running' FOR NO KEY UPDATE
  ) f)`,
  ];
  let name = "millrace-flush";
  const add = <Row>(letter: string, rows: Of<Row>[], columns: Columns<Of<Row>>, part: (from: number) => string): void => {
    if (rows.length === 0) return;
    name += `-${letter}`;
    parts.push(part(values.length + 1));
    values.push(...columns.values(rows));
  };
  add("steps", rowsOf(writes, (write) => write.steps), STEPS, stepsPart);
  add("events", rowsOf(writes, (write) => write.events), EVENTS, eventsPart);
  add(again ? "newlogs" : "logs", rowsOf(writes, (write) => write.logs), LOGS, again ? newLogsPart : logsPart);
  add("ends", rowsOf(writes, (write) => (write.finish === undefined ? [] : [write.finish])), ENDS, endsPart);
  return { name, text: `WITH ${parts.join(",\n")}\nSELECT run_id AS "runId" FROM fence`, values };
}

function rowsOf<Row>(writes: readonly RunWrite[], read: (write: RunWrite) => readonly Row[]): Of<Row>[] {
  return writes.flatMap((write) => read(write).map((row) => ({ runId: write.runId, row })));
}
