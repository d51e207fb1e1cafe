import { recordAudit } from "@/server/audit/service";
import type { PlatformScope } from "@/server/auth/platform";
import { rawDb, sharedPool } from "@/server/db/client";
import { DomainError } from "@/server/errors/domain-error";
import type { WorkersView } from "./contract";

interface Context {
  platform: PlatformScope;
}

const SILENT_SECONDS = 30;
const SHOWN_WORKERS = 200;
const SHOWN_WORKSPACES = 50;
/** So that a flooded queue costs a look no more than this. */
const COUNTED_AT_MOST = 100_000;

const WORKERS = `
SELECT id::text AS id, name, hostname, pools, slots, busy_slots AS busy, held_runs AS "heldRuns", version, cpu_percent AS cpu, memory_bytes::float8 AS "memoryBytes",
  started_at AS "startedAt", heartbeat_at AS "lastSeenAt",
  CASE WHEN state = 'stopped' THEN 'stopped' WHEN lost_at IS NOT NULL THEN 'lost'
    WHEN heartbeat_at < clock_timestamp() - make_interval(secs => ${SILENT_SECONDS}) THEN 'silent'
    WHEN state = 'draining' OR drain_requested_at IS NOT NULL THEN 'draining' ELSE 'alive' END AS status,
  state = 'active' AND lost_at IS NULL AND drain_requested_at IS NOT NULL AND heartbeat_at > clock_timestamp() - make_interval(secs => ${SILENT_SECONDS}) AS "mayKeep"
FROM worker WHERE heartbeat_at > clock_timestamp() - interval '1 hour' ORDER BY started_at DESC LIMIT ${SHOWN_WORKERS}`;

const STATES = `count(*) FILTER (WHERE state = 'queued')::int AS queued, count(*) FILTER (WHERE state = 'running')::int AS running,
  count(*) FILTER (WHERE state = 'waiting')::int AS waiting, count(*) FILTER (WHERE state = 'blocked')::int AS blocked`;
const LOOKED_AT = `(SELECT pool, state, workspace_id, rank FROM run_queue LIMIT ${COUNTED_AT_MOST + 1}) q`;

const BY_POOL = `SELECT pool AS name, ${STATES}, count(*)::int AS counted FROM ${LOOKED_AT} GROUP BY pool ORDER BY pool`;
const OLDEST = `
SELECT q.pool AS name, extract(epoch FROM clock_timestamp() - min(r.created_at))::float8 AS seconds
FROM (SELECT pool, run_id FROM run_queue WHERE state = 'queued' ORDER BY pool, workspace_id, rank LIMIT 1000) q JOIN run r ON r.id = q.run_id GROUP BY q.pool`;
const BY_WORKSPACE = `
SELECT w.name AS workspace, o.name AS organization, q.queued, q.running, q.waiting, q.blocked
FROM (SELECT workspace_id, ${STATES} FROM ${LOOKED_AT} GROUP BY workspace_id) q JOIN workspace w ON w.id = q.workspace_id JOIN organization o ON o.id = w.organization_id
ORDER BY q.queued DESC, q.running DESC, w.name LIMIT ${SHOWN_WORKSPACES}`;

type Worker = WorkersView["workers"][number];
type Pool = WorkersView["pools"][number];
type PoolCounts = Pick<Pool, "name" | "queued" | "running" | "waiting" | "blocked"> & { counted: number };

export async function viewWorkers(): Promise<WorkersView> {
  const pool = sharedPool();
  const [workers, byPool, oldest, workspaces] = await Promise.all([
    pool.query<Omit<Worker, "startedAt" | "lastSeenAt"> & { startedAt: Date; lastSeenAt: Date }>(WORKERS),
    pool.query<PoolCounts>(BY_POOL),
    pool.query<{ name: string; seconds: number }>(OLDEST),
    pool.query<WorkersView["workspaces"][number]>(BY_WORKSPACE),
  ]);
  const counted = byPool.rows.reduce((sum, row) => sum + row.counted, 0);
  const shown = workers.rows.map((row) => ({ ...row, startedAt: row.startedAt.toISOString(), lastSeenAt: row.lastSeenAt.toISOString() }));
  return {
    workers: shown,
    pools: poolsOf(shown, byPool.rows, new Map(oldest.rows.map(({ name, seconds }) => [name, seconds]))),
    workspaces: workspaces.rows,
    counted: Math.min(counted, COUNTED_AT_MOST),
    isCut: counted > COUNTED_AT_MOST,
  };
}

/** `name:n` is a pool with a limit for one worker. */
const nameOfPool = (entry: string) => entry.replace(/:\d+$/, "");

function poolsOf(workers: readonly Worker[], counts: readonly PoolCounts[], oldest: ReadonlyMap<string, number>): Pool[] {
  const serving = workers.filter(({ status }) => status === "alive");
  const names = new Set([...serving.flatMap(({ pools }) => pools.map(nameOfPool)), ...counts.map(({ name }) => name)]);
  return [...names].sort().map((name) => {
    const own = serving.filter(({ pools }) => pools.some((entry) => nameOfPool(entry) === name));
    const { queued = 0, running = 0, waiting = 0, blocked = 0 } = counts.find((row) => row.name === name) ?? {};
    return { name, workers: own.length, slots: own.reduce((sum, { slots }) => sum + slots, 0), queued, running, waiting, blocked, oldestSeconds: oldest.get(name) ?? null };
  });
}

/** It hears of it with its next heartbeat and takes nothing new for its grace time; then it finishes what it can in as long again, gives the rest back and ends. */
export async function drainWorker({ platform }: Context, { workerId }: { workerId: string }) {
  await rawDb().$transaction(async (tx) => {
    const worker = await tx.worker.findFirst({ where: { id: workerId, state: { not: "stopped" } }, select: { name: true } });
    if (worker === null) throw new DomainError("not_found", { what: "worker", id: workerId });
    await tx.worker.update({ where: { id: workerId }, data: { drainRequestedAt: new Date() } });
    await recordAudit(tx, platform, { action: "worker.drained", resource: { type: "worker", id: workerId, name: worker.name } });
  });
  return { ok: true as const };
}

/** Until its row says that it ends. */
export async function keepWorker({ platform }: Context, { workerId }: { workerId: string }) {
  await rawDb().$transaction(async (tx) => {
    const { count } = await tx.worker.updateMany({ where: { id: workerId, state: "active", drainRequestedAt: { not: null } }, data: { drainRequestedAt: null } });
    if (count === 0) throw new DomainError("not_found", { what: "worker that can be kept", id: workerId });
    const { name } = await tx.worker.findUniqueOrThrow({ where: { id: workerId }, select: { name: true } });
    await recordAudit(tx, platform, { action: "worker.kept", resource: { type: "worker", id: workerId, name } });
  });
  return { ok: true as const };
}
