import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Prisma } from "@/prisma/generated/client";
import { openUserScope, type Scope } from "@/server/auth/scope";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { setRule } from "@/server/protection/service";
import { insertRun } from "@/server/queue/dispatch";
import { rankOf } from "@/server/queue/rank";
import { grantPart, makeMember, makePerson, makeScope } from "@/server/testing/factories";
import { createWorkflow, prepareFirstWorkspace, publish } from "@/server/workflows/service";
import { healthOf, spanOf } from "./health";
import { findHealth, healthQuery } from "./queries";
import * as service from "./service";

const RUNS = 3_000;

interface Plan {
  "Relation Name"?: string;
  "Actual Rows": number;
  "Actual Loops": number;
  "Rows Removed by Filter"?: number;
  Plans?: Plan[];
}

/** Rows of runs that were read. */
function runsIn(plan: Plan): number {
  const own = plan["Relation Name"] === "run" ? (plan["Actual Rows"] + (plan["Rows Removed by Filter"] ?? 0)) * plan["Actual Loops"] : 0;
  return own + (plan.Plans ?? []).reduce((sum, one) => sum + runsIn(one), 0);
}

let scope: Scope;
let slow: string;
let flaky: string;

async function makeWorkflow(name: string): Promise<string> {
  const { id } = await createWorkflow({ scope }, { name, description: "" });
  await publish({ scope }, { workflowId: id, note: "" });
  return id;
}

/** Every 30 seconds a run, newest first; every tenth fails in one workflow, and the other one takes a minute. One in fifty is a test. */
async function fill(): Promise<void> {
  await rawDb().$executeRaw`
    insert into run (id, workspace_id, workflow_id, mode, status, input, error, trigger_kind, root_run_id, created_at, started_at, finished_at)
    select id, ${scope.workspaceId}::uuid, case when n % 2 = 0 then ${slow}::uuid else ${flaky}::uuid end, case when n % 50 = 0 then 'test' else 'production' end,
      case when n % 10 = 5 then 'failed' when n % 100 = 1 then 'cancelled' else 'succeeded' end, '{}', null, 'manual', id, at, at, at + case when n % 2 = 0 then interval '60 seconds' else interval '1 second' end
    from (select n, md5(${scope.workspaceId} || n)::uuid as id, now() - n * interval '30 seconds' as at from generate_series(1, ${RUNS}::int) n) numbers`;
  await rawDb().$executeRaw`analyze run`;
}

beforeAll(async () => {
  scope = await makeScope("owner");
  slow = await makeWorkflow("Slow");
  flaky = await makeWorkflow("Flaky");
  await fill();
});
afterAll(closeConnections);

