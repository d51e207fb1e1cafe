import { afterAll, describe, expect, it } from "vitest";
import { readBlobText } from "@/server/blobs/service";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { env } from "@/server/env";
import { createTrigger, dispatchDue, fireSchedules, listenToStep } from "@/server/triggers/service";
import { loseAccount } from "@/server/triggers/testing/lose-account";
import { createWorkflow } from "@/server/workflows/service";
import { HANDLERS_SETTING } from "./contract";
import { dispatchFacts, followRuns } from "./service";
import { FactScene } from "./testing/scene";

afterAll(closeConnections);

/** What the worker does again and again. */
async function turn(): Promise<void> {
  while ((await followRuns()) > 0);
  await dispatchFacts();
  // Whoever recorded an event may still be at it.
  await expect.poll(async () => {
    await sharedPool().query("update trigger_event set due_at = now() - interval '1 second' where status = 'received'");
    await dispatchDue();
    return rawDb().triggerEvent.count({ where: { status: "received" } });
  }).toBe(0);
}

async function setHandlers(scene: FactScene, value: { errorWorkflow?: string; successWorkflow?: string }): Promise<void> {
  const { workspaceId } = scene.scope;
  await rawDb().scopedSetting.create({ data: { id: newId(), key: HANDLERS_SETTING, scopeType: "workspace", scopeId: workspaceId, workspaceId, value } });
}

async function listen(scene: FactScene, workflowId: string, config: Record<string, unknown>) {
  return createTrigger({ scope: scene.scope }, { workflowId, kind: "event", name: "Trouble", config, settings: {}, nodeId: null, versionNumber: null });
}

describe("facts of runs", () => {
  it("are not written where nobody listens", async () => {
    const scene = await FactScene.open();
    const quiet = await scene.workflow("Quiet");
    await scene.ended(quiet);
    await scene.ended(quiet, "succeeded");
    await turn();
    expect(await scene.facts()).toEqual([]);
  });

  it("start no trigger of an archived workflow, and are no trouble of its", async () => {
    const scene = await FactScene.open();
    const orders = await scene.workflow("Orders");
    const [watcher, archived] = [await scene.workflow("Watcher"), await scene.workflow("Archived")];
    await listen(scene, watcher.id, { events: ["runFailed"] });
    const { id } = await listen(scene, archived.id, { events: ["runFailed"] });
    await rawDb().workflow.update({ where: { id: archived.id }, data: { archivedAt: new Date() } });
    await scene.ended(orders);
    await turn();
    expect(await scene.runsOf(watcher.id)).toHaveLength(1);
    expect(await rawDb().triggerEvent.count({ where: { triggerId: id } })).toBe(0);
    expect((await rawDb().trigger.findUniqueOrThrow({ where: { id } })).error).toBeNull();
  });

  it("are caught for a step of a draft that somebody tries, which starts nothing", async () => {
    const scene = await FactScene.open();
    const orders = await scene.workflow("Orders");
    const { id: workflowId } = await createWorkflow({ scope: scene.scope }, { name: "Draft", description: "", definition: { schema: 1, nodes: [{ id: "in", kind: "trigger.event", config: { events: ["runFailed"] } }], edges: [] } });
    const { triggerId } = await listenToStep({ scope: scene.scope }, { workflowId, nodeId: "in" });
    await scene.ended(orders);
    await scene.ended(orders);
    await turn();
    expect(await rawDb().triggerEvent.findMany({ where: { triggerId: triggerId! }, select: { status: true } })).toEqual([{ status: "captured" }]);
    expect(await scene.runsOf(workflowId)).toEqual([]);
  });

  it("start the triggers that listen, once, with the step at fault", async () => {
    const scene = await FactScene.open();
    const orders = await scene.workflow("Orders");
    const other = await scene.workflow("Others");
    const watcher = await scene.workflow("Watcher");
    const trigger = await listen(scene, watcher.id, { events: ["runFailed"], workflows: [orders.slug] });
    const failed = await scene.ended(orders);
    await scene.ended(other);
    await scene.ended(orders, "succeeded");
    await scene.ended(orders, "failed", { mode: "test" });
    await scene.ended(orders, "failed", { parentRunId: failed });
    await turn();
    // A note that comes twice is the same end.
    await sharedPool().query("insert into run_change (run_id, workspace_id) values ($1, $2)", [failed, scene.scope.workspaceId]);
    await turn();
    const runs = await scene.runsOf(watcher.id);
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({ triggerKind: "event", triggerId: trigger.id, input: {
      event: "runFailed", workflow: { id: orders.id, slug: orders.slug, version: 1 }, run: { id: failed, status: "failed", durationMs: 2_000 },
      error: { code: "broken", message: "it broke", node: { id: "work", name: "Do the work", kind: "set", path: "work" } },
    } });
    expect((runs[0]!.input as { link: string }).link).toMatch(new RegExp(`/${scene.scope.workspace.slug}/runs/${failed}$`));
    expect((await scene.facts()).every(({ doneAt, error }) => doneAt !== null && error === null)).toBe(true);
  });

  it("never come back to a workflow that led to them", async () => {
    const scene = await FactScene.open();
    const [one, other] = [await scene.workflow("One"), await scene.workflow("Other")];
    await listen(scene, one.id, { events: ["runFailed"] });
    await listen(scene, other.id, { events: ["runFailed"] });
    await scene.ended(one);
    await turn();
    const [second] = await scene.runsOf(other.id);
    // The run that the failure started fails too: both have had their turn.
    await scene.ended(other, "failed", { trigger: second!.trigger });
    await turn();
    expect(await rawDb().run.count({ where: { triggerKind: "event", workspaceId: scene.scope.workspaceId } })).toBe(1);
  });
});

