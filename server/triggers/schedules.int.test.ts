import { afterAll, describe, expect, it } from "vitest";
import { cronResponse } from "@/server/scheduler/cron";
import { putBlob } from "@/server/blobs/service";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { env } from "@/server/env";
import { dispatchDue, untilDispatched } from "./dispatch";
import { fireSchedules } from "./fire-schedules";
import { firstFireOf } from "./first-fire";
import { getEvent, setTriggerMode } from "./service";
import { settleRuns } from "./settle";
import { definitionWith, TriggerScene } from "./testing/scene";
import * as workflows from "@/server/workflows/service";

afterAll(closeConnections);

const HOURLY = { timing: { type: "every", seconds: 3_600 } };
/** No slot of its own comes while a test runs. */
const RARE = { timing: { type: "every", seconds: 31_536_000, from: new Date(Date.now() + 15_768_000_000).toISOString() } };
const node = (config: Record<string, unknown>) => ({ id: "clock", kind: "trigger.schedule", config: { ...RARE, ...config } });

async function open(config: Record<string, unknown>) {
  const scene = await TriggerScene.open([node(config)]);
  const [trigger] = await scene.triggers();
  const id = trigger!.id;
  return {
    scene,
    id,
    /** As if the time had come. */
    due: (agoSeconds: number) => sharedPool().query("update trigger set next_fire_at = to_timestamp(floor(extract(epoch from now()) - $2)) where id = $1", [id, agoSeconds]),
    statuses: async () => (await scene.events(id)).map(({ status }) => status),
  };
}

async function fire(): Promise<void> {
  await fireSchedules();
  await untilDispatched();
}

const cron = () => cronResponse(new Request("http://localhost/api/cron", { method: "POST", headers: { authorization: `Bearer ${env.CRON_SECRET}` } }));