describe("health", () => {
  it("counts the production runs of the window by status, over time and by workflow", async () => {
    const health = await service.viewHealth({ scope }, { window: "hour" });
    // 119 or 120 runs lie within the last hour, two of them tests.
    const { counts } = health;
    expect(counts.failed).toBe(12);
    expect(counts.cancelled).toBe(2);
    expect(counts.unfinished).toBe(0);
    expect(counts.succeeded).toBeGreaterThanOrEqual(102);
    const total = (key: keyof typeof counts) => health.parts.reduce((sum, part) => sum + part.counts[key], 0);
    expect({ succeeded: total("succeeded"), failed: total("failed"), cancelled: total("cancelled"), unfinished: total("unfinished") }).toEqual(counts);
    expect(health.failing).toEqual([{ id: flaky, name: "Flaky", runs: expect.any(Number) as number, failed: 12 }]);
    expect(health.slowest.map(({ name, p95Milliseconds }) => [name, p95Milliseconds])).toEqual([["Slow", 60_000], ["Flaky", 1_000]]);
    expect(health.limitedTo).toBeNull();
  });

  it("attack: is shared with nobody who may see other parts of the workspace", async () => {
    const { id: userId } = await makePerson(scope.organizationId);
    await grantPart(scope, userId, "operator", { workflowId: slow });
    const part = (await openUserScope(userId, { id: scope.workspaceId })).for("run:read");
    const whole = await service.viewHealth({ scope }, { window: "day" });
    const confined = await service.viewHealth({ scope: part }, { window: "day" });
    expect([whole.slowest.length, confined.slowest.map(({ id }) => id), confined.failing]).toEqual([2, [slow], []]);
    const month = await service.viewHealth({ scope: part }, { window: "month" });
    expect([month.slowest.length, (await service.viewHealth({ scope }, { window: "month" })).slowest.length]).toEqual([1, 2]);
  });

  it("says how far it looked when there are too many", async () => {
    const now = Date.now();
    const { from, partMilliseconds } = spanOf("week", now);
    const rows = await scope.db.transaction((tx) => findHealth(tx, { workspaceId: scope.workspaceId, from, partMilliseconds, isHeld: false, limit: 100 }));
    const health = healthOf(rows, "week", now);
    expect(health.limitedTo?.runs).toBe(100);
    expect(health.counts.succeeded + health.counts.failed + health.counts.cancelled).toBe(98);
    expect(Date.parse(health.limitedTo!.since)).toBeGreaterThan(now - 3_600_000);
  });

  it("walks along the index of the list", async () => {
    const plan = await rawDb().$queryRaw<{ "QUERY PLAN": string }[]>`
      explain select workflow_id, status from run where workspace_id = ${scope.workspaceId}::uuid and created_at >= now() - interval '1 hour' order by created_at desc, id desc limit 100000`;
    const text = plan.map((row) => row["QUERY PLAN"]).join("\n");
    expect(text).toContain("run_workspace_id_created_at_id_idx");
    expect(text).not.toContain("Seq Scan");
  });

  it("of parts of a workspace reads what is seen there, and no further than its bound", async () => {
    const rare = await makeWorkflow("Rare");
    await rawDb().$executeRaw`
      insert into run (id, workspace_id, workflow_id, status, input, trigger_kind, root_run_id, created_at, started_at, finished_at)
      select id, ${scope.workspaceId}::uuid, ${rare}::uuid, 'succeeded', '{}', 'manual', id, at, at, at from (select gen_random_uuid() as id, now() - n * interval '1 hour' as at from generate_series(1, 12) n) numbers`;
    const { id: userId } = await makePerson(scope.organizationId);
    await grantPart(scope, userId, "operator", { workflowId: rare });
    const part = (await openUserScope(userId, { id: scope.workspaceId })).for("run:read");
    const now = Date.now();
    const look = { workspaceId: scope.workspaceId, ...spanOf("month", now), isHeld: true };
    expect(healthOf(await part.db.transaction((tx) => findHealth(tx, look)), "month", now)).toMatchObject({ counts: { succeeded: 12 }, limitedTo: null });
    const [row] = await part.db.transaction((tx) => tx.$queryRaw<{ "QUERY PLAN": { Plan: Plan }[] }[]>(Prisma.sql`explain (analyze, format json) ${healthQuery(look)}`));
    expect(runsIn(row!["QUERY PLAN"][0]!.Plan)).toBe(12);

    await grantPart(scope, userId, "operator", { workflowId: slow });
    const wider = (await openUserScope(userId, { id: scope.workspaceId })).for("run:read");
    const health = healthOf(await wider.db.transaction((tx) => findHealth(tx, { ...look, limit: 100 })), "month", now);
    // A hundred of the busy one, a minute apart, four of them tests: the picture is whole since then.
    expect(health.slowest.map(({ name, runs }) => [name, runs])).toEqual([["Slow", 96], ["Rare", 1]]);
    expect(health.limitedTo).toMatchObject({ runs: 101 });
    await rawDb().run.deleteMany({ where: { workflowId: rare } });
  });

  it("of others is not told", async () => {
    const other = await makeScope("owner");
    expect((await service.viewHealth({ scope: other }, { window: "month" })).counts).toEqual({ succeeded: 0, failed: 0, cancelled: 0, unfinished: 0 });
  });
});

