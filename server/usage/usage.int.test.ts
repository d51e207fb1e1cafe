import { afterAll, describe, expect, it } from "vitest";
import { openSystemOrganizationScope } from "@/server/auth/organization-scope";
import type { Scope } from "@/server/auth/scope";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { followRuns } from "@/server/facts/service";
import { FactScene } from "@/server/facts/testing/scene";
import { startRun } from "@/server/runs/service";
import { makeScope } from "@/server/testing/factories";
import { listEvents, recordEvent } from "@/server/triggers/service";
import { TriggerScene } from "@/server/triggers/testing/scene";
import * as usage from "./service";

afterAll(closeConnections);

async function collect(): Promise<void> {
  while ((await followRuns()) > 0);
  while ((await usage.collectUsage()) > 0);
}

async function thisMonth(scope: Scope) {
  return (await usage.viewUsage({ scope })).months[0];
}

const step = (runId: string, scope: Scope, path: string, kind: string, seconds: number, more = "") => sharedPool().query(
  `insert into step_run (run_id, path, workspace_id, node_id, kind, status, started_at, finished_at, enter_seq) values ($1, $2, $3, 'x', $4, $5, now(), now() + make_interval(secs => $6), $7)`,
  [runId, path, scope.workspaceId, kind, more === "skipped" ? "skipped" : "succeeded", seconds, more === "container" ? 1 : null],
);

const setQuota = async (scope: Scope, value: Partial<Parameters<typeof usage.setWorkspaceQuota>[1]>) =>
  usage.setWorkspaceQuota({ organization: await openSystemOrganizationScope(scope.organizationId) }, { workspaceId: scope.workspaceId, metric: "runs", amount: 1, warnPercent: 80, isHard: true, ...value });

describe("usage", () => {
  it("counts runs, steps, compute and models once, however often a run is noted", async () => {
    const scene = await FactScene.open();
    const { scope } = scene;
    const workflow = await scene.workflow("Counted");
    const runId = await scene.ended(workflow, "succeeded");
    await step(runId, scope, "a", "http", 2);
    await step(runId, scope, "wait", "delay", 3_600);
    await step(runId, scope, "block", "module", 3_600);
    await step(runId, scope, "loop", "forEach", 60, "container");
    await step(runId, scope, "not", "http", 0, "skipped");
    // Copied from the run that this one repeats.
    await sharedPool().query("insert into step_run (run_id, path, workspace_id, node_id, kind, status, started_at, finished_at) values ($1, 'old', $2, 'x', 'http', 'succeeded', now() - interval '1 hour', now() - interval '59 minutes')", [runId, scope.workspaceId]);
    await scope.db.llmRequest.create({ data: { id: newId(), workspaceId: scope.workspaceId, runId, path: "a", attempt: 1, provider: "mock", model: "m", status: "succeeded", request: {}, inputTokens: 100, outputTokens: 20, cost: 0.25, startedAt: new Date(), finishedAt: new Date() } });
    await Promise.all([collect(), collect()]);
    await collect();
    const counted = { runs: 1, steps: 3, computeSeconds: 2, inputTokens: 100, outputTokens: 20, llmCost: 0.25 };
    expect(await thisMonth(scope)).toMatchObject(counted);
    await sharedPool().query("insert into run_change (run_id, workspace_id) values ($1, $2)", [runId, scope.workspaceId]);
    await collect();
    expect(await thisMonth(scope)).toMatchObject(counted);
    expect((await usage.viewUsage({ scope: await makeScope() })).months[0]).toMatchObject({ runs: 0, steps: 0 });
  });

  it("counts what a model takes when it has answered, while the run goes on, and not again at its end", async () => {
    const scene = await FactScene.open();
    const { scope } = scene;
    const { id } = await scene.workflow("Loops over a model");
    const { runId } = await startRun({ scope }, { workflowId: id, mode: "production" });
    const ask = (finishedAt: Date) =>
      scope.db.llmRequest.create({ data: { id: newId(), workspaceId: scope.workspaceId, runId, path: "a", attempt: 1, provider: "mock", model: "m", status: "succeeded", request: {}, inputTokens: 100, outputTokens: 20, cost: 0.25, startedAt: finishedAt, finishedAt } });
    await ask(new Date());
    await ask(new Date("2026-01-31T23:59:59Z"));
    await setQuota(scope, { metric: "llmTokens", amount: 100 });
    await Promise.all([collect(), collect()]);
    expect(await thisMonth(scope)).toMatchObject({ runs: 1, steps: 0, inputTokens: 100, outputTokens: 20, llmCost: 0.25 });
    await usage.judgeQuotas();
    await expect(startRun({ scope }, { workflowId: id, mode: "production" })).rejects.toMatchObject({ kind: "quota_reached" });
    await sharedPool().query("update run set status = 'succeeded', finished_at = now() where id = $1", [runId]);
    await sharedPool().query("insert into run_change (run_id, workspace_id) values ($1, $2)", [runId, scope.workspaceId]);
    await collect();
    expect(await thisMonth(scope)).toMatchObject({ inputTokens: 100, llmCost: 0.25 });
    expect(await sharedPool().query("select cost::float8 from usage_month where workspace_id = $1 and month = '2026-01-01'", [scope.workspaceId])).toMatchObject({ rows: [{ cost: 0.25 }] });
  });

  it("counts a run when it is made and its steps when it ends", async () => {
    const scene = await FactScene.open();
    const { id } = await scene.workflow("Slow");
    const { runId } = await startRun({ scope: scene.scope }, { workflowId: id, mode: "production" });
    await collect();
    expect(await thisMonth(scene.scope)).toMatchObject({ runs: 1, steps: 0 });
    await step(runId, scene.scope, "a", "http", 1);
    await sharedPool().query("update run set status = 'succeeded', finished_at = now() where id = $1", [runId]);
    await sharedPool().query("insert into run_change (run_id, workspace_id) values ($1, $2)", [runId, scene.scope.workspaceId]);
    await collect();
    expect(await thisMonth(scene.scope)).toMatchObject({ runs: 1, steps: 1, computeSeconds: 1 });
  });

  it("knows what blobs take, and the most of the month", async () => {
    const scope = await makeScope();
    const [one, two] = [newId(), newId()];
    for (const id of [one, two]) await scope.db.blob.create({ data: { id, workspaceId: scope.workspaceId } });
    await scope.db.blob.updateMany({ data: { size: 1_000, state: "ready" } });
    await collect();
    await scope.db.blob.deleteMany({ where: { id: one } });
    await collect();
    expect(await thisMonth(scope)).toMatchObject({ storage: 2_000 });
    expect(await rawDb().usageStorage.findUnique({ where: { workspaceId: scope.workspaceId } })).toMatchObject({ bytes: 1_000n });
    expect(usage.usageAsCsv([(await thisMonth(scope))!])).toMatch(/^month,runs,.*\n\d{4}-\d\d,0,0,0,0,0,0,2000\n$/);
  });
});

