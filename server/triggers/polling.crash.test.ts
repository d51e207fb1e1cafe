import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { closeConnections, rawDb } from "@/server/db/client";
import { bundledProgram, dieAt } from "@/server/testing/bundled-program";
import { startInstallationWorker, type InstallationWorker } from "@/server/worker/installation-worker";
import * as workflows from "@/server/workflows/service";
import { createTrigger, deleteTrigger } from "./service";
import { TriggerScene } from "./testing/scene";

const POLLER = await bundledProgram(path.resolve(import.meta.dirname, "testing/crash-poller.ts"));
const PATIENT = { timeout: 120_000, interval: 100 };
let scene: TriggerScene;
let worker: InstallationWorker | null = null;

beforeAll(async () => {
  scene = await TriggerScene.open([]);
  const { scope } = scene;
  const output = { items: [{ id: 1 }, { id: 2 }, { id: 3 }], cursor: "next" };
  const { id } = await workflows.createWorkflow({ scope }, { name: "Shelf", description: "", definition: { schema: 1, nodes: [{ id: "look", kind: "set", config: { values: {} } }], edges: [], output } });
  await workflows.publish({ scope }, { workflowId: id, note: "" });
});
afterAll(async () => {
  await worker?.stop();
  await closeConnections();
});

describe("a worker that polls and dies", () => {
  it.each([
    ["before its look is committed", "poll-started", { looks: 0, events: 0 }],
    ["before what it found is committed", "poll-recorded", { looks: 1, events: 0 }],
    ["after that, before the runs", "poll-committed", { looks: 1, events: 3 }],
    ["after the runs, before anybody is told of them", "trigger-event-committed", { looks: 1, events: 3 }],
  ])("%s starts one run for each item all the same", async (_when, crashPoint, left) => {
    const { scope, workflowId } = scene;
    const { id: triggerId } = await createTrigger({ scope }, { workflowId, kind: "poll", name: crashPoint, config: { workflow: "Shelf", intervalSeconds: 86_400, firstPoll: "all" }, settings: {}, nodeId: null, versionNumber: null });
    const looks = () => rawDb().run.count({ where: { triggerId, triggerKind: "poller" } });
    const cursor = async () => ((await rawDb().trigger.findUniqueOrThrow({ where: { id: triggerId } })).checkpoint as { cursor?: unknown } | null)?.cursor ?? null;
    expect(await dieAt(crashPoint, POLLER)).toBe("SIGKILL");
    // What was seen, the events and the cursor are there together or not at all.
    expect({ looks: await looks(), events: await rawDb().triggerEvent.count({ where: { triggerId } }) }).toEqual(left);
    expect([await rawDb().triggerSeen.count({ where: { triggerId } }), await cursor()]).toEqual(left.events === 0 ? [0, null] : [3, "next"]);
    worker = startInstallationWorker(() => {});
    await expect.poll(() => rawDb().run.count({ where: { triggerId, triggerKind: "poll" } }), PATIENT).toBe(3);
    expect([await looks(), await rawDb().triggerEvent.count({ where: { triggerId } }), await cursor()]).toEqual([1, 3, "next"]);
    await worker.stop();
    worker = null;
    await deleteTrigger({ scope }, { triggerId });
  });
});
