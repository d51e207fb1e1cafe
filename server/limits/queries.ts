import type { Tx } from "@/server/db/scoped";

export async function findNumber(tx: Tx, key: string, workspaceId: string): Promise<number | null> {
  const setting = await tx.scopedSetting.findFirst({ where: { key, scopeType: "workspace", scopeId: workspaceId } });
  return typeof setting?.value === "number" ? setting.value : null;
}

/** As many as workers have places, by their index; what waits is not read for it. Of the whole workspace, whose limit they count for. */
export async function countRunning(tx: Tx): Promise<number> {
  const [row] = await tx.$queryRaw<{ count: number }[]>`select workspace_running() as count`;
  return row?.count ?? 0;
}

/** More are not counted. */
export const COUNTED_QUEUED = 10_000;
/** Those of a pool that stand first: priority puts younger ones before older ones. */
const LOOKED_AT_PER_POOL = 100;

/** Of a long queue no more is read than is told. */
export async function viewQueue(tx: Tx): Promise<{ queued: number; isMore: boolean; oldestQueuedAt: Date | null }> {
  const [row] = await tx.$queryRaw<{ queued: number; oldest: Date | null }[]>`
    with recursive place as (
      (select pool from run_queue where state = 'queued' and workspace_id = current_workspace_id() order by pool limit 1)
      union all
      select (select q.pool from run_queue q where q.state = 'queued' and q.workspace_id = current_workspace_id() and q.pool > p.pool order by q.pool limit 1) from place p where p.pool is not null
    ),
    counted as (
      select from place p cross join lateral (select from run_queue where state = 'queued' and pool = p.pool and workspace_id = current_workspace_id() limit ${COUNTED_QUEUED + 1}) q limit ${COUNTED_QUEUED + 1}
    ),
    first as (
      select q.run_id from place p cross join lateral (
        select run_id from run_queue where state = 'queued' and pool = p.pool and workspace_id = current_workspace_id() order by rank limit ${LOOKED_AT_PER_POOL}) q
    )
    select (select count(*)::int from counted) as queued, (select min(r.created_at) from run r where r.id = any (array(select run_id from first))) as oldest`;
  const queued = row?.queued ?? 0;
  return { queued: Math.min(queued, COUNTED_QUEUED), isMore: queued > COUNTED_QUEUED, oldestQueuedAt: row?.oldest ?? null };
}

export interface QueuedRow {
  state: string;
  pool: string;
  dueAt: Date | null;
  mutexKey: string | null;
  waitReason: string | null;
  rank: bigint;
  givenBytes: number;
  takeovers: number;
  leaseEpoch: number;
}

export function findQueued(tx: Tx, runId: string): Promise<QueuedRow | null> {
  return tx.runQueue.findFirst({ where: { runId }, select: { state: true, pool: true, dueAt: true, mutexKey: true, waitReason: true, rank: true, givenBytes: true, takeovers: true, leaseEpoch: true } });
}

/** Of a long line no more are counted. */
export const COUNTED_AHEAD = 10_000;

export interface Ahead {
  ahead: number;
  aheadIsMore: boolean;
}

export const aheadOf = (seen: number): Ahead => ({ ahead: Math.min(seen, COUNTED_AHEAD), aheadIsMore: seen > COUNTED_AHEAD });

/** Who has the places of a key, and how many runs wait for one before this one. */
export async function findHolders(tx: Tx, mutexKey: string, rank: bigint, most: number): Promise<Ahead & { holders: string[] }> {
  const holders = await tx.runQueue.findMany({ where: { mutexKey, state: { not: "blocked" } }, orderBy: { runId: "asc" }, take: most, select: { runId: true } });
  const [row] = await tx.$queryRaw<{ seen: number }[]>`
    select count(*)::int as seen from (
      select from run_queue where workspace_id = current_workspace_id() and state = 'blocked' and mutex_key = ${mutexKey} and rank < ${rank} limit ${COUNTED_AHEAD + 1}) q`;
  return { holders: holders.map(({ runId }) => runId), ...aheadOf(row?.seen ?? 0) };
}

/** Runs of the workspace that are ready in a pool, and go first. */
export async function countQueuedBefore(tx: Tx, { pool, rank }: Pick<QueuedRow, "pool" | "rank">): Promise<Ahead> {
  const [row] = await tx.$queryRaw<{ seen: number }[]>`select workspace_queued_before(${pool}, ${rank}::bigint, ${COUNTED_AHEAD + 1}::int) as seen`;
  return aheadOf(row?.seen ?? 0);
}

/** Those of a workspace that wait, of which so many are looked at. */
const LOOKED_AT_WAITING = 10_000;

/** Runs under the same throttle that start before this one. */
export async function countThrottledBefore(tx: Tx, runId: string, { dueAt, waitReason }: Pick<QueuedRow, "dueAt" | "waitReason">): Promise<Ahead> {
  const [row] = await tx.$queryRaw<{ ahead: number; seen: number }[]>`select ahead, seen from workspace_throttled_before(${waitReason}, ${dueAt}::timestamptz, ${runId}::uuid, ${LOOKED_AT_WAITING}::int)`;
  return { ahead: row?.ahead ?? 0, aheadIsMore: row?.seen === LOOKED_AT_WAITING };
}
