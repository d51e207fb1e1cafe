import type { ClientBase } from "pg";
import type { GivenFile, NewMessage } from "@/server/engine/ports";
import { Columns } from "@/server/queue/columns";
import type { Enqueued } from "@/server/queue/enqueue";
import { GIVER_HAS } from "@/server/queue/giver";
import { PRIORITY_STEP_MS } from "@/server/queue/rank";

const MESSAGES = new Columns<NewMessage>([
  ["run_id", "uuid", (message) => message.runId],
  ["kind", "text", (message) => message.kind],
  ["path", "text", (message) => message.path],
  ["attempt", "int", (message) => message.attempt],
  ["name", "text", (message) => message.name],
  ["payload", "text", (message) => message.payload],
  ["key", "text", (message) => message.key],
]);

/** In one order, whoever locks several: no deadlocks. */
export async function lockRuns(client: ClientBase, runIds: readonly string[]): Promise<Set<string>> {
  const { rows } = await client.query<{ run_id: string }>({
    name: "millrace-lock",
    text: "SELECT run_id FROM run_queue WHERE run_id = ANY ($1::uuid[]) ORDER BY run_id FOR NO KEY UPDATE",
    values: [runIds],
  });
  return new Set(rows.map((row) => row.run_id));
}

// A run that only waits becomes claimable with its message. One that is not due yet or behind a limit does so only to be cancelled.
const SEND = `
WITH given AS (SELECT m.* FROM ${MESSAGES.unnestOrdered("m", 1)}),
receiver AS MATERIALIZED (SELECT run_id, workspace_id, inbox_seq, state, started_at FROM run_queue WHERE run_id = ANY ($1::uuid[])),
fresh AS (
  SELECT DISTINCT ON (g.run_id, g.key) g.* FROM given g
  WHERE NOT EXISTS (SELECT FROM run_inbox i WHERE i.run_id = g.run_id AND i.key = g.key)
  ORDER BY g.run_id, g.key, g.ord
),
numbered AS (
  SELECT f.*, q.workspace_id, (q.inbox_seq + row_number() OVER (PARTITION BY f.run_id ORDER BY f.ord))::int AS seq
  FROM fresh f JOIN receiver q USING (run_id)
),
put AS (
  INSERT INTO run_inbox (run_id, seq, workspace_id, kind, path, attempt, name, payload, key, at)
  SELECT run_id, seq, workspace_id, kind, path, attempt, name, payload::json, key, clock_timestamp() FROM numbered
),
newest AS (
  SELECT n.run_id, max(n.seq) AS seq, q.state = 'waiting' AND (q.started_at IS NOT NULL OR bool_or(n.kind = 'cancel')) AS wakes,
    q.state = 'blocked' AND bool_or(n.kind = 'cancel') AS admitted
  FROM numbered n JOIN receiver q USING (run_id) GROUP BY n.run_id, q.state, q.started_at
)
UPDATE run_queue q SET inbox_seq = n.seq, state = CASE WHEN n.wakes OR n.admitted THEN 'queued' ELSE q.state END,
  rank = CASE WHEN n.wakes THEN floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint - (SELECT r.priority FROM run r WHERE r.id = q.run_id) * ${PRIORITY_STEP_MS}::bigint ELSE q.rank END
FROM newest n WHERE q.run_id = n.run_id AND q.run_id = ANY ($1::uuid[])
RETURNING q.run_id AS "runId", q.workspace_id AS "workspaceId", q.pool, q.rank::float8 AS rank, q.state`;

export type Delivered = Enqueued & { state: string };

/** Delivers messages to runs whose queue rows are locked. Runs that have ended get nothing; answers the others. */
export async function deliver(client: ClientBase, messages: readonly NewMessage[]): Promise<Delivered[]> {
  if (messages.length === 0) return [];
  await share(client, messages.flatMap(({ runId, files = [] }) => files.map((file) => ({ runId, ...file }))));
  const { rows } = await client.query<Delivered>({ name: "millrace-send", text: SEND, values: MESSAGES.values(messages) });
  return rows;
}

const SHARE = `
INSERT INTO blob_share (blob_id, run_id, workspace_id)
SELECT DISTINCT b.id, q.run_id, q.workspace_id FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS f(run_id, blob_id, giver)
JOIN run_queue q ON q.run_id = f.run_id JOIN blob b ON b.id = f.blob_id AND b.workspace_id = q.workspace_id
WHERE ${GIVER_HAS}
ON CONFLICT DO NOTHING`;

/** What a run was given stays readable for it when the one that stored it is gone. */
export async function share(client: ClientBase, files: readonly (GivenFile & { runId: string })[]): Promise<void> {
  if (files.length > 0) await client.query({ name: "millrace-share", text: SHARE, values: [files.map((one) => one.runId), files.map((one) => one.id), files.map((one) => one.from)] });
}

/** One message in a transaction of the caller's; answers where it went, or null when the run has ended. */
export async function sendMessage(client: ClientBase, message: NewMessage): Promise<{ delivered: Delivered | null } | null> {
  const locked = await lockRuns(client, [message.runId]);
  if (!locked.has(message.runId)) return null;
  const [delivered] = await deliver(client, [message]);
  return { delivered: delivered ?? null };
}