describe("backlog", () => {
  it("counts what has not ended, and tells since when the next one could run", async () => {
    const mine = await makeScope("owner");
    const ids = [newId(), newId(), newId()];
    for (const id of ids) {
      const run = { id, workspaceId: mine.workspaceId, workflowId: null, versionId: null, mode: "test" as const, pool: "default", priority: 3, input: "{}", trigger: null, triggerKind: "manual", parent: null, rootRunId: id, depth: 0, labels: {}, options: {} };
      await mine.db.transaction((tx) => insertRun(tx, run));
    }
    const due = Date.now() - 90_000;
    await mine.db.runQueue.update({ where: { runId: ids[1]! }, data: { rank: rankOf(due, 3) } });
    await mine.db.runQueue.update({ where: { runId: ids[2]! }, data: { state: "waiting" } });
    const backlog = await service.viewBacklog({ scope: mine });
    expect(backlog).toEqual({ queued: 2, running: 0, waiting: 1, blocked: 0, atLeast: false, oldestDueAt: new Date(due).toISOString() });
  });
});

describe("backlog of parts", () => {
  it("is theirs, costs no more where others have a long queue, and says when it did not look at all", async () => {
    const mine = await makeScope("owner");
    const [own, busy] = [await createWorkflow({ scope: mine }, { name: "Own", description: "" }), await createWorkflow({ scope: mine }, { name: "Busy", description: "" })];
    const { id: userId } = await makePerson(mine.organizationId);
    await grantPart(mine, userId, "operator", { workflowId: own.id });
    const part = (await openUserScope(userId, { id: mine.workspaceId })).for("run:read");
    const fillQueue = (workflowId: string, count: number, state: string) => rawDb().$executeRaw`
      with made as (
        insert into run (id, workspace_id, workflow_id, input, trigger_kind, root_run_id, priority)
        select id, ${mine.workspaceId}::uuid, ${workflowId}::uuid, '{}', 'manual', id, 1 from (select gen_random_uuid() as id from generate_series(1, ${count}::int)) ids returning id, workspace_id)
      insert into run_queue (run_id, workspace_id, state, rank) select id, workspace_id, ${state}, ${rankOf(Date.now() - 60_000, 1)}::bigint from made`;
    await fillQueue(own.id, 3, "queued");
    await fillQueue(own.id, 2, "waiting");
    await fillQueue(busy.id, 4_000, "queued");
    await rawDb().$executeRaw`analyze run_queue, run`;
    const backlog = await service.viewBacklog({ scope: part });
    expect(backlog).toMatchObject({ queued: 3, waiting: 2, atLeast: false, oldestDueAt: expect.any(String) as string });
    const look = (most: number) => part.db.transaction(async (tx) => {
      const rows = await tx.$queryRaw<{ state: string | null; runs: number; isMore: boolean }[]>`select state, runs, is_more as "isMore" from granted_backlog(${most}::int) order by state`;
      const [row] = await tx.$queryRaw<{ "QUERY PLAN": { Plan: { "Shared Hit Blocks": number; "Shared Read Blocks": number } }[] }[]>`explain (analyze, buffers, format json) select * from granted_backlog(${most}::int)`;
      const plan = row!["QUERY PLAN"][0]!.Plan;
      return { rows, pages: plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] };
    });
    const short = await look(100);
    expect(short.rows).toEqual([{ state: "queued", runs: 3, isMore: false }, { state: "waiting", runs: 2, isMore: false }]);
    expect(short.pages).toBeLessThan(300);
    await fillQueue(own.id, 200, "queued");
    expect((await look(100)).rows).toMatchObject([{ state: "queued", isMore: true }, { state: null, runs: 0, isMore: true }]);
    // What waits behind many that have ended is not among those looked at, and nobody says that there is nothing.
    await rawDb().run.updateMany({ where: { workflowId: own.id }, data: { status: "succeeded", finishedAt: new Date() } });
    expect((await look(100)).rows).toMatchObject([{ state: null, runs: 0, isMore: true }]);
    await rawDb().runQueue.deleteMany({ where: { workspaceId: mine.workspaceId } });
  });
});

