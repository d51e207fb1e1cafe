import { afterAll, describe, expect, it } from "vitest";
import { openUserScope } from "@/server/auth/scope";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { dispatchFacts, followRuns } from "@/server/facts/service";
import { FactScene } from "@/server/facts/testing/scene";
import * as organizing from "@/server/organizing/service";
import { grantPart, makePerson } from "@/server/testing/factories";
import { createTrigger } from "@/server/triggers/service";
import * as alerts from "./service";

afterAll(closeConnections);

async function turn(): Promise<void> {
  while ((await followRuns()) > 0);
  await dispatchFacts();
}

describe("a rule for the age of the queue", () => {
  it.each(["workflow", "folder", "trigger"] as const)("of one %s tells of its queue alone, whatever else waits", async (scopeType) => {
    const scene = await FactScene.open();
    const { scope } = scene;
    const [ours, other] = [await scene.workflow("Ours"), await scene.workflow("Other")];
    const { id: outer } = await organizing.createFolder({ scope }, { name: "Finance", parentId: null });
    const { id: folderId } = await organizing.createFolder({ scope }, { name: "Bills", parentId: outer });
    await organizing.moveItems({ scope }, { itemType: "workflow", itemIds: [ours.id], folderId });
    const trigger = await createTrigger({ scope }, { workflowId: ours.id, kind: "webhook", name: "In", config: {}, settings: {}, nodeId: null, versionNumber: null });
    const scopeId = { workflow: ours.id, folder: outer, trigger: trigger.id }[scopeType];
    await alerts.createRule({ scope }, { name: "Queue", enabled: true, channelIds: [], inApp: true, scopeType, scopeId, conditions: [{ type: "queueAge", seconds: 60 }, { type: "recovered" }] });
    const queued = async (workflow: { id: string; versionId: string }, triggerId: string | null) => {
      const runId = newId();
      await rawDb().run.create({ data: { id: runId, workspaceId: scope.workspaceId, workflowId: workflow.id, versionId: workflow.versionId, input: {}, triggerKind: "webhook", triggerId, rootRunId: runId } });
      await rawDb().runQueue.create({ data: { runId, workspaceId: scope.workspaceId, state: "blocked", mutexKey: "k", gate: 4, rank: BigInt(Date.now() - 90_000) } });
      return runId;
    };
    const told = async () => {
      await alerts.watchQueues();
      await turn();
      return (await alerts.listInbox({ scope }, { limit: 10, unread: false })).items.map(({ title }) => title);
    };
    // With a role in the part that the rule is of, or in one around it, and nowhere else; in another, or within it alone.
    const [ofPart, ofOther, ofBelow] = [await makePerson(scope.organizationId), await makePerson(scope.organizationId), await makePerson(scope.organizationId)];
    const { id: elsewhere } = await organizing.createFolder({ scope }, { name: "Elsewhere", parentId: null });
    await grantPart(scope, ofPart.id, "operator", { folderId: outer });
    await grantPart(scope, ofOther.id, "operator", { folderId: elsewhere });
    await grantPart(scope, ofBelow.id, "operator", { folderId });
    const unread = async ({ id }: { id: string }) => (await alerts.listInbox({ scope: (await openUserScope(id, { id: scope.workspaceId })).for("run:read") }, { limit: 10, unread: true })).items.length;
    const beside = await queued(other, null);
    expect(await told()).toEqual([]);
    const runId = await queued(ours, trigger.id);
    const name = { workflow: "Ours", folder: "Finance", trigger: "In" }[scopeType];
    expect(await told()).toEqual([`Runs of ${name} wait long in the queue`]);
    expect([await unread(ofPart), await unread(ofOther), await unread(ofBelow)]).toEqual([1, 0, scopeType === "folder" ? 0 : 1]);
    await rawDb().runQueue.delete({ where: { runId } });
    expect(await told()).toEqual([`Runs of ${name} wait no longer than they may`, `Runs of ${name} wait long in the queue`]);
    await rawDb().runQueue.delete({ where: { runId: beside } });
  });
});
