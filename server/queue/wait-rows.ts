import type { ClientBase } from "pg";
import { v5 as uuidFromName } from "uuid";
import type { RunWrite, WaitWrite } from "@/server/engine/ports";
import { storableJsonText } from "@/server/expressions/storable";
import { Columns, jsonText } from "@/server/queue/columns";

type Open = Extract<WaitWrite, { op: "open" }>;
type Close = Extract<WaitWrite, { op: "close" }>;
type Remind = Extract<WaitWrite, { op: "remind" }>;
interface Of<Row> {
  write: RunWrite;
  row: Row;
}

const OPENED = new Columns<Of<Open>>([
  ["id", "uuid", ({ write, row }) => waitId(write.runId, row)],
  ["workspace_id", "uuid", ({ write }) => write.workspaceId],
  ["run_id", "uuid", ({ write }) => write.runId],
  ["path", "text", ({ row }) => row.path],
  ["attempt", "int", ({ row }) => row.attempt],
  ["node_id", "text", ({ row }) => row.nodeId],
  ["kind", "text", ({ row }) => row.wait.kind],
  ["signal", "text", ({ row }) => row.wait.signal ?? null],
  ["until_ms", "float8", ({ row }) => row.wait.until ?? null],
  ["remind_ms", "float8", ({ row }) => row.wait.remindAt ?? null],
  ["child_run_id", "uuid", ({ row }) => row.wait.childRunId ?? null],
  ["detail", "text", ({ row }) => (row.wait.detail === undefined ? null : storableJsonText(jsonText(row.wait.detail)))],
  ["required_answers", "int", ({ row }) => requiredAnswers(row)],
  ["opened_ms", "float8", ({ row }) => row.at],
]);

const CLOSED = new Columns<Of<Close>>([
  ["run_id", "uuid", ({ write }) => write.runId],
  ["path", "text", ({ row }) => row.path],
  ["attempt", "int", ({ row }) => row.attempt],
  ["status", "text", ({ row }) => row.status],
  ["closed_ms", "float8", ({ row }) => row.at],
]);

const REMINDED = new Columns<Of<Remind>>([
  ["run_id", "uuid", ({ write }) => write.runId],
  ["path", "text", ({ row }) => row.path],
  ["attempt", "int", ({ row }) => row.attempt],
  ["at_ms", "float8", ({ row }) => row.at],
]);

/** The same wait written twice is one row. */
function waitId(runId: string, row: Open): string {
  return uuidFromName(`${row.path}#${row.attempt}@${row.seq}`, runId);
}

function requiredAnswers({ wait }: Open): number {
  const detail = wait.detail;
  const required = typeof detail === "object" && detail !== null && "requiredAnswers" in detail ? detail.requiredAnswers : 1;
  return typeof required === "number" && required >= 1 ? Math.floor(required) : 1;
}

const OPEN = `
WITH opened AS (
INSERT INTO wait (id, workspace_id, run_id, path, attempt, node_id, kind, signal, until, remind_at, child_run_id, detail, required_answers, opened_at)
SELECT id, workspace_id, run_id, path, attempt, node_id, kind, signal, to_timestamp(until_ms / 1000), to_timestamp(remind_ms / 1000), child_run_id,
  detail::json, required_answers, to_timestamp(opened_ms / 1000)
FROM ${OPENED.unnest("o", 1)} ON CONFLICT DO NOTHING RETURNING id, workspace_id, kind)
INSERT INTO platform_fact (workspace_id, kind, key, subject_id)
SELECT workspace_id, 'approval.requested', 'approval.requested ' || id, id FROM opened WHERE kind = 'approval' ON CONFLICT DO NOTHING`;

const CLOSE = `
WITH given AS MATERIALIZED (SELECT * FROM ${CLOSED.unnest("c", 1)}),
closed AS (
  UPDATE wait w SET status = g.status, closed_at = to_timestamp(g.closed_ms / 1000) FROM given g
  WHERE w.run_id = g.run_id AND w.path = g.path AND w.attempt = g.attempt AND w.status = 'open' AND w.id <> ALL ($${CLOSED.size + 1}::uuid[])
  RETURNING w.id, w.workspace_id, w.kind, w.status
),
noted AS (
  INSERT INTO platform_fact (workspace_id, kind, key, subject_id)
  SELECT workspace_id, 'approval.expired', 'approval.expired ' || id, id FROM closed WHERE kind = 'approval' AND status = 'expired' ON CONFLICT DO NOTHING
)
UPDATE step_run s SET status = 'cancelled', finished_at = to_timestamp(g.closed_ms / 1000) FROM given g
WHERE g.status = 'cancelled' AND s.run_id = g.run_id AND s.path = g.path AND s.attempt = g.attempt AND s.status = 'waiting'`;

const REMIND = `
WITH reminded AS (
UPDATE wait w SET reminded_at = to_timestamp(m.at_ms / 1000) FROM ${REMINDED.unnest("m", 1)}
WHERE w.run_id = m.run_id AND w.path = m.path AND w.attempt = m.attempt AND w.status = 'open' RETURNING w.id, w.workspace_id, w.kind)
INSERT INTO platform_fact (workspace_id, kind, key, subject_id)
SELECT workspace_id, 'approval.reminded', 'approval.reminded ' || id, id FROM reminded WHERE kind = 'approval' ON CONFLICT DO NOTHING`;

/**
 * In the order in which they were decided: an attempt may wait, go on and wait again within one write. Written again, because the answer
 * of the commit got lost, such a write must not close the wait that it opens later.
 */
export async function writeWaits(client: ClientBase, writes: readonly RunWrite[]): Promise<void> {
  const inOrder = rounds(writes);
  for (const [index, round] of inOrder.entries()) {
    const later = inOrder.slice(index + 1).flat().filter(isOpen).map(({ write, row }) => waitId(write.runId, row));
    const [opened, closed, reminded] = [round.filter(isOpen), round.filter(isClose), round.filter(isRemind)];
    if (opened.length > 0) await client.query({ name: "millrace-wait-open", text: OPEN, values: OPENED.values(opened) });
    if (closed.length > 0) await client.query({ name: "millrace-wait-close", text: CLOSE, values: [...CLOSED.values(closed), later] });
    if (reminded.length > 0) await client.query({ name: "millrace-wait-remind", text: REMIND, values: REMINDED.values(reminded) });
  }
}

/** The first write to each wait, the second to each, and so on. */
function rounds(writes: readonly RunWrite[]): Of<WaitWrite>[][] {
  const found: Of<WaitWrite>[][] = [];
  const counts = new Map<string, number>();
  for (const write of writes) {
    for (const row of write.waits) {
      const key = `${write.runId} ${row.path}#${row.attempt}`;
      const count = counts.get(key) ?? 0;
      counts.set(key, count + 1);
      (found[count] ??= []).push({ write, row });
    }
  }
  return found;
}

const isOpen = (one: Of<WaitWrite>): one is Of<Open> => one.row.op === "open";
const isClose = (one: Of<WaitWrite>): one is Of<Close> => one.row.op === "close";
const isRemind = (one: Of<WaitWrite>): one is Of<Remind> => one.row.op === "remind";
