import type { ClientBase, Pool } from "pg";
import { encodeGiven } from "@/server/queue/given-values";
import { deliver, lockRuns } from "@/server/queue/messages";
import type { Dispatched, DueEvent } from "@/server/triggers/due-events";
import { scheduleConfig } from "@/server/triggers/kinds/schedule/spec";

const LOOK_AGAIN_SECONDS = 1;

const ACTIVE = `
SELECT e.run_id AS "runId" FROM trigger_event e JOIN run_queue q ON q.run_id = e.run_id
WHERE e.trigger_id = $1 AND e.watched AND e.outcome IS NULL AND e.status = 'started'`;
const NEWER = "SELECT 1 FROM trigger_event WHERE trigger_id = $1 AND status = 'received' AND id > $2 LIMIT 1";

export function overlapOf({ trigger }: DueEvent): "allow" | "skip" | "queueOne" | "cancelPrevious" {
  return trigger.kind === "schedule" ? scheduleConfig.parse(trigger.config).overlap : "allow";
}

/** Whether the run of an earlier slot goes on, so that there is no need to make this one's. Without a lock: `heldByOverlap` has the last word. */
export async function waitsForEarlier(pool: Pool, event: DueEvent): Promise<boolean> {
  const policy = overlapOf(event);
  if ((policy !== "skip" && policy !== "queueOne") || event.origin !== "live") return false;
  const { rows } = await pool.query(ACTIVE, [event.trigger.id]);
  return rows.length > 0;
}

/** Whoever sends an event again wants it to run. */
export function takesTurns(event: DueEvent): boolean {
  return overlapOf(event) !== "allow" && event.origin === "live";
}

/** Until the transaction ends, for `heldByOverlap`. In one order, so that no two processes wait for each other. */
export async function lockTurns(client: ClientBase, events: readonly DueEvent[]): Promise<void> {
  const ids = [...new Set(events.filter(takesTurns).map(({ trigger }) => trigger.id))];
  if (ids.length > 0) await client.query({ name: "trigger-turns", text: "SELECT 1 FROM trigger WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE", values: [ids] });
}

/** What becomes of a slot while the run of an earlier one goes on; null: it starts. Decided under the lock of `lockTurns`. */
export async function heldByOverlap(client: ClientBase, event: DueEvent): Promise<Dispatched | null> {
  const policy = overlapOf(event);
  if (policy === "allow" || !takesTurns(event)) return null;
  const { rows: active } = await client.query<{ runId: string }>(ACTIVE, [event.trigger.id]);
  if (active.length === 0) return null;
  const missed = (message: string): Dispatched => ({ id: event.id, status: "missed", error: { code: "overlap", message } });
  switch (policy) {
    case "skip":
      return missed("the run of an earlier slot still went on");
    case "queueOne": {
      const { rowCount } = await client.query(NEWER, [event.trigger.id, event.id]);
      return rowCount === 0 ? { id: event.id, status: "received", error: null, inSeconds: LOOK_AGAIN_SECONDS } : missed("a newer slot waits for the run of an earlier one");
    }
    case "cancelPrevious":
      await cancel(client, active.map(({ runId }) => runId));
      return null;
  }
}

async function cancel(client: ClientBase, runIds: string[]): Promise<void> {
  const running = await lockRuns(client, runIds);
  const payload = encodeGiven("payload", { source: "user", reason: "the next slot of its schedule came" });
  await deliver(client, runIds.filter((runId) => running.has(runId)).map((runId) => ({ runId, kind: "cancel" as const, name: null, key: "cancel", path: null, attempt: null, payload })));
}
