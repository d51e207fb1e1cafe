import type { ClientBase } from "pg";
import type { NewMessage, RunWrite } from "@/server/engine/ports";
import { deliver, lockRuns, type Delivered } from "@/server/queue/messages";

const CLOSE_WAITS = `
UPDATE wait SET status = 'cancelled', closed_at = clock_timestamp() WHERE run_id = ANY ($1::uuid[]) AND status = 'open'
RETURNING child_run_id AS "childRunId"`;

const END_STEPS = `
UPDATE step_run SET status = 'cancelled', finished_at = clock_timestamp() WHERE run_id = ANY ($1::uuid[]) AND finished_at IS NULL`;

/** Ends what runs leave open that end in the middle: steps, waits, and the child runs that nobody waits for any more. */
export async function abandon(client: ClientBase, writes: readonly RunWrite[]): Promise<Delivered[]> {
  if (writes.length === 0) return [];
  const runIds = writes.map((write) => write.runId);
  const { rows } = await client.query<{ childRunId: string | null }>({ name: "millrace-abandon-waits", text: CLOSE_WAITS, values: [runIds] });
  await client.query({ name: "millrace-abandon-steps", text: END_STEPS, values: [runIds] });
  const children = rows.flatMap(({ childRunId }) => (childRunId === null ? [] : [childRunId]));
  if (children.length === 0) return [];
  await lockRuns(client, children);
  return deliver(client, children.map(cancelOf));
}

function cancelOf(runId: string): NewMessage {
  const payload = JSON.stringify({ source: "parent", reason: "the run that started it was given up" });
  return { runId, kind: "cancel", path: null, attempt: null, name: null, payload, key: "cancel:parent" };
}
