import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { bundledProgram, dieAt } from "@/server/testing/bundled-program";
import { createTrigger, dispatchDue } from "@/server/triggers/service";
import { dispatchFacts, followRuns } from "./service";
import { FactScene } from "./testing/scene";

const TURN = await bundledProgram(path.resolve(import.meta.dirname, "testing/crash-turn.ts"));
const ENDED = 5;

afterAll(closeConnections);

describe("a process that dies", () => {
  it.each([
    ["while it writes the facts of ended runs", "runs-followed"],
    ["between fact and what follows from it", "fact-turned:3"],
    ["before its marks are committed", "facts-marked"],
    ["after the commit, before anybody is woken", "facts-committed"],
    ["while the run of a trigger enters the queue", "trigger-run-enqueued"],
    ["before the trigger's event is marked and committed", "trigger-event-marked"],
    ["between the run of a trigger and whoever is told of it", "trigger-event-committed"],
  ])("%s loses no fact and starts one run for each", async (_when, crashPoint) => {
    const scene = await FactScene.open();
    const [orders, watcher, rescue] = [await scene.workflow("Orders", { errorWorkflow: "Rescue" }), await scene.workflow("Watcher"), await scene.workflow("Rescue")];
    const { id: triggerId } = await createTrigger({ scope: scene.scope }, { workflowId: watcher.id, kind: "event", name: "Trouble", config: { events: ["runFailed"] }, settings: {}, nodeId: null, versionNumber: null });
    const ended = [];
    for (let n = 0; n < ENDED; n++) ended.push(await scene.ended(orders));
    expect(await dieAt(crashPoint, TURN)).toBe("SIGKILL");
    await expect.poll(async () => {
      // PostgreSQL takes a moment to see that the connection is gone; until then what the dead one locked is passed over.
      await followRuns();
      await dispatchFacts();
      await sharedPool().query("update trigger_event set due_at = now() - interval '1 second' where status = 'received'");
      await dispatchDue();
      return rawDb().triggerEvent.count({ where: { triggerId, status: "started" } });
    }).toBe(ENDED);
    const runIdsTold = async (workflowId: string) => (await scene.runsOf(workflowId)).map(({ input }) => (input as { run: { id: string } }).run.id).sort();
    expect(await runIdsTold(watcher.id)).toEqual([...ended].sort());
    expect(await runIdsTold(rescue.id)).toEqual([...ended].sort());
    expect(await rawDb().runQueue.count({ where: { workspaceId: scene.scope.workspaceId } })).toBe(2 * ENDED);
  });
});
