import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { putBlob } from "@/server/blobs/service";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { env } from "@/server/env";
import { setVariable } from "@/server/variables/service";
import { startInstallationWorker, type InstallationWorker } from "@/server/worker/installation-worker";
import * as workflows from "@/server/workflows/service";
import * as service from "./service";
import { TriggerScene } from "./testing/scene";

let scene: TriggerScene;
let worker: InstallationWorker;

beforeAll(async () => {
  scene = await TriggerScene.open([]);
  worker = startInstallationWorker(() => {});
});
afterAll(async () => {
  await worker.stop();
  await closeConnections();
});

const PATIENT = { timeout: 30_000, interval: 50 };

/** A published workflow that finds what `shelf` says, and a poller that uses it. */
async function open(name: string, config: Record<string, unknown> = {}, output = "{{ vars.SHELF_NAME }}") {
  const { scope, workflowId } = scene;
  const shelf = `SHELF_${name.toUpperCase()}`;
  await put(name, { items: [] });
  await publish(name, output.replace("SHELF_NAME", shelf));
  const { id: triggerId } = await service.createTrigger({ scope }, { workflowId, kind: "poll", name, config: { workflow: name, intervalSeconds: 86_400, ...config }, settings: {}, nodeId: null, versionNumber: null });
  return triggerId;
}

async function publish(name: string, output: string): Promise<void> {
  const { scope } = scene;
  const { id } = await workflows.createWorkflow({ scope }, { name, description: "", definition: { schema: 1, nodes: [{ id: "look", kind: "set", config: { values: { cursor: "{{ input.cursor }}" } } }], edges: [], output } });
  await workflows.publish({ scope }, { workflowId: id, note: "" });
}

async function put(name: string, found: Parameters<typeof setVariable>[1]["value"]): Promise<void> {
  await setVariable({ scope: scene.scope }, { name: `SHELF_${name.toUpperCase()}`, value: found, description: "" });
}

const rowOf = (id: string) => rawDb().trigger.findUniqueOrThrow({ where: { id } });
const looks = (triggerId: string) => rawDb().run.findMany({ where: { triggerId, triggerKind: "poller" }, orderBy: [{ createdAt: "asc" }, { id: "asc" }] });
const facts = async (subjectId: string) => (await rawDb().platformFact.findMany({ where: { subjectId }, orderBy: { seq: "asc" } })).map(({ kind }) => kind);
/** Of the runs that items started. */
const inputs = async (triggerId: string) => (await rawDb().run.findMany({ where: { triggerId, triggerKind: "poll" } })).map(({ input }) => input).sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));

/** Looks once more and waits for the end of that. */
async function look(triggerId: string, startOver = false): Promise<void> {
  const before = (await looks(triggerId)).length;
  await service.pollNow({ scope: scene.scope }, { triggerId, startOver });
  await expect.poll(async () => ((await looks(triggerId)).length > before ? ((await rowOf(triggerId)).checkpoint as { run: unknown } | null)?.run : "not yet"), PATIENT).toBeNull();
}

const untilLooked = (triggerId: string) => expect.poll(async () => ((await rowOf(triggerId)).checkpoint as { run?: unknown } | null)?.run, PATIENT).toBeNull();

