import { afterAll, expect, it } from "vitest";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { dispatchFacts, followRuns } from "@/server/facts/service";
import { FactScene } from "@/server/facts/testing/scene";
import * as alerts from "./service";

afterAll(closeConnections);

it("a rule for the queue of a part looks no further than 10,000 runs, and while there are more says of none that they wait no longer", async () => {
  const scene = await FactScene.open();
  const { scope } = scene;
  const ours = await scene.workflow("Ours");
  const watch = (name: string) => alerts.createRule({ scope }, { name, enabled: true, scopeType: "workflow", scopeId: ours.id, conditions: [{ type: "queueAge", seconds: 60 }, { type: "recovered" }], channelIds: [], inApp: true });
  await watch("Before");
  const runId = newId();
  await rawDb().run.create({ data: { id: runId, workspaceId: scope.workspaceId, workflowId: ours.id, versionId: ours.versionId, input: {}, triggerKind: "manual", rootRunId: runId } });
  await rawDb().runQueue.create({ data: { runId, workspaceId: scope.workspaceId, state: "blocked", mutexKey: "k", gate: 4, rank: BigInt(Date.now() - 90_000) } });
  const titles = async () => {
    await alerts.watchQueues();
    while ((await followRuns()) > 0);
    await dispatchFacts();
    return (await alerts.listInbox({ scope }, { limit: 10, unread: false })).items.map(({ title }) => title);
  };
  const isOld = "Runs of Ours wait long in the queue";
  expect(await titles()).toEqual([isOld]);
  await sharedPool().query("insert into run_queue (run_id, workspace_id, state, mutex_key, gate, rank) select gen_random_uuid(), $1, 'blocked', 'k', 4, $2::bigint + n from generate_series(1, 10000) n", [scope.workspaceId, Date.now() - 900_000]);
  await watch("Behind");
  expect(await titles()).toEqual([isOld]);
  await rawDb().runQueue.deleteMany({ where: { workspaceId: scope.workspaceId, runId: { not: runId } } });
  expect(await titles()).toEqual([isOld, isOld]);
  await rawDb().runQueue.delete({ where: { runId } });
  const isOver = "Runs of Ours wait no longer than they may";
  expect(await titles()).toEqual([isOver, isOver, isOld, isOld]);
});
