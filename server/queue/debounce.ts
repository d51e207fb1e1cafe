import type { ClientBase } from "pg";
import type { Gates } from "@/server/engine/ports";
import { DELAY, LOCK_KEY, only, type Admitted } from "@/server/queue/admitted";
import { mergeLists } from "@/server/queue/merge-lists";
import { share } from "@/server/queue/messages";
import { filesGiven } from "@/server/expressions/blob-ids";
import { waitReasonText } from "@/server/queue/wait-reason";

type Debounce = NonNullable<Gates["debounce"]>;

interface Passing {
  runId: string;
  workspaceId: string;
  gate: number;
  now: number;
}

const WAITS_FOR_NEWER = 1;
const PAST = 2;

// Only one that nothing else has woken can give way; its row is locked before it does.
const PENDING = `
SELECT d.run_id AS "runId", d.first_at AS "firstAt", d.count FROM flow_debounce d
JOIN run_queue q ON q.run_id = d.run_id AND q.state = 'waiting' AND q.gate = ${WAITS_FOR_NEWER}
WHERE d.workspace_id = $1 AND d.key = $2 FOR UPDATE OF q`;

const REMEMBER = `
INSERT INTO flow_debounce (workspace_id, key, run_id, first_at, count) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (workspace_id, key) DO UPDATE SET run_id = excluded.run_id, first_at = excluded.first_at, count = excluded.count`;

const FORGET = "DELETE FROM flow_debounce WHERE workspace_id = $1 AND key = $2 AND run_id = $3";

const INPUTS = "SELECT id, input::text AS input FROM run WHERE id = ANY ($1::uuid[])";

const GIVE_WAY = `
WITH ended AS (
  UPDATE run SET status = 'cancelled', finished_at = clock_timestamp(), termination_source = 'limit', termination_reason = $2 WHERE id = $1 RETURNING id, workspace_id)
INSERT INTO run_change (run_id, workspace_id) SELECT id, workspace_id FROM ended`;

const LET_GO = `
UPDATE run_queue SET state = 'queued', due_at = NULL WHERE run_id = $1 RETURNING run_id AS "runId", workspace_id AS "workspaceId", pool, rank::float8 AS rank`;

/** A run waits for newer ones of its key; the newest stands for them all. Null: it has waited, and goes on. */
export async function debounce(client: ClientBase, { runId, workspaceId, gate, now }: Passing, { key: name, seconds, maxWaitSeconds, maxCount, mergeField }: Debounce): Promise<Admitted | null> {
  const key = `debounce ${name}`;
  if (gate === WAITS_FOR_NEWER) {
    await client.query(FORGET, [workspaceId, key, runId]);
    return null;
  }
  await client.query(LOCK_KEY, [workspaceId, key]);
  const { rows } = await client.query<{ runId: string; firstAt: number; count: number }>({ name: "millrace-debounce", text: PENDING, values: [workspaceId, key] });
  const [pending] = rows;
  const admitted = only({ kind: "delayed", dueAt: now });
  const isTaken = pending !== undefined && (await takeOver(client, admitted, { older: pending.runId, newer: runId, workspaceId, mergeField }));
  const firstAt = isTaken ? pending.firstAt : now;
  const count = isTaken ? pending.count + 1 : 1;
  const isFull = maxCount !== undefined && count >= maxCount;
  const dueAt = isFull ? now : Math.max(now, Math.min(now + seconds * 1_000, firstAt + (maxWaitSeconds ?? Infinity) * 1_000));
  if (isFull) await client.query("DELETE FROM flow_debounce WHERE workspace_id = $1 AND key = $2", [workspaceId, key]);
  else await client.query(REMEMBER, [workspaceId, key, runId, firstAt, count]);
  await client.query(DELAY, [runId, isFull ? PAST : WAITS_FOR_NEWER, dueAt, waitReasonText({ kind: "debounce", count, key: name })]);
  return { ...admitted, answer: { kind: "delayed", dueAt } };
}

interface TakeOver {
  older: string;
  newer: string;
  workspaceId: string;
  mergeField: string | undefined;
}

/** Ends the older run in favour of the newer one. False: their inputs cannot be put together, so the older one goes its own way now. */
async function takeOver(client: ClientBase, admitted: Admitted, { older, newer, workspaceId, mergeField }: TakeOver): Promise<boolean> {
  if (mergeField !== undefined) {
    const { rows } = await client.query<{ id: string; input: string }>(INPUTS, [[older, newer]]);
    const inputOf = (id: string) => rows.find((row) => row.id === id)?.input ?? "null";
    const merged = mergeLists(inputOf(older), inputOf(newer), mergeField);
    if (merged === null) {
      admitted.ready.push(...(await client.query(LET_GO, [older])).rows);
      return false;
    }
    await client.query("UPDATE run SET input = $2::json WHERE id = $1", [newer, merged]);
    await share(client, filesGiven([older], merged).map((file) => ({ runId: newer, ...file })));
  }
  await client.query(GIVE_WAY, [older, `debounced: run ${newer} took its place`]);
  await client.query("DELETE FROM run_queue WHERE run_id = $1", [older]);
  admitted.ended.push({ runId: older, workspaceId });
  return true;
}
