import type { Tx } from "@/server/db/scoped";
import { isSuspect } from "@/server/engine/suspects";
import { MAX_CONCURRENT_RUNS } from "@/server/queue/workspace-limits";
import type { QueuedBrief, WaitReasonView } from "./contract";
import { countQueuedBefore, countRunning, findNumber, type QueuedRow } from "./queries";

/** A run that waits while no worker of its pool has said so lately waits for one. */
const SERVED_WITHIN_SECONDS = 45;

/** What decides over the runs that are ready in a pool. */
export interface PoolState {
  /** Runs that its live workers can hold, and hold; of all workspaces. */
  places: number;
  taken: number;
  /** Other workspaces have runs that wait there too. */
  isShared: boolean;
  /** The limit of the workspace, and how many of its runs are at work. */
  limit: number | null;
  running: number;
}

/** What keeps a ready run from being claimed; null: nothing, so that a worker takes it in a moment. */
export function whyReady({ pool, givenBytes, takeovers }: Pick<QueuedRow, "pool" | "givenBytes" | "takeovers">, { places, taken, limit, running }: PoolState): QueuedBrief | null {
  if (places === 0) return { kind: "no_worker", pool };
  if (limit !== null && running >= limit) return { kind: "workspace", limit, running };
  if (taken >= places) return { kind: "workers", pool, places };
  if (isSuspect({ takeovers })) return { kind: "suspect", losses: takeovers };
  return givenBytes > 0 ? { kind: "memory", bytes: givenBytes } : null;
}

export async function readPool(tx: Tx, workspaceId: string, pool: string): Promise<PoolState> {
  const [usage] = await tx.$queryRaw<Pick<PoolState, "places" | "taken" | "isShared">[]>`
    select places, taken, is_shared as "isShared" from pool_usage(${pool}, ${SERVED_WITHIN_SECONDS}::float8)`;
  const limit = await findNumber(tx, MAX_CONCURRENT_RUNS, workspaceId);
  return { ...usage!, limit, running: limit === null ? 0 : await countRunning(tx) };
}

/** With who stands before it. */
export async function whyQueued(tx: Tx, workspaceId: string, row: QueuedRow): Promise<WaitReasonView | null> {
  const state = await readPool(tx, workspaceId, row.pool);
  const reason = whyReady(row, state);
  if (reason?.kind !== "workers") return reason;
  return { ...reason, ...(await countQueuedBefore(tx, row)), isShared: state.isShared };
}
