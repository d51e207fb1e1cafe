import type { Tx } from "@/server/db/scoped";

export async function findNumber(tx: Tx, key: string, workspaceId: string): Promise<number | null> {
  const setting = await tx.scopedSetting.findFirst({ where: { key, scopeType: "workspace", scopeId: workspaceId } });
  return typeof setting?.value === "number" ? setting.value : null;
}

export async function countQueue(tx: Tx): Promise<{ running: number; queued: number; oldestQueuedAt: Date | null }> {
  const [row] = await tx.$queryRaw<{ running: number; queued: number; oldest: Date | null }[]>`
    select count(*) filter (where q.state = 'running')::int as running, count(*) filter (where q.state = 'queued')::int as queued,
      (select r.created_at from run r where r.id = min(q.run_id::text) filter (where q.state = 'queued')::uuid) as oldest
    from run_queue q`;
  return { running: row?.running ?? 0, queued: row?.queued ?? 0, oldestQueuedAt: row?.oldest ?? null };
}

export interface QueuedRow {
  state: string;
  pool: string;
  dueAt: Date | null;
  mutexKey: string | null;
  waitReason: string | null;
  rank: bigint;
}

export function findQueued(tx: Tx, runId: string): Promise<QueuedRow | null> {
  return tx.runQueue.findFirst({ where: { runId }, select: { state: true, pool: true, dueAt: true, mutexKey: true, waitReason: true, rank: true } });
}

/** Who has the places of a key, and how many runs wait for one before this one. */
export async function findHolders(tx: Tx, mutexKey: string, rank: bigint, most: number): Promise<{ holders: string[]; ahead: number }> {
  const holders = await tx.runQueue.findMany({ where: { mutexKey, state: { not: "blocked" } }, orderBy: { runId: "asc" }, take: most, select: { runId: true } });
  const ahead = await tx.runQueue.count({ where: { mutexKey, state: "blocked", rank: { lt: rank } } });
  return { holders: holders.map(({ runId }) => runId), ahead };
}

export async function isServed(tx: Tx, pool: string, withinSeconds: number): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ served: boolean }[]>`
    select exists (select from worker w where w.state = 'active' and w.heartbeat_at > now() - make_interval(secs => ${withinSeconds}::float8)
      and exists (select from unnest(w.pools) as p(entry) where regexp_replace(p.entry, ':[0-9]+$', '') = ${pool})) as served`;
  return row?.served ?? false;
}
