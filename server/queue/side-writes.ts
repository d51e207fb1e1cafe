import type { ClientBase } from "pg";
import { v5 as uuidFromName } from "uuid";
import type { NewMessage, RunWrite, WaitWrite } from "@/server/engine/ports";
import { Columns, jsonText } from "@/server/queue/columns";
import { insertRuns, type Enqueued } from "@/server/queue/enqueue";
import { deliver } from "@/server/queue/messages";

/** What only some writes carry: waits, child runs, messages, checkpoints, progress. Runs in the transaction that holds the fence. */
export function hasSideWrites(write: RunWrite): boolean {
  return (
    write.waits.length > 0 ||
    write.children.length > 0 ||
    write.messages.length > 0 ||
    write.checkpoints.length > 0 ||
    write.progress.length > 0 ||
    write.vars !== undefined ||
    write.resetTakeovers === true
  );
}

type Open = Extract<WaitWrite, { op: "open" }>;
type Close = Extract<WaitWrite, { op: "close" }>;
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
  ["detail", "text", ({ row }) => (row.wait.detail === undefined ? null : jsonText(row.wait.detail))],
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

const REMINDED = new Columns<Of<Extract<WaitWrite, { op: "remind" }>>>([
  ["run_id", "uuid", ({ write }) => write.runId],
  ["path", "text", ({ row }) => row.path],
  ["attempt", "int", ({ row }) => row.attempt],
  ["at_ms", "float8", ({ row }) => row.at],
]);

const AMENDED = new Columns<Of<{ path: string; attempt: number; value: string }>>([
  ["run_id", "uuid", ({ write }) => write.runId],
  ["path", "text", ({ row }) => row.path],
  ["attempt", "int", ({ row }) => row.attempt],
  ["value", "text", ({ row }) => row.value],
]);

/** The same wait written twice is one row: an attempt that waits again has its opening time in the name. */
function waitId(runId: string, row: Open): string {
  return uuidFromName(`${row.path}#${row.attempt}@${row.at}`, runId);
}

function requiredAnswers({ wait }: Open): number {
  const detail = wait.detail;
  const required = typeof detail === "object" && detail !== null && "requiredAnswers" in detail ? detail.requiredAnswers : 1;
  return typeof required === "number" && required >= 1 ? Math.floor(required) : 1;
}

const OPEN = `
INSERT INTO wait (id, workspace_id, run_id, path, attempt, node_id, kind, signal, until, remind_at, child_run_id, detail, required_answers, opened_at)
SELECT id, workspace_id, run_id, path, attempt, node_id, kind, signal, to_timestamp(until_ms / 1000), to_timestamp(remind_ms / 1000), child_run_id,
  detail::json, required_answers, to_timestamp(opened_ms / 1000)
FROM ${OPENED.unnest("o", 1)} ON CONFLICT DO NOTHING`;

const CLOSE = `
WITH given AS MATERIALIZED (SELECT * FROM ${CLOSED.unnest("c", 1)}),
closed AS (
  UPDATE wait w SET status = g.status, closed_at = to_timestamp(g.closed_ms / 1000) FROM given g
  WHERE w.run_id = g.run_id AND w.path = g.path AND w.attempt = g.attempt AND w.status = 'open'
)
UPDATE step_run s SET status = 'cancelled', finished_at = to_timestamp(g.closed_ms / 1000) FROM given g
WHERE g.status = 'cancelled' AND s.run_id = g.run_id AND s.path = g.path AND s.attempt = g.attempt AND s.status = 'waiting'`;

const REMIND = `
UPDATE wait w SET reminded_at = to_timestamp(m.at_ms / 1000) FROM ${REMINDED.unnest("m", 1)}
WHERE w.run_id = m.run_id AND w.path = m.path AND w.attempt = m.attempt AND w.status = 'open'`;

function amend(column: "checkpoint" | "progress"): string {
  return `UPDATE step_run s SET ${column} = a.value::json FROM ${AMENDED.unnest("a", 1)}
WHERE s.run_id = a.run_id AND s.path = a.path AND s.attempt = a.attempt AND s.finished_at IS NULL`;
}

/** Answers the runs that became claimable: children, and receivers of messages. */
export async function sideWrites(client: ClientBase, writes: readonly RunWrite[]): Promise<{ ready: Enqueued[]; messaged: string[] }> {
  await waits(client, writes);
  await amendments(client, writes);
  const ready = await insertRuns(client, writes.flatMap((write) => write.children));
  const delivered = await deliver(client, writes.flatMap((write): NewMessage[] => write.messages));
  await upkeep(client, writes);
  return { ready: [...ready, ...delivered.filter((one) => one.state === "queued")], messaged: delivered.filter((one) => one.state === "running").map((one) => one.runId) };
}

async function waits(client: ClientBase, writes: readonly RunWrite[]): Promise<void> {
  // In the order in which they were decided: a wait may open and close in one write.
  const all = writes.flatMap((write) => write.waits.map((row) => ({ write, row })));
  for (const op of ["open", "close", "remind"] as const) {
    const rows = all.filter(({ row }) => row.op === op);
    if (rows.length === 0) continue;
    if (op === "open") await client.query({ name: "millrace-wait-open", text: OPEN, values: OPENED.values(rows as Of<Open>[]) });
    if (op === "close") await client.query({ name: "millrace-wait-close", text: CLOSE, values: CLOSED.values(rows as Of<Close>[]) });
    if (op === "remind") await client.query({ name: "millrace-wait-remind", text: REMIND, values: REMINDED.values(rows as Of<Extract<WaitWrite, { op: "remind" }>>[]) });
  }
}

async function amendments(client: ClientBase, writes: readonly RunWrite[]): Promise<void> {
  const checkpoints = writes.flatMap((write) => write.checkpoints.map((row) => ({ write, row })));
  const progress = writes.flatMap((write) => write.progress.map((row) => ({ write, row })));
  if (checkpoints.length > 0) await client.query({ name: "millrace-checkpoint", text: amend("checkpoint"), values: AMENDED.values(checkpoints) });
  if (progress.length > 0) await client.query({ name: "millrace-progress", text: amend("progress"), values: AMENDED.values(progress) });
}

async function upkeep(client: ClientBase, writes: readonly RunWrite[]): Promise<void> {
  const kept = writes.filter((write) => write.finish === undefined && (write.vars !== undefined || write.resetTakeovers === true));
  if (kept.length === 0) return;
  await client.query({
    name: "millrace-upkeep",
    text: `UPDATE run_queue q SET vars = coalesce(x.vars::json, q.vars), takeovers = CASE WHEN x.reset THEN 0 ELSE q.takeovers END
FROM unnest($1::uuid[], $2::text[], $3::boolean[]) AS x(run_id, vars, reset) WHERE q.run_id = x.run_id`,
    values: [kept.map((write) => write.runId), kept.map((write) => write.vars ?? null), kept.map((write) => write.resetTakeovers === true)],
  });
}
