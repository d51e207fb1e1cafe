import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import { readWaitReason, type WaitReason } from "@/server/queue/wait-reason";
import { MAX_CONCURRENT_RUNS } from "@/server/queue/workspace-limits";
import { DEFAULT_MAX_BATCH_RUNS } from "./contract";
import type { LimitsView, setLimitsInput, StepWait, WaitBrief, waitBriefsInput, waitBriefsSchema, WaitReasonView } from "./contract";
import { countThrottledBefore, countRunning, findHolders, findNumber, findQueued, viewQueue, type QueuedRow } from "./queries";
import { readKey } from "./read-key";
import { type PoolState, readPool, whyQueued, whyReady } from "./why-queued";
import { countStepWaits, findStepWaits, type StepWaitCount } from "./step-waits";

interface Context {
  scope: Scope;
}

const MOST_HOLDERS = 5;

const MAX_BATCH_RUNS = "maxBatchRuns";

export function viewLimits({ scope }: Context): Promise<LimitsView> {
  return scope.db.transaction(async (tx) => {
    const { queued, isMore, oldestQueuedAt } = await viewQueue(tx);
    const { workspaceId } = scope;
    return {
      maxConcurrentRuns: await findNumber(tx, MAX_CONCURRENT_RUNS, workspaceId),
      maxBatchRuns: await limitOfBatches(tx, workspaceId),
      running: await countRunning(tx),
      queued,
      queuedIsMore: isMore,
      oldestQueuedAt: oldestQueuedAt?.toISOString() ?? null,
    };
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
    return { kind: "concurrency", limit: reason.limit, key: readKey(reason.key, "run").value, ...(await findHolders(tx, reason.key, queued.rank, MOST_HOLDERS)) };
  }
  if (queued.state === "waiting" && reason?.kind === "throttle") return { ...reason, key: valueOfKey(reason.key), until, ...(await countThrottledBefore(tx, runId, queued)) };
  if (queued.state === "waiting" && reason?.kind === "debounce") return { ...reason, key: valueOfKey(reason.key), until };
  const refused = refusedBy(queued, reason);
  if (refused !== null) return refused;
  return queued.state === "queued" ? whyQueued(tx, workspaceId, queued) : null;
}

export function listStepWaits({ scope }: Context, { runId }: { runId: string }): Promise<StepWait[]> {
  return scope.db.transaction(async (tx) => {
    if ((await tx.run.findFirst({ where: { id: runId }, select: { id: true } })) === null) throw new DomainError("not_found", { what: "run", id: runId });
    return findStepWaits(tx, runId);
  });
}

/** Of the runs of a list that nothing but a limit or a missing worker keeps from going on, what that is. */
export function briefWaits({ scope }: Context, { runIds }: z.output<typeof waitBriefsInput>): Promise<z.output<typeof waitBriefsSchema>> {
  return scope.db.transaction(async (tx) => {
    const visible = await tx.run.findMany({ where: { id: { in: runIds }, finishedAt: null }, select: { id: true } });
    const rows = await tx.runQueue.findMany({ where: { runId: { in: visible.map(({ id }) => id) } }, orderBy: { runId: "asc" } });
    const begun = rows.filter(({ state }) => state === "running" || state === "waiting").map(({ runId }) => runId);
    const steps = new Map((begun.length === 0 ? [] : await countStepWaits(tx, begun)).map((one) => [one.runId, one]));
    const pools = new Map<string, PoolState>();
    for (const { state, pool } of rows) if (state === "queued" && !pools.has(pool)) pools.set(pool, await readPool(tx, scope.workspaceId, pool));
    const briefs: z.output<typeof waitBriefsSchema> = [];
    for (const row of rows) {
      const reason = row.state === "queued" ? whyReady(row, pools.get(row.pool)!) : briefOfRow(row, steps.get(row.runId));
      if (reason !== null) briefs.push({ runId: row.runId, reason });
    }
    return briefs;
  });
}

function briefOfRow(row: QueuedRow, steps: StepWaitCount | undefined): WaitBrief | null {
  const { state, waitReason, dueAt } = row;
  if (steps !== undefined) return { kind: "steps", nodeId: readKey(steps.key, "step").nodeId, limit: steps.limit, count: steps.count };
  const reason = readWaitReason(waitReason);
  if (state === "blocked" && reason?.kind === "concurrency") return { kind: "concurrency", limit: reason.limit, key: readKey(reason.key, "run").value };
  if (state === "waiting" && (reason?.kind === "throttle" || reason?.kind === "debounce")) return { ...reason, key: valueOfKey(reason.key), until: dueAt?.toISOString() ?? null };
  return refusedBy(row, reason);
}

/** Who was at work at it and is lost tells nothing any more. */
function refusedBy({ state, dueAt, leaseEpoch }: QueuedRow, reason: WaitReason | null): Extract<WaitBrief, { kind: "refused" | "unstorable" }> | null {
  if (reason?.kind !== "refused" && reason?.kind !== "unstorable") return null;
  const isAtWork = state === "running" && reason.epoch === leaseEpoch;
  if (reason.kind === "unstorable") return isAtWork ? { kind: "unstorable", message: reason.message, path: reason.path, since: new Date(reason.since).toISOString() } : null;
  if (!isAtWork && state !== "waiting") return null;
  const { message, times, since, until } = reason;
  const momentOf = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());
  return { kind: "refused", message, times, since: momentOf(since), until: isAtWork ? momentOf(until) : (dueAt?.toISOString() ?? null), isAtWork };
}

/** Runs that began to wait before an upgrade do not say their key. */
const valueOfKey = (key: string | undefined) => (key === undefined ? null : readKey(key, "run").value);