describe("handlers", () => {
  it("start the workflow that the version names for its failures, once", async () => {
    const scene = await FactScene.open();
    const rescue = await scene.workflow("Rescue");
    const orders = await scene.workflow("Orders", { errorWorkflow: "Rescue" });
    const failed = await scene.ended(orders);
    await scene.ended(orders, "succeeded");
    await Promise.all([turn(), turn()]);
    await turn();
    expect(await scene.runsOf(rescue.id)).toMatchObject([{ triggerKind: "handler", trigger: { handler: "errorWorkflow", chain: [orders.id] }, input: { event: "runFailed", run: { id: failed } } }]);
    expect(await rawDb().runQueue.count({ where: { workspaceId: scene.scope.workspaceId } })).toBe(1);
  });

  it("and triggers that listen are given what is too large for a row by where it lies; what led to it is not started by it all the same", async () => {
    const scene = await FactScene.open();
    const [rescue, watcher] = [await scene.workflow("Rescue"), await scene.workflow("Watcher")];
    const orders = await scene.workflow("Orders", { errorWorkflow: "Rescue" });
    await setHandlers(scene, { errorWorkflow: watcher.id });
    await listen(scene, watcher.id, { events: ["runFailed"] });
    const message = "x".repeat(env.PAYLOAD_INLINE_MAX_BYTES - 50);
    await scene.ended(orders, "failed", { message });
    await turn();
    const [rescued, watched] = [await scene.runsOf(rescue.id), await scene.runsOf(watcher.id)];
    expect(rescued).toMatchObject([{ triggerKind: "handler", input: { $blob: expect.any(String) as string }, trigger: { $blob: expect.any(String) as string, chain: [orders.id] } }]);
    expect(watched.map(({ triggerKind }) => triggerKind).sort()).toEqual(["event", "handler"]);
    for (const { id, input, trigger } of [...rescued, ...watched]) {
      expect(trigger).toMatchObject({ chain: [orders.id] });
      const [given, begun] = await Promise.all([input, trigger].map(async (value) => JSON.parse((await readBlobText(scene.scope.workspaceId, (value as { $blob: string }).$blob))!) as { error?: unknown; body?: unknown }));
      expect([given?.error, begun?.body]).toMatchObject([{ message }, { error: { message } }]);
      expect(await rawDb().runQueue.findUniqueOrThrow({ where: { runId: id } })).toMatchObject({ givenBytes: expect.any(Number) as number });
    }
    // It fails as well: of those that hear of it, the two that led to it do not start.
    await scene.ended(watcher, "failed", { trigger: watched[0]!.trigger });
    await scene.ended(rescue, "failed", { trigger: rescued[0]!.trigger });
    await turn();
    expect([(await scene.runsOf(rescue.id)).length, (await scene.runsOf(watcher.id)).length]).toEqual([2, 5]);
  });

  it("that cannot start are told of, and keep nobody else from hearing", async () => {
    const scene = await FactScene.open();
    const [rescue, watcher, orders] = [await scene.workflow("Rescue"), await scene.workflow("Watcher"), await scene.workflow("Orders", { errorWorkflow: "Rescue" })];
    await loseAccount(rescue.id);
    await listen(scene, watcher.id, { events: ["runFailed"] });
    await scene.ended(orders);
    await turn();
    expect(await scene.runsOf(watcher.id)).toHaveLength(1);
    expect(await scene.runsOf(rescue.id)).toEqual([]);
    expect(await rawDb().notification.findMany({ where: { workspaceId: scene.scope.workspaceId } })).toMatchObject([{ title: "Orders ended, but its handler did not start" }]);
  });

  it("start those of the workspace unless workflow or trigger mutes them", async () => {
    const scene = await FactScene.open();
    const [onError, onSuccess] = [await scene.workflow("On error"), await scene.workflow("On success")];
    await setHandlers(scene, { errorWorkflow: onError.id, successWorkflow: onSuccess.id });
    const [loud, quiet] = [await scene.workflow("Loud"), await scene.workflow("Quiet", { muteHandlers: true })];
    const trigger = await createTrigger({ scope: scene.scope }, { workflowId: loud.id, kind: "webhook", name: "In", config: {}, settings: { handlers: { failuresBefore: 1, muteWorkspace: true } }, nodeId: null, versionNumber: null });
    const [failed, succeeded] = [await scene.ended(loud), await scene.ended(loud, "succeeded")];
    await scene.ended(quiet);
    await scene.ended(loud, "failed", { triggerId: trigger.id });
    await scene.ended(onError);
    await turn();
    expect((await scene.runsOf(onError.id)).flatMap(({ triggerKind, input }) => (triggerKind === "handler" ? [(input as { run: { id: string } }).run.id] : []))).toEqual([failed]);
    expect((await scene.runsOf(onSuccess.id)).map(({ input }) => (input as { run: { id: string } }).run.id)).toEqual([succeeded]);
  });
});

