import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import { readWaitReason } from "@/server/queue/wait-reason";
import { MAX_CONCURRENT_RUNS } from "@/server/queue/workspace-limits";
import { DEFAULT_MAX_BATCH_RUNS } from "./contract";
import type { LimitsView, setLimitsInput, WaitReasonView } from "./contract";
import { countQueue, findHolders, findNumber, findQueued, isServed, type QueuedRow } from "./queries";

interface Context {
  scope: Scope;
}

const MOST_HOLDERS = 5;
/** A run that waits while no worker of its pool has said so lately waits for one. */
const SERVED_WITHIN_SECONDS = 45;

const MAX_BATCH_RUNS = "maxBatchRuns";

export function viewLimits({ scope }: Context): Promise<LimitsView> {
  return scope.db.transaction(async (tx) => {
    const { oldestQueuedAt, ...counts } = await countQueue(tx);
    const { workspaceId } = scope;
    return { maxConcurrentRuns: await findNumber(tx, MAX_CONCURRENT_RUNS, workspaceId), maxBatchRuns: await limitOfBatches(tx, workspaceId), ...counts, oldestQueuedAt: oldestQueuedAt?.toISOString() ?? null };
  });
}

export async function limitOfBatches(tx: Tx, workspaceId: string): Promise<number> {
  return (await findNumber(tx, MAX_BATCH_RUNS, workspaceId)) ?? DEFAULT_MAX_BATCH_RUNS;
}

/** Workers follow within a second. */
export async function setLimits({ scope }: Context, { maxConcurrentRuns, maxBatchRuns }: z.output<typeof setLimitsInput>): Promise<void> {
  await scope.db.transaction(async (tx) => {
    await setLimit(tx, scope, MAX_CONCURRENT_RUNS, maxConcurrentRuns);
    await setLimit(tx, scope, MAX_BATCH_RUNS, maxBatchRuns);
  });
}

async function setLimit(tx: Tx, scope: Scope, key: string, value: number | null | undefined): Promise<void> {
  const { workspaceId } = scope;
  const before = await findNumber(tx, key, workspaceId);
  if (value === undefined || before === value) return;
  await tx.scopedSetting.deleteMany({ where: { key, scopeType: "workspace", scopeId: workspaceId } });
  if (value !== null) await tx.scopedSetting.create({ data: { id: newId(), key, scopeType: "workspace", scopeId: workspaceId, workspaceId, value, updatedById: scope.userId } });
  await recordAudit(tx, scope, { action: "limits.changed", resource: { type: "workspace", id: workspaceId }, before: { [key]: before }, after: { [key]: value } });
}

export function explainWait({ scope }: Context, { runId }: { runId: string }): Promise<WaitReasonView | null> {
  return scope.db.transaction(async (tx) => {
    if ((await tx.run.findFirst({ where: { id: runId }, select: { id: true } })) === null) throw new DomainError("not_found", { what: "run", id: runId });
    return whyWaiting(tx, scope.workspaceId, runId);
  });
}

/** What keeps an unfinished run from running; null when nothing does, or when it waits by its own steps. */
export async function whyWaiting(tx: Tx, workspaceId: string, runId: string): Promise<WaitReasonView | null> {
  const queued = await findQueued(tx, runId);
  if (queued === null) return null;
  const reason = readWaitReason(queued.waitReason);
  const until = queued.dueAt?.toISOString() ?? null;
  if (queued.state === "blocked" && reason?.kind === "concurrency") {
    const { holders, ahead } = await findHolders(tx, reason.key, queued.rank, MOST_HOLDERS);
    return { kind: "concurrency", limit: reason.limit, key: keyForPeople(reason.key), holders, ahead };
  }
  if (queued.state === "waiting" && (reason?.kind === "throttle" || reason?.kind === "debounce")) return { ...reason, until };
  return queued.state === "queued" ? whyQueued(tx, workspaceId, queued) : null;
}

async function whyQueued(tx: Tx, workspaceId: string, { pool }: QueuedRow): Promise<WaitReasonView | null> {
  if (!(await isServed(tx, pool, SERVED_WITHIN_SECONDS))) return { kind: "no_worker", pool };
  const limit = await findNumber(tx, MAX_CONCURRENT_RUNS, workspaceId);
  if (limit === null) return null;
  const { running } = await countQueue(tx);
  return running >= limit ? { kind: "workspace", limit, running } : null;
}

/** Keys are the owner's id and the value of the key expression as JSON. */
function keyForPeople(key: string): string | null {
  const value = key.slice(key.indexOf(" ") + 1);
  return value === "null" ? null : value;
}