describe("a poller", () => {
  it("starts one run for each item that was not there before, and passes the cursor on", async () => {
    const triggerId = await open("items");
    await untilLooked(triggerId);
    await put("items", { items: [{ id: 1, n: "a" }, { id: 2 }, { id: 1, n: "again" }], cursor: "c1" });
    await look(triggerId);
    await expect.poll(() => inputs(triggerId), PATIENT).toEqual([{ id: 1, n: "a" }, { id: 2 }]);
    await put("items", { items: [{ id: 2 }, { id: 3 }], cursor: { page: 2 } });
    await look(triggerId);
    await expect.poll(async () => (await inputs(triggerId)).length, PATIENT).toBe(3);
    await look(triggerId);
    expect(await inputs(triggerId)).toHaveLength(3);
    expect((await looks(triggerId)).map(({ input }) => input)).toEqual([{ cursor: null }, { cursor: null }, { cursor: "c1" }, { cursor: { page: 2 } }]);
    const row = await rowOf(triggerId);
    expect([row.error, row.health, row.nextFireAt!.getTime() > Date.now()]).toMatchObject([null, { state: "waiting", found: 2, fresh: 0 }, true]);
  });

  it("hands a cursor on that is too large for a row by where it lies", async () => {
    const triggerId = await open("far");
    await untilLooked(triggerId);
    await put("far", { items: [], cursor: "x".repeat(env.PAYLOAD_INLINE_MAX_BYTES) });
    await look(triggerId);
    await look(triggerId);
    const [, , last] = await looks(triggerId);
    expect(last).toMatchObject({ status: "succeeded", input: { $blob: expect.any(String) as string, head: expect.stringContaining('{"cursor":"xxx') as string } });
  });

  it("names who asked for a look as starter of it and of what it found, and nobody for the next one", async () => {
    const triggerId = await open("asked");
    await untilLooked(triggerId);
    await put("asked", { items: [{ id: 1 }] });
    await look(triggerId);
    const found = () => rawDb().run.findMany({ where: { triggerId, triggerKind: "poll" }, orderBy: [{ createdAt: "asc" }, { id: "asc" }] });
    await expect.poll(async () => (await found()).length, PATIENT).toBe(1);
    await put("asked", { items: [{ id: 2 }] });
    await sharedPool().query("update trigger set next_fire_at = now() - interval '1 second' where id = $1", [triggerId]);
    await expect.poll(async () => (await found()).length, PATIENT).toBe(2);
    const { userId } = scene.scope;
    expect((await looks(triggerId)).map(({ startedById }) => startedById)).toEqual([null, userId, null]);
    expect((await found()).map(({ startedById }) => startedById)).toEqual([userId, null]);
  });

  it("keeps nobody from its trigger while what was found is read and told apart", async () => {
    await publish("Large", "{{ ({ items: Array.from({ length: 30 }, (_, id) => ({ id, text: 'x'.repeat(20000) })) }) }}");
    const { id: triggerId } = await service.createTrigger({ scope: scene.scope }, { workflowId: scene.workflowId, kind: "poll", name: "Large", config: { workflow: "Large", intervalSeconds: 86_400, firstPoll: "all" }, settings: {}, nodeId: null, versionNumber: null });
    const setMode = (mode: string) => sharedPool().query("update trigger set mode = $2 where id = $1", [triggerId, mode]);
    await expect.poll(async () => (await looks(triggerId)).length, PATIENT).toBe(1);
    await setMode("disabled");
    await expect.poll(async () => (await looks(triggerId))[0]?.status, PATIENT).toBe("succeeded");
    const blocker = await sharedPool().connect();
    try {
      await blocker.query("begin; lock table blob_chunk in access exclusive mode");
      await setMode("enabled");
      const reads = "select count(*)::int as n from pg_locks where database = (select oid from pg_database where datname = current_database()) and relation = 'blob_chunk'::regclass and mode = 'AccessShareLock' and not granted";
      await expect.poll(async () => (await sharedPool().query<{ n: number }>(reads)).rows[0]?.n, PATIENT).toBeGreaterThan(0);
      await expect.poll(() => sharedPool().query("select from trigger where id = $1 for update nowait", [triggerId]).then(() => true, () => false), PATIENT).toBe(true);
    } finally {
      await blocker.query("rollback");
      blocker.release();
    }
    await expect.poll(async () => (await inputs(triggerId)).length, PATIENT).toBe(30);
  });

  it("only remembers what is there at first, or starts runs for it as well, also over several pages", async () => {
    await publish("Pages", "{{ input.cursor === null ? { items: [{ id: 1 }], cursor: 2, more: true } : { items: [{ id: 2 }], cursor: 3 } }}");
    const make = (firstPoll: string) => service.createTrigger({ scope: scene.scope }, { workflowId: scene.workflowId, kind: "poll", name: firstPoll, config: { workflow: "Pages", intervalSeconds: 86_400, firstPoll }, settings: {}, nodeId: null, versionNumber: null });
    const [{ id: onlyNew }, { id: all }] = [await make("new"), await make("all")];
    for (const id of [onlyNew, all]) await expect.poll(async () => ((await rowOf(id)).checkpoint as { cursor?: unknown } | null)?.cursor, PATIENT).toBe(3);
    await expect.poll(() => inputs(all), PATIENT).toEqual([{ id: 1 }, { id: 2 }]);
    expect(await inputs(onlyNew)).toEqual([]);
    await look(onlyNew, true);
    await expect.poll(async () => ((await rowOf(onlyNew)).checkpoint as { isFirst?: unknown }).isFirst, PATIENT).toBe(false);
    expect(await inputs(onlyNew)).toEqual([]);
  });

  it("gives new items to one run together, told apart by all of their content", async () => {
    const triggerId = await open("batch", { start: "batch", itemKey: "", batchLimit: 2, firstPoll: "all" });
    await untilLooked(triggerId);
    await put("batch", { items: ["a", "b", "c", { x: 1 }] });
    await look(triggerId);
    await expect.poll(async () => (await inputs(triggerId)).length, PATIENT).toBe(2);
    expect(await inputs(triggerId)).toEqual(expect.arrayContaining([{ items: ["a", "b"] }, { items: ["c", { x: 1 }] }]));
    await put("batch", { items: ["a", { x: 2 }] });
    await look(triggerId);
    await expect.poll(async () => (await inputs(triggerId)).length, PATIENT).toBe(3);
    expect(await inputs(triggerId)).toContainEqual({ items: [{ x: 2 }] });
  });

  it("attack: an item that names a file of another run is handed on without it; one that the look has goes along", async () => {
    const triggerId = await open("files", { firstPoll: "all" });
    await untilLooked(triggerId);
    const { workspaceId } = scene.scope;
    const { id } = await putBlob({ workspaceId, owner: { type: "run", id: newId() } }, "not theirs");
    await put("files", { items: [{ id: 1, f: { $file: { id, name: "a", mediaType: "text/plain", size: 1 } } }] });
    await look(triggerId);
    await expect.poll(async () => (await inputs(triggerId)).length, PATIENT).toBe(1);
    expect(await rawDb().blobShare.count({ where: { blobId: id } })).toBe(0);
    await rawDb().blobShare.create({ data: { workspaceId, blobId: id, runId: (await looks(triggerId)).at(-1)!.id } });
    const [event] = await scene.events(triggerId);
    const { runId } = await service.resendEvent({ scope: scene.scope }, { eventId: event!.id });
    await expect.poll(() => rawDb().blobShare.count({ where: { blobId: id, runId } }), PATIENT).toBe(1);
  });

  it("keeps its cursor and says why when a look fails, and comes back later each time", async () => {
    const triggerId = await open("broken", { intervalSeconds: 60 });
    await untilLooked(triggerId);
    for (const [found, message] of [
      [{ rows: [] }, "output.items"],
      [{ items: [{ id: null }] }, "gives nothing for item 0"],
      [{ items: [1] }, "itemKey"],
    ] satisfies [Parameters<typeof setVariable>[1]["value"], string][]) {
      await put("broken", found);
      await look(triggerId);
      expect((await rowOf(triggerId)).error).toMatchObject({ code: "poll_failed", message: expect.stringContaining(message) as string });
    }
    // Told once, as long as it goes on.
    expect(await facts(triggerId)).toEqual(["trigger.error"]);
    const { nextFireAt, checkpoint, health } = await rowOf(triggerId);
    expect([checkpoint, health]).toMatchObject([{ failures: 3 }, { state: "failing", retryInMs: 240_000 }]);
    expect(nextFireAt!.getTime() - Date.now()).toBeGreaterThan(120_000);
    await put("broken", { items: [{ id: 1 }] });
    await look(triggerId);
    expect(await rowOf(triggerId)).toMatchObject({ error: null, checkpoint: { failures: 0 } });
    expect(await facts(triggerId)).toEqual(["trigger.error", "trigger.recovered"]);
    await expect.poll(() => inputs(triggerId), PATIENT).toEqual([{ id: 1 }]);
    const nobody = await service.createTrigger({ scope: scene.scope }, { workflowId: scene.workflowId, kind: "poll", name: "Nobody", config: { workflow: "Nobody" }, settings: {}, nodeId: null, versionNumber: null });
    await expect.poll(async () => (await rowOf(nobody.id)).error, PATIENT).toMatchObject({ message: "there is no published workflow Nobody" });
  });

  it("holds what it finds while suspended, and looks at nothing while disabled", async () => {
    const { scope } = scene;
    const triggerId = await open("held", { firstPoll: "all" });
    await untilLooked(triggerId);
    await service.setTriggerMode({ scope }, { triggerId, mode: "suspended" });
    await put("held", { items: [{ id: 1 }] });
    await look(triggerId);
    expect(await scene.events(triggerId)).toMatchObject([{ status: "held" }]);
    await service.setTriggerMode({ scope }, { triggerId, mode: "disabled" });
    await expect(service.pollNow({ scope }, { triggerId, startOver: false })).rejects.toMatchObject({ kind: "invalid_input" });
    await sharedPool().query("update trigger set next_fire_at = now() - interval '1 second' where id = $1", [triggerId]);
    const before = (await looks(triggerId)).length;
    await service.setTriggerMode({ scope }, { triggerId, mode: "enabled" });
    await expect.poll(async () => (await looks(triggerId)).length, PATIENT).toBe(before + 1);
    await expect(service.createTrigger({ scope }, { workflowId: scene.workflowId, kind: "poll", name: "Bad", config: { workflow: "x", itemKey: "{{ steps.a }}" }, settings: {}, nodeId: null, versionNumber: null })).rejects.toMatchObject({ data: { field: "config.itemKey" } });
  });
});
