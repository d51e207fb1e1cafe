import type { z } from "zod";
import type { Scope } from "@/server/auth/scope";
import { rawDb } from "@/server/db/client";
import type { workersViewSchema, WorkerSummary } from "./contract";

const HOUR_MS = 3_600_000;
/** A worker that has not been heard of for so long shows as silent. */
const SILENT_AFTER_MS = 30_000;

/** Workers belong to the installation; the queue's numbers are the workspace's own. */
export async function viewWorkers({ scope }: { scope: Scope }): Promise<z.output<typeof workersViewSchema>> {
  const now = Date.now();
  const rows = await rawDb().worker.findMany({
    where: { heartbeatAt: { gt: new Date(now - HOUR_MS) } },
    orderBy: [{ startedAt: "desc" }],
    take: 200,
  });
  const states = await scope.db.runQueue.groupBy({ by: ["state"], _count: { _all: true } });
  const count = (state: string) => states.find((entry) => entry.state === state)?._count._all ?? 0;
  return {
    workers: rows.map((row) => ({
      id: row.id,
      name: row.name,
      pools: row.pools,
      slots: row.slots,
      busy: row.busySlots,
      capacity: row.cpus === null || row.memoryMb === null ? null : { cpu: row.cpus, memoryMb: row.memoryMb },
      version: row.version,
      cpu: row.cpuPercent,
      memoryBytes: row.memoryBytes === null ? null : Number(row.memoryBytes),
      startedAt: row.startedAt.toISOString(),
      lastSeenAt: row.heartbeatAt.toISOString(),
      status: statusOf(row, now),
    })),
    queue: { queued: count("queued"), running: count("running"), waiting: count("waiting"), blocked: count("blocked") },
  };
}

function statusOf({ state, heartbeatAt, lostAt }: { state: string; heartbeatAt: Date; lostAt: Date | null }, now: number): WorkerSummary["status"] {
  if (state === "stopped") return "stopped";
  if (lostAt !== null) return "lost";
  if (now - heartbeatAt.getTime() > SILENT_AFTER_MS) return "silent";
  return state === "draining" ? "draining" : "alive";
}