describe("a quota", () => {
  it("warns once in a month, in the inbox, and stops nothing while it is soft", async () => {
    const scene = await FactScene.open();
    const { scope } = scene;
    const workflow = await scene.workflow("Soft");
    await setQuota(scope, { amount: 2, warnPercent: 50, isHard: false });
    await scene.ended(workflow, "succeeded");
    await collect();
    await usage.judgeQuotas();
    await usage.judgeQuotas();
    const titles = async () => (await rawDb().notification.findMany({ where: { workspaceId: scope.workspaceId }, include: { items: true }, orderBy: [{ createdAt: "asc" }, { id: "asc" }] })).map(({ title, items }) => [title, items.length]);
    expect(await titles()).toEqual([["Runs of the workspace: 50 % of the quota is used", 1]]);
    await scene.ended(workflow, "succeeded");
    await collect();
    await usage.judgeQuotas();
    expect(await titles()).toEqual([["Runs of the workspace: 50 % of the quota is used", 1], ["Runs of the workspace: the quota is used up", 1]]);
    await expect(startRun({ scope }, { workflowId: workflow.id, mode: "production" })).resolves.toMatchObject({ mode: "production" });
  });

  it("refuses new runs and holds events while it is used up, and lets them go on when there is room", async () => {
    const scene = await TriggerScene.open([{ id: "hook", kind: "trigger.webhook", config: {} }]);
    const { scope, workflowId } = scene;
    const [trigger] = await scene.triggers();
    await setQuota(scope, { amount: 0 });
    await expect(startRun({ scope }, { workflowId, mode: "production" })).rejects.toThrow("Runs of this workspace this month (0)");
    expect(await recordEvent(scene.event(trigger!.id, "1"))).toMatchObject({ status: "held" });
    expect((await listEvents({ scope }, { triggerId: trigger!.id, limit: 10 })).items).toMatchObject([{ waits: { kind: "quota" } }]);
    expect(await usage.viewUsage({ scope })).toMatchObject({ quotaReached: "Runs of this workspace this month (0)", heldEvents: 1, quotas: [{ of: "workspace", isHard: true }] });
    const other = await TriggerScene.open([{ id: "hook", kind: "trigger.webhook", config: {} }]);
    expect(await recordEvent(other.event((await other.triggers())[0]!.id, "1"))).not.toMatchObject({ status: "held" });
    await setQuota(scope, { amount: 10 });
    expect((await scene.events(trigger!.id)).map(({ status, heldByQuota }) => [status, heldByQuota])).toEqual([["received", false]]);
    await expect(startRun({ scope }, { workflowId, mode: "production" })).resolves.toMatchObject({ mode: "production" });
  });

  it("of an organization counts all its workspaces, and stops them all", async () => {
    const scene = await FactScene.open();
    const { organizationId } = scene.scope;
    await scene.ended(await scene.workflow("Here"), "succeeded");
    const { id } = await rawDb().workspace.create({ data: { id: newId(), organizationId, name: "Side", slug: `side-${newId()}` } });
    await collect();
    await rawDb().usageQuota.create({ data: { id: newId(), organizationId, metric: "runs", amount: 1, isHard: true } });
    await usage.judgeQuotas();
    const reached = await rawDb().workspace.findMany({ where: { organizationId }, select: { quotaReached: true } });
    expect(reached).toEqual([{ quotaReached: "Runs of this organization this month (1)" }, { quotaReached: "Runs of this organization this month (1)" }]);
    const side = await makeScope("owner", id);
    expect(await usage.viewUsage({ scope: side })).toMatchObject({ quotas: [{ of: "organization", used: 1 }] });
    await rawDb().usageQuota.deleteMany({ where: { organizationId } });
    await usage.judgeQuotas();
    expect(await rawDb().workspace.count({ where: { organizationId, quotaReached: null } })).toBe(2);
  });
});
