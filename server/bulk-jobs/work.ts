import { v5 } from "uuid";
import { recordAudit } from "@/server/audit/service";
import { openUserScope, type Scope } from "@/server/auth/scope";
import { DomainError } from "@/server/errors/domain-error";
import { listRunsInput } from "@/server/runs/contract";
import { cancelRun, failedPath, listRuns, rerun } from "@/server/runs/service";
import { crashPoint } from "@/server/testing/crash-points";
import { countPortion, failBulkJob, holdBulkJob, keepPortion, type LeasedJob, type Outcome, type Portion, releaseBulkJob } from "./lease";

/** So many runs are told of at once: what is stopped in between ends soon. */
const PORTION = 25;
/** Then another job has its turn. */
const PORTIONS_IN_TURN = 8;
const HOLD_EVERY_MS = 5_000;
const AFTER_FAILURE_SECONDS = 10;
const RERUN_NAMESPACE = "c4b0a3f2-3f0e-5a57-9a0c-6f3d8b1e2d90";

/** One turn of a job: with the rights that whoever began it has at this moment. */
export async function workOn(job: LeasedJob, signal: AbortSignal): Promise<void> {
  try {
    for (let portions = 0; portions < PORTIONS_IN_TURN && !signal.aborted; portions++) {
      const scope = await openUserScope(job.userId, { id: job.workspaceId });
      const portion = job.portion ?? (await nextPortion(scope, job));
      if (portion === null) return;
      const outcome = await seeTo(scope, job, portion);
      if (outcome === null || !(await countPortion(job, portion, outcome))) return;
      crashPoint("bulk-portion-counted");
      job = { ...job, portion: null, cursor: portion.next };
      if (portion.next === null) return await end(scope, job);
    }
    await releaseBulkJob(job);
  } catch (error) {
    if (error instanceof DomainError && error.kind !== "unavailable") return failBulkJob(job, error.message);
    await releaseBulkJob(job, AFTER_FAILURE_SECONDS);
    throw error;
  }
}

/** Null: it is ours no more. */
async function nextPortion(scope: Scope, job: LeasedJob): Promise<Portion | null> {
  const input = listRunsInput.parse({ ...job.filter, limit: PORTION, ...(job.cursor === null ? {} : { cursor: job.cursor }) });
  const { items, nextCursor } = await listRuns({ scope: scope.for("run:read") }, input);
  const portion = { runIds: items.map(({ id }) => id), next: nextCursor };
  return (await keepPortion(job, portion)) ? portion : null;
}

/** One after the other, each in a transaction of its own: what is refused keeps none of the others back. Null: it is ours no more. */
async function seeTo(scope: Scope, job: LeasedJob, { runIds }: Portion): Promise<Outcome | null> {
  const refusals: Record<string, number> = {};
  let done = 0;
  let heldAt = performance.now();
  for (const runId of runIds) {
    if (performance.now() - heldAt > HOLD_EVERY_MS) {
      if (!(await holdBulkJob(job))) return null;
      heldAt = performance.now();
    }
    try {
      await act(scope, job, runId);
      done += 1;
    } catch (error) {
      if (!(error instanceof DomainError) || error.kind === "unavailable") throw error;
      refusals[error.message] = (refusals[error.message] ?? 0) + 1;
    }
    crashPoint("bulk-run-seen-to");
  }
  return { done, refusals };
}

/** Twice is as once: a second cancel tells nothing new, and what a run became has an id by the job and the run. */
async function act(scope: Scope, { id, action, reason }: LeasedJob, runId: string): Promise<void> {
  if (action === "cancel") {
    await cancelRun({ scope: scope.for("run:cancel") }, { runId, ...(reason === null ? {} : { reason }) });
    return;
  }
  const context = { scope: scope.for("run:start") };
  const newId = v5(`${id} ${runId}`, RERUN_NAMESPACE);
  await rerun(context, { runId, ...(action === "failure" ? { fromPath: await failedPath(context, runId) } : {}) }, newId);
}

async function end(scope: Scope, { id, epoch, action }: LeasedJob): Promise<void> {
  await scope.db.transaction(async (tx) => {
    const { count } = await tx.bulkJob.updateMany({ where: { id, leaseEpoch: epoch, state: "running" }, data: { state: "done", endedAt: new Date() } });
    if (count === 0) return;
    const job = await tx.bulkJob.findFirstOrThrow({ where: { id } });
    await recordAudit(tx, scope, { action: "bulk_job.done", resource: { type: "bulk_job", id }, after: { action, seen: job.seen, done: job.done } });
  });
}