describe("schedules", () => {
  it("tell the next times of those that will fire, and which are late", async () => {
    const mine = await makeScope("owner");
    const { id: workflowId } = await createWorkflow({ scope: mine }, { name: "Nightly", description: "" });
    const now = Date.now();
    const make = (name: string, offset: number | null, mode = "enabled") =>
      mine.db.trigger.create({ data: { id: newId(), workspaceId: mine.workspaceId, workflowId, name, kind: "schedule", config: {}, mode, nextFireAt: offset === null ? null : new Date(now + offset) } });
    await make("later", 3_600_000);
    await make("late", -120_000);
    await make("off", 1_000, "disabled");
    await make("a webhook", null);
    expect(await service.viewSchedules({ scope: mine }, now)).toMatchObject({ next: [{ name: "late", workflow: { name: "Nightly" } }, { name: "later" }], overdue: 1, scheduled: 2 });
    expect(await service.viewSchedules({ scope }, now)).toEqual({ next: [], overdue: 0, scheduled: 0 });
  });
});

describe("the guide of the first start", () => {
  it("shows the example's run until the person puts it away", async () => {
    const admin = await makeScope("owner");
    expect(await service.viewGuide({ scope: admin })).toBeNull();
    await prepareFirstWorkspace({ scope: admin });
    await service.runFirstExample({ scope: admin });
    await service.runFirstExample({ scope: admin });
    expect(await rawDb().run.count({ where: { workspaceId: admin.workspaceId } })).toBe(1);
    expect(await service.viewGuide({ scope: admin })).toMatchObject({ workflow: { name: "Order processing" }, run: { status: "queued", finishedAt: null } });

    const member = await makeMember(admin.workspaceId, "viewer");
    const viewer = await openUserScope(member.id, { id: admin.workspaceId });
    await service.setGuideShown({ scope: viewer }, { shown: false });
    await service.setGuideShown({ scope: viewer }, { shown: false });
    expect(await service.viewGuide({ scope: viewer })).toBeNull();
    expect(await service.viewGuide({ scope: admin })).not.toBeNull();
    await service.setGuideShown({ scope: viewer }, { shown: true });
    expect(await service.viewGuide({ scope: viewer })).not.toBeNull();
  });

  it("is there in a later workspace as soon as somebody lets the example run, and again when that one is gone", async () => {
    const owner = await makeScope("owner");
    const { runId } = await service.beginWithExample({ scope: owner });
    expect(await service.viewGuide({ scope: owner })).toMatchObject({ workflow: { name: "Order processing" }, run: { id: runId } });
    const again = await service.beginWithExample({ scope: owner });
    expect(await service.viewGuide({ scope: owner })).toMatchObject({ run: { id: again.runId } });
    await expect(service.beginWithExample({ scope: await makeScope("viewer", owner.workspaceId) })).rejects.toMatchObject({ kind: "forbidden" });
  });

  it("runs the example as a test where somebody is to look at versions first", async () => {
    const owner = await makeScope("owner");
    await setRule({ scope: owner }, { folderId: null, needsReview: true, isLocked: false, mayPublish: { roles: [], userIds: [] }, mayChange: { roles: [], userIds: [] } });
    const { runId } = await service.beginWithExample({ scope: owner });
    expect(await rawDb().run.findUniqueOrThrow({ where: { id: runId }, select: { mode: true } })).toEqual({ mode: "test" });
    expect(await service.viewGuide({ scope: owner })).toMatchObject({ run: { id: runId } });
  });
});