describe("a schedule", () => {
  it("is due first at its next slot, and keeps that when something else of it changes", async () => {
    const { scene, id } = await open(HOURLY);
    const before = (await scene.triggers())[0]!.nextFireAt!;
    expect(before.getTime() % 3_600_000).toBe(0);
    await scene.republish([node({ ...HOURLY, graceSeconds: 5 })]);
    expect((await rawDb().trigger.findUniqueOrThrow({ where: { id } })).nextFireAt).toEqual(before);
    await scene.republish([node({ timing: { type: "cron", expression: "30 4 * * *" }, timeZone: "Europe/Berlin" })]);
    expect((await rawDb().trigger.findUniqueOrThrow({ where: { id } })).nextFireAt).not.toEqual(before);
  });

  it("goes on at its next slot when a pause ends early, and when it is enabled after a long time", async () => {
    const { scene, id, due } = await open({ ...HOURLY, pauseUntil: new Date(Date.now() + 31_536_000_000).toISOString() });
    const nextIn = async () => ((await rawDb().trigger.findUniqueOrThrow({ where: { id } })).nextFireAt?.getTime() ?? Number.NaN) - Date.now();
    await due(10);
    await fire();
    expect(await nextIn()).toBeGreaterThan(30_000_000_000);
    await scene.republish([node(HOURLY)]);
    expect(await nextIn()).toBeLessThanOrEqual(3_600_000);
    await setTriggerMode({ scope: scene.scope }, { triggerId: id, mode: "disabled" });
    await scene.republish([node({ ...HOURLY, graceSeconds: 5 })]);
    expect(await nextIn()).toBeNaN();
    // As an earlier release left it.
    await due(1_000_000);
    await setTriggerMode({ scope: scene.scope }, { triggerId: id, mode: "enabled" });
    expect(await nextIn()).toBeGreaterThan(0);
  });

  it("fires a slot once, whoever calls and how often", async () => {
    const { scene, id, due } = await open({ timing: { type: "cron", expression: "* * * * * *" }, graceSeconds: 600, catchUp: "all" });
    await due(3);
    const answers = await Promise.all(Array.from({ length: 10 }, cron));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    const events = await scene.events(id);
    expect(events.length).toBeGreaterThanOrEqual(3);
    expect(new Set(events.map(({ dedupeKey }) => dedupeKey)).size).toBe(events.length);
    await dispatchDue();
    await expect.poll(async () => (await scene.events(id)).every(({ status }) => status === "started")).toBe(true);
    expect((await scene.runs(id)).length).toBe((await scene.events(id)).length);
    await sharedPool().query("update trigger set mode = 'disabled' where id = $1", [id]);
  });

  it("is fired by a tick that waits for no run of another one", async () => {
    const { id, due, statuses } = await open({ graceSeconds: 86_400 });
    await due(60);
    const busy = await sharedPool().connect();
    try {
      await busy.query("begin; lock table run_queue in exclusive mode");
      await fireSchedules();
      expect(await statuses()).toEqual(["received"]);
    } finally {
      await busy.query("rollback");
      busy.release();
    }
    await untilDispatched();
    expect([await statuses(), (await rawDb().triggerEvent.findMany({ where: { triggerId: id } })).length]).toEqual([["started"], 1]);
  });

  it("does not fire a slot again when the clock is set back", async () => {
    const { scene, id, due } = await open({ graceSeconds: 86_400 });
    await due(60);
    await fire();
    const [event] = await scene.events(id);
    await sharedPool().query("update trigger set next_fire_at = $2 where id = $1", [id, (event!.meta as { slot: string }).slot]);
    await fire();
    expect((await scene.events(id)).length).toBe(1);
  });

  it("goes on by the database's clock: after a jump ahead it shows what was passed over, and neither jump fires a slot twice", async () => {
    const { scene, id } = await open({ timing: { type: "every", seconds: 60 }, graceSeconds: 30 });
    const slots = async () => (await scene.events(id)).map(({ dedupeKey }) => dedupeKey);
    // Ahead by five minutes: as if its slots lay so far back.
    await jump(id, 300);
    await fire();
    const ahead = await slots();
    expect(ahead.length).toBeGreaterThanOrEqual(4);
    expect((await scene.events(id)).filter(({ status }) => status === "missed").length).toBeGreaterThanOrEqual(3);
    // Back again: until the clock is where it was, nothing is due.
    await jump(id, -300);
    await fire();
    expect(await slots()).toEqual(ahead);
    // What was fired before the jump does not come twice.
    await sharedPool().query("update trigger set next_fire_at = now() - interval '5 minutes' where id = $1", [id]);
    await sharedPool().query("update trigger set next_fire_at = to_timestamp(floor(extract(epoch from next_fire_at) / 60) * 60) where id = $1", [id]);
    await fire();
    const after = await slots();
    expect(new Set(after).size).toBe(after.length);
    expect(after.filter((slot) => ahead.includes(slot))).toEqual(ahead);
  });

  it("rests with its workflow's archive, and shows the slots of that time afterwards", async () => {
    const { scene, id, due, statuses } = await open({ timing: { type: "every", seconds: 60 }, graceSeconds: 1 });
    await workflows.archiveWorkflow({ scope: scene.scope }, { workflowId: scene.workflowId });
    await due(150);
    await fire();
    expect(await statuses()).toEqual([]);
    await workflows.restoreWorkflow({ scope: scene.scope }, { workflowId: scene.workflowId });
    await fire();
    expect((await statuses()).filter((status) => status === "missed").length).toBeGreaterThanOrEqual(2);
    expect((await scene.events(id)).every(({ error }) => error === null || (error as { code: string }).code === "late")).toBe(true);
  });

  it("shows what nobody was there for, and catches up as its policy says", async () => {
    const { scene, id, due, statuses } = await open({ timing: { type: "every", seconds: 60 }, graceSeconds: 1, catchUp: "last" });
    await due(60 * 5 + 30);
    await fire();
    const found = await statuses();
    expect(found.filter((status) => status === "missed").length).toBeGreaterThanOrEqual(3);
    expect(found.filter((status) => status === "started").length).toBeGreaterThanOrEqual(1);
    expect((await scene.events(id)).find(({ status }) => status === "missed")).toMatchObject({ error: { code: "late" } });
    expect((await rawDb().trigger.findUniqueOrThrow({ where: { id } })).nextFireAt!.getTime()).toBeGreaterThan(Date.now());
  });

  it.each([
    ["skip", ["started", "missed"]],
    ["queueOne", ["started", "received"]],
    ["cancelPrevious", ["started", "started"]],
    ["allow", ["started", "started"]],
  ])("with overlap %s", async (overlap, expected) => {
    const { scene, id, due, statuses } = await open({ overlap, graceSeconds: 86_400 });
    await due(120);
    await fire();
    await due(60);
    await fire();
    expect(await statuses()).toEqual(expected);
    const [first, second] = await scene.events(id);
    const cancelled = await rawDb().runInbox.count({ where: { runId: first!.runId, kind: "cancel" } });
    expect(cancelled).toBe(overlap === "cancelPrevious" ? 1 : 0);
    if (overlap !== "queueOne") return;
    expect(await getEvent({ scope: scene.scope }, { eventId: second!.id })).toMatchObject({ status: "received", waits: { kind: "overlap", runId: first!.runId } });
    await due(30);
    await fire();
    await sharedPool().query("update trigger_event set due_at = now() - interval '1 second' where trigger_id = $1", [id]);
    await dispatchDue();
    expect(await statuses()).toEqual(["started", "missed", "received"]);
    expect((await rawDb().triggerEvent.findUniqueOrThrow({ where: { id: second!.id } })).error).toMatchObject({ code: "overlap" });
    await finish(first!.runId, "succeeded");
    await settleRuns();
    await sharedPool().query("update trigger_event set due_at = now() - interval '1 second' where trigger_id = $1", [id]);
    await dispatchDue();
    expect(await statuses()).toEqual(["started", "missed", "started"]);
  });

  it("fires although another one's times cannot be told, which says so and rests", async () => {
    const broken = await open({ timing: { type: "cron", expression: "0 4 1 1 *" } });
    const { scene, id, due } = await open({ timing: { type: "every", seconds: 60 } });
    await due(30);
    await sharedPool().query("update trigger set config = jsonb_set(config::jsonb, '{timeZone}', '\"Mars/Olympus\"'), next_fire_at = now() - interval '1 hour' where id = $1", [broken.id]);
    await fire();
    expect((await scene.events(id)).length).toBeGreaterThanOrEqual(1);
    expect(await rawDb().trigger.findUniqueOrThrow({ where: { id: broken.id } })).toMatchObject({ error: { code: "schedule_failed" } });
    expect((await rawDb().trigger.findUniqueOrThrow({ where: { id: broken.id } })).nextFireAt!.getTime()).toBeGreaterThan(Date.now());
  });

  it("misses nothing while it is disabled, whatever is changed of it, and goes on from its enabling", async () => {
    const { scene, id } = await open({ timing: { type: "every", seconds: 60 } });
    const { scope } = scene;
    await setTriggerMode({ scope }, { triggerId: id, mode: "disabled" });
    await scene.republish([node({ timing: { type: "every", seconds: 60 }, graceSeconds: 1 })]);
    expect((await rawDb().trigger.findUniqueOrThrow({ where: { id } })).nextFireAt).toBeNull();
    await setTriggerMode({ scope }, { triggerId: id, mode: "enabled" });
    expect((await rawDb().trigger.findUniqueOrThrow({ where: { id } })).nextFireAt!.getTime()).toBeGreaterThan(Date.now() - 1_000);
    await fire();
    expect((await scene.events(id)).filter(({ status }) => status === "missed")).toEqual([]);
  });

  it("comes back from a pause that is taken back", () => {
    const given = { timing: { type: "every", seconds: 60 }, timeZone: "UTC" };
    const planned = new Date(Date.now() + 30 * 86_400_000);
    const earlier = { nextFireAt: planned, config: { ...given, pauseUntil: planned.toISOString() } };
    expect(firstFireOf("schedule", given, earlier)!.getTime()).toBeLessThanOrEqual(Date.now() + 60_000);
    expect(firstFireOf("schedule", given, { nextFireAt: planned, config: given })).toEqual(planned);
    expect(firstFireOf("poll", { workflow: "w", intervalSeconds: 60 }, { nextFireAt: planned, config: {} })!.getTime()).toBeLessThanOrEqual(Date.now() + 60_000);
  });

  it("settles the ends of others although a handler cannot start", async () => {
    const [bad, good] = [await TriggerScene.open([node({})]), await TriggerScene.open([node({})])];
    for (const scene of [bad, good]) {
      const [trigger] = await scene.triggers();
      const handler = await workflows.createWorkflow({ scope: scene.scope }, { name: "Handler", description: "", definition: definitionWith([]) });
      await workflows.publish({ scope: scene.scope }, { workflowId: handler.id, note: "" });
      // Whom it acts for is gone. (A published version never changes, but for this.)
      const gone = JSON.stringify({ type: "service_account", id: newId(), name: "Gone" });
      if (scene === bad) await sharedPool().query(`begin; set local session_replication_role = replica; update workflow_version set run_as = '${gone}' where workflow_id = '${handler.id}'; commit`);
      await rawDb().trigger.update({ where: { id: trigger!.id }, data: { handlers: { onFailure: handler.id, failuresBefore: 1 } } });
      await sharedPool().query("update trigger set next_fire_at = now() - interval '5 seconds' where id = $1", [trigger!.id]);
    }
    await fire();
    for (const scene of [bad, good]) await finish((await scene.events((await scene.triggers())[0]!.id)).at(-1)!.runId, "failed");
    await settleRuns();
    expect(await rawDb().run.count({ where: { workspaceId: good.scope.workspaceId, triggerKind: "handler" } })).toBe(1);
    expect(await rawDb().triggerEvent.count({ where: { workspaceId: bad.scope.workspaceId, outcome: null, status: "started" } })).toBe(0);
  });

  it("is well again once ends are settled, or its handlers are changed", async () => {
    const { scene, id, due } = await open({ graceSeconds: 86_400 });
    const handlerOf = (onFailure: string) => scene.republish([node({ graceSeconds: 86_400, handlers: { onFailure } })]);
    const errorOf = async () => (await rawDb().trigger.findUniqueOrThrow({ where: { id } })).error;
    await handlerOf("nobody");
    await due(60);
    await fire();
    await finish((await scene.events(id)).at(-1)!.runId, "failed");
    await settleRuns();
    expect(await errorOf()).toMatchObject({ code: "handler_missing" });
    await handlerOf(scene.workflowId);
    expect(await errorOf()).toBeNull();
    await sharedPool().query(`update trigger set error = '{"code": "settle_failed", "message": "m"}' where id = $1`, [id]);
    await due(30);
    await fire();
    await finish((await scene.events(id)).at(-1)!.runId, "succeeded");
    await settleRuns();
    expect(await errorOf()).toBeNull();
    // Nobody waits for the runs of a trigger that is gone.
    await due(10);
    await fire();
    const { runId } = (await scene.events(id)).at(-1)!;
    await finish(runId, "succeeded");
    await sharedPool().query("update trigger set deleted_at = now(), retired_at = now(), mode = 'disabled', declared = true where id = $1", [id]);
    expect(await settleRuns()).toBe(0);
    expect((await scene.events(id)).at(-1)?.outcome).toBeNull();
  });

  it("attack: a handler gets the files of the run that failed, and none that its error merely names", async () => {
    const scene = await TriggerScene.open([node({})]);
    const [trigger] = await scene.triggers();
    const { workspaceId } = scene.scope;
    await rawDb().trigger.update({ where: { id: trigger!.id }, data: { handlers: { onFailure: scene.workflowId } } });
    await sharedPool().query("update trigger set next_fire_at = now() - interval '5 seconds' where id = $1", [trigger!.id]);
    await fire();
    const { runId } = (await scene.events(trigger!.id)).at(-1)!;
    const [theirs, own] = await Promise.all([newId(), runId].map(async (id) => (await putBlob({ workspaceId, owner: { type: "run", id } }, "x")).id));
    await finish(runId, "failed");
    const details = [theirs!, own!].map((id) => ({ $file: { id, name: "a", mediaType: "text/plain", size: 1 } }));
    await rawDb().run.update({ where: { id: runId }, data: { error: { code: "own", message: "named", details } } });
    await settleRuns();
    const handler = await rawDb().run.findFirstOrThrow({ where: { workspaceId, triggerKind: "handler" } });
    expect(await rawDb().blobShare.findMany({ where: { runId: handler.id }, select: { blobId: true } })).toEqual([{ blobId: own }]);
  });

  it("starts slots that may overlap together, though handlers wait for how each ends", async () => {
    const { scene, id, due, statuses } = await open({ timing: { type: "every", seconds: 10 }, graceSeconds: 3_600 });
    await rawDb().trigger.update({ where: { id }, data: { handlers: { onFailure: scene.workflowId } } });
    await due(55);
    await fire();
    expect(new Set(await statuses())).toEqual(new Set(["started"]));
    expect((await statuses()).length).toBeGreaterThan(4);
  });

  it("starts handlers after failures in a row, at the recovery and after successes", async () => {
    const handler = await TriggerScene.open([]);
    const scene = await TriggerScene.open([node({})]);
    await sharedPool().query("update workflow set workspace_id = workspace_id where id = $1", [handler.workflowId]);
    const [trigger] = await scene.triggers();
    const { workspaceId } = scene.scope;
    const own = await rawDb().workflow.findFirstOrThrow({ where: { id: scene.workflowId } });
    await rawDb().trigger.update({ where: { id: trigger!.id }, data: { handlers: { onFailure: own.slug, failuresBefore: 2, onRecovery: own.slug, onSuccess: own.slug } } });
    const begun: string[] = [];
    for (const [index, status] of (["failed", "failed", "failed", "succeeded"] as const).entries()) {
      await sharedPool().query("update trigger set next_fire_at = now() - make_interval(secs => $2) where id = $1", [trigger!.id, 50 - index * 10]);
      await fire();
      const event = (await scene.events(trigger!.id)).at(-1)!;
      await finish(event.runId, status);
      await Promise.all([settleRuns(), settleRuns()]);
      const runs = await rawDb().run.findMany({ where: { workspaceId, triggerKind: "handler" }, orderBy: [{ createdAt: "asc" }, { id: "asc" }] });
      begun.push(runs.map(({ input }) => (input as { handler: string }).handler).sort().join(" "));
    }
    expect(begun).toEqual(["", "onFailure", "onFailure", "onFailure onRecovery onSuccess"]);
  });
});

/** The same as a clock that was put ahead by so many seconds, or back. */
async function jump(id: string, seconds: number): Promise<void> {
  await sharedPool().query("update trigger set next_fire_at = next_fire_at - make_interval(secs => $2) where id = $1", [id, seconds]);
}

async function finish(runId: string, status: "succeeded" | "failed"): Promise<void> {
  await sharedPool().query("delete from run_queue where run_id = $1", [runId]);
  await sharedPool().query("update run set status = $2, finished_at = now() where id = $1", [runId, status]);
}