describe("facts of triggers and approvals", () => {
  it("tell of an event that could become no run, and of missed slots", async () => {
    const scene = await FactScene.open();
    const [orders, watcher] = [await scene.workflow("Orders"), await scene.workflow("Watcher")];
    await listen(scene, watcher.id, { events: ["triggerError", "scheduleMissed"] });
    const clock = await createTrigger({ scope: scene.scope }, { workflowId: orders.id, kind: "schedule", name: "Nightly", config: { timing: { type: "every", seconds: 3_600 }, catchUp: "none" }, settings: {}, nodeId: null, versionNumber: null });
    await sharedPool().query("update trigger set next_fire_at = now() - interval '5 hours' where id = $1", [clock.id]);
    await fireSchedules();
    await rawDb().workflow.update({ where: { id: orders.id }, data: { archivedAt: new Date() } });
    await rawDb().triggerEvent.create({ data: { id: newId(), workspaceId: scene.scope.workspaceId, triggerId: clock.id, dedupeKey: "x", runId: newId() } });
    await turn();
    await turn();
    const events = (await scene.runsOf(watcher.id)).map(({ input }) => input as { event: string; trigger: { name: string }; error: { code: string } });
    expect(new Set(events.map(({ event }) => event))).toEqual(new Set(["scheduleMissed", "triggerError"]));
    expect(events.find(({ event }) => event === "triggerError")).toMatchObject({ trigger: { name: "Nightly" }, error: { code: "archived" } });
  });

  it("follow although another trigger's config, or the identity of a handler, cannot be used", async () => {
    const scene = await FactScene.open();
    const [orders, watcher, handler] = [await scene.workflow("Orders"), await scene.workflow("Watcher"), await scene.workflow("Handler")];
    await listen(scene, watcher.id, { events: ["runFailed"] });
    const strange = await scene.workflow("Strange");
    await listen(scene, strange.id, { events: ["runFailed"] });
    await sharedPool().query(`update trigger set config = '{"events":["runFailed"],"workflows":["\\u0000"]}' where workflow_id = $1`, [strange.id]);
    await setHandlers(scene, { errorWorkflow: handler.id });
    const gone = JSON.stringify({ type: "service_account", id: newId(), name: "Gone" });
    await sharedPool().query(`begin; set local session_replication_role = replica; update workflow_version set run_as = '${gone}' where workflow_id = '${handler.id}'; commit`);
    await scene.ended(orders);
    await turn();
    expect(await scene.runsOf(watcher.id)).toHaveLength(1);
    expect(await scene.runsOf(handler.id)).toHaveLength(0);
  });

  it("put off what cannot be done now, without stopping the rest", async () => {
    const scene = await FactScene.open();
    const watcher = await scene.workflow("Watcher");
    const orders = await scene.workflow("Orders");
    await listen(scene, watcher.id, { events: ["runFailed"] });
    await scene.ended(orders);
    await sharedPool().query("insert into platform_fact (workspace_id, kind, key, subject_id) values ($1, 'nonsense', 'bad', gen_random_uuid())", [scene.scope.workspaceId]);
    await turn();
    expect(await scene.runsOf(watcher.id)).toHaveLength(1);
    expect((await scene.facts()).find(({ key }) => key === "bad")).toMatchObject({ attempts: 1, doneAt: null });
  });
});
