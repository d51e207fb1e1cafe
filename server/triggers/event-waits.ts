import type { Tx } from "@/server/db/scoped";
import type { EventWait } from "./contract";
import { scheduleConfig } from "./kinds/schedule/spec";
import type { EventRow } from "./queries";

interface Waiting {
  kind: string;
  config: unknown;
  pausedUntil: Date | null;
}

/** Why an event is no run yet; null: it is one, or will be in a moment. `earlierRunId`: whose end a slot waits for. */
export function whyNoRun({ status, error, dueAt, heldByPause, heldByQuota }: Pick<EventRow, "status" | "error" | "dueAt" | "heldByPause" | "heldByQuota">, { pausedUntil }: Pick<Waiting, "pausedUntil">, earlierRunId: string | null): EventWait | null {
  if (status === "held") {
    if (heldByQuota) return { kind: "quota" };
    return heldByPause ? { kind: "pause", until: pausedUntil?.toISOString() ?? null } : { kind: "suspended" };
  }
  if (status !== "received") return null;
  if (error !== null) return { kind: "retry", at: dueAt.toISOString() };
  return earlierRunId === null ? null : { kind: "overlap", runId: earlierRunId };
}

/** The run whose end the slots of a schedule wait for that queues one; null where none does. */
export async function findEarlierRun(tx: Tx, triggerId: string, { kind, config }: Waiting, rows: readonly Pick<EventRow, "status" | "error">[]): Promise<string | null> {
  if (kind !== "schedule" || !rows.some(({ status, error }) => status === "received" && error === null)) return null;
  if (scheduleConfig.safeParse(config).data?.overlap !== "queueOne") return null;
  const [run] = await tx.$queryRaw<{ runId: string }[]>`
    select e.run_id as "runId" from trigger_event e join run_queue q on q.run_id = e.run_id
    where e.trigger_id = ${triggerId}::uuid and e.workspace_id = current_workspace_id() and e.watched and e.outcome is null and e.status = 'started' order by e.id limit 1`;
  return run?.runId ?? null;
}
