import type { z } from "zod";
import type { BulkJob, Prisma } from "@/prisma/generated/client";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import { countRuns } from "@/server/runs/service";
import { MAX_BULK_JOBS, MAX_COUNTED_RUNS } from "./constants";
import type { BulkAction, BulkJobView, bulkJobRefInput, cancelAllInput, countBulkInput, countedSchema, rerunAllInput } from "./contract";
import { type MeantFilter, meantRuns } from "./meant-runs";
import { wakeBulkJobs } from "./runtime";

export { startBulkJobs, workOnBulkJobs, type BulkRuntime } from "./runtime";

interface Context {
  scope: Scope;
}
type Filter = z.output<typeof countBulkInput>["filter"];
type Ref = z.output<typeof bulkJobRefInput>;

export async function countBulk({ scope }: Context, { action, filter }: z.output<typeof countBulkInput>): Promise<z.output<typeof countedSchema>> {
  const meant = meantRuns(action, filter);
  return meant === null ? { count: 0, isMore: false } : countRuns({ scope }, meant, MAX_COUNTED_RUNS);
}

export function cancelAll(context: Context, { filter, reason }: z.output<typeof cancelAllInput>): Promise<BulkJobView> {
  return begin(context, "cancel", filter, reason ?? null);
}

export function rerunAll(context: Context, { filter, from }: z.output<typeof rerunAllInput>): Promise<BulkJobView> {
  return begin(context, from === "failure" ? "failure" : "rerun", filter, null);
}

async function begin({ scope }: Context, action: BulkAction, filter: Filter, reason: string | null): Promise<BulkJobView> {
  // It goes on when nobody is there: under the name of a person, with what they may at that moment.
  const { actor } = scope;
  if (actor.type !== "user" || actor.userId == null) throw new DomainError("invalid_input", { field: "", reason: "needs somebody who is signed in; programs name the runs" });
  const userId = actor.userId;
  const reader = scope.reach("run:read");
  if (reader === null) throw new DomainError("forbidden", { permission: "run:read" });
  const now = new Date().toISOString();
  const meant = meantRuns(action, { ...filter, to: filter.to === undefined || filter.to > now ? now : filter.to });
  const counted = meant === null ? { count: 0, isMore: false } : await countRuns({ scope: reader }, meant, MAX_COUNTED_RUNS);
  const job = await scope.db.transaction(async (tx) => {
    // One after the other, so that the limit holds.
    await tx.$queryRaw`select pg_advisory_xact_lock(hashtextextended('bulk jobs ' || ${scope.workspaceId}, 0))::text`;
    if ((await tx.bulkJob.count({ where: { state: "running" } })) >= MAX_BULK_JOBS) throw new DomainError("limit_reached", { what: "jobs at once", limit: MAX_BULK_JOBS });
    const made = await tx.bulkJob.create({
      data: {
        id: newId(), workspaceId: scope.workspaceId, userId, action, reason, filter: (meant ?? {}) as Prisma.InputJsonValue,
        total: counted.isMore ? null : counted.count, ...(counted.count === 0 ? { state: "done", endedAt: new Date() } : {}),
      },
    });
    await recordAudit(tx, scope, { action: "bulk_job.started", resource: { type: "bulk_job", id: made.id }, after: { action, filter: withoutText(meant), runs: counted.count } });
    return view(tx, scope, made);
  });
  wakeBulkJobs();
  return job;
}

/** What is searched for may be part of a payload. */
function withoutText(meant: MeantFilter | null): Record<string, unknown> {
  const { text, ...filter } = meant ?? {};
  return { ...filter, ...(text === undefined ? {} : { byText: true }) };
}

const SHOWN_JOBS = 20;

/** Those that whoever asks began; all of them for whoever may cancel any run. */
function visibleTo(scope: Scope): Prisma.BulkJobWhereInput {
  if (scope.wholeRights.permissions.has("run:cancel")) return {};
  return scope.userId === null ? { id: { in: [] } } : { userId: scope.userId };
}

export function listBulkJobs({ scope }: Context): Promise<BulkJobView[]> {
  return scope.db.transaction(async (tx) => {
    const jobs = await tx.bulkJob.findMany({ where: { ...visibleTo(scope), dismissed: false }, orderBy: [{ createdAt: "desc" }, { id: "desc" }], take: SHOWN_JOBS });
    return Promise.all(jobs.map((job) => view(tx, scope, job)));
  });
}

/** What it was done to stays so. */
export function stopBulkJob(context: Context, ref: Ref): Promise<BulkJobView> {
  return change(context, ref, ["running"], async (tx, job) => {
    await recordAudit(tx, context.scope, { action: "bulk_job.stopped", resource: { type: "bulk_job", id: job.id }, after: { seen: job.seen, done: job.done } });
    return { state: "stopped", endedAt: new Date() };
  });
}

/** From where it stopped, under the name of whoever began it: that is for them alone. */
export async function goOnWithBulkJob(context: Context, ref: Ref): Promise<BulkJobView> {
  const { scope } = context;
  const job = await change(context, ref, ["stopped", "failed"], async (tx, { id, userId }) => {
    if (scope.actor.type !== "user" || userId !== scope.userId) throw new DomainError("invalid_input", { field: "jobId", reason: "names a job that only who began it lets go on" });
    await recordAudit(tx, scope, { action: "bulk_job.continued", resource: { type: "bulk_job", id } });
    return { state: "running", endedAt: null, problem: null, dueAt: new Date(0) };
  });
  wakeBulkJobs();
  return job;
}

/** Takes one that ended out of the list. */
export async function dismissBulkJob(context: Context, ref: Ref): Promise<{ ok: true }> {
  await change(context, ref, ["stopped", "done", "failed"], () => Promise.resolve({ dismissed: true }));
  return { ok: true };
}

async function change({ scope }: Context, { jobId }: Ref, from: readonly string[], decide: (tx: Tx, job: BulkJob) => Promise<Prisma.BulkJobUpdateManyMutationInput>): Promise<BulkJobView> {
  return scope.db.transaction(async (tx) => {
    await tx.$queryRaw`select 1 from bulk_job where id = ${jobId}::uuid for update`;
    const job = await tx.bulkJob.findFirst({ where: { ...visibleTo(scope), id: jobId } });
    if (job === null) throw new DomainError("not_found", { what: "job", id: jobId });
    if (from.includes(job.state)) await tx.bulkJob.updateMany({ where: { id: jobId }, data: await decide(tx, job) });
    return view(tx, scope, (await tx.bulkJob.findFirst({ where: { id: jobId } })) ?? job);
  });
}

async function view(tx: Tx, scope: Scope, job: BulkJob): Promise<BulkJobView> {
  const person = await tx.user.findFirst({ where: { id: job.userId }, select: { name: true, email: true } });
  const { id, reason, total, seen, done, problem } = job;
  const refusals = Object.entries(job.refusals as Record<string, number>).map(([message, count]) => ({ message, count })).sort((one, other) => other.count - one.count || (one.message < other.message ? -1 : 1));
  return {
    id, reason, total, seen, done, problem, refusals,
    action: job.action as BulkJobView["action"],
    state: job.state as BulkJobView["state"],
    startedBy: person?.name ?? person?.email ?? "somebody",
    isOwn: job.userId === scope.userId,
    createdAt: job.createdAt.toISOString(),
    endedAt: job.endedAt?.toISOString() ?? null,
  };
}
