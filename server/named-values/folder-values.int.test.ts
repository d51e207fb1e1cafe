import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openUserScope, type Scope } from "@/server/auth/scope";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import * as organizing from "@/server/organizing/service";
import { insertRun } from "@/server/queue/dispatch";
import { deleteSecret, listSecrets, putSecret, readTriggerSecret, resolveSecrets, secretsOfWorkflow, viewSecretUses } from "@/server/secrets/service";
import { grantPart, makePerson, makeScope } from "@/server/testing/factories";
import { createTrigger } from "@/server/triggers/service";
import { deleteVariable, listVariables, readVariables, setVariable, variablesOfWorkflow, viewVariableUses } from "@/server/variables/service";
import * as workflows from "@/server/workflows/service";

let scope: Scope;
const folders: Record<"sales" | "orders", string> = { sales: "", orders: "" };
const flows: Record<"top" | "sales" | "orders", string> = { top: "", sales: "", orders: "" };

const definition = {
  schema: 1,
  nodes: [
    { id: "start", kind: "trigger.manual" },
    { id: "call", kind: "http", config: { url: "https://example.com/{{ vars.REGION }}", auth: { type: "bearer", token: "{{ secrets.TOKEN }}" } } },
  ],
  edges: [{ from: "start", to: "call" }],
};

beforeAll(async () => {
  scope = await makeScope("builder");
  folders.sales = (await organizing.createFolder({ scope }, { name: "Sales", parentId: null })).id;
  folders.orders = (await organizing.createFolder({ scope }, { name: "Orders", parentId: folders.sales })).id;
  for (const name of ["top", "sales", "orders"] as const) {
    flows[name] = (await workflows.createWorkflow({ scope }, { name, description: "", definition })).id;
    if (name !== "top") await organizing.moveItems({ scope }, { itemType: "workflow", itemIds: [flows[name]], folderId: folders[name] });
  }
  await setVariable({ scope }, { name: "REGION", value: "all" });
  await setVariable({ scope }, { name: "REGION", value: "emea", folderId: folders.sales });
  await setVariable({ scope }, { name: "LIMIT", value: 1, folderId: folders.orders });
  await putSecret({ scope }, { name: "TOKEN", value: "of-workspace" });
  await putSecret({ scope }, { name: "TOKEN", value: "of-orders", folderId: folders.orders });
});
afterAll(closeConnections);

async function runOf(workflowId: string): Promise<string> {
  const { id: versionId } = await workflows.publish({ scope }, { workflowId, note: "" });
  const id = newId();
  await scope.db.transaction((tx) => insertRun(tx, { id, workspaceId: scope.workspaceId, workflowId, versionId, mode: "production", pool: "default", priority: 0, input: "{}", trigger: null, triggerKind: "manual", parent: null, rootRunId: id, depth: 0, labels: {}, options: {} }));
  return id;
}

describe("variables and secrets of folders", () => {
  it("are what the run's workflow sees, the nearest first", async () => {
    const seen = async (workflowId: string) => {
      const runId = await runOf(workflowId);
      const { values } = await resolveSecrets({ workspaceId: scope.workspaceId, runId }, ["TOKEN"]);
      return [await readVariables(scope.workspaceId, runId), values.get("TOKEN")];
    };
    expect(await seen(flows.top)).toEqual([{ REGION: "all" }, "of-workspace"]);
    expect(await seen(flows.sales)).toEqual([{ REGION: "emea" }, "of-workspace"]);
    expect(await seen(flows.orders)).toEqual([{ REGION: "emea", LIMIT: 1 }, "of-orders"]);
  });

  it("are what the editor offers for the workflow", async () => {
    expect(await variablesOfWorkflow({ scope }, { workflowId: flows.orders })).toEqual([
      { name: "LIMIT", value: 1, folderId: folders.orders },
      { name: "REGION", value: "emea", folderId: folders.sales },
    ]);
    expect(await secretsOfWorkflow({ scope }, { workflowId: flows.orders })).toEqual([{ name: "TOKEN", description: "", folderId: folders.orders }]);
    expect(await secretsOfWorkflow({ scope }, { workflowId: flows.sales })).toMatchObject([{ folderId: null }]);
  });

  it("say what they stand before, and where another stands before them", async () => {
    const variables = await listVariables({ scope });
    expect(variables.map(({ name, folderId, overrides, overriddenIn }) => [name, folderId, overrides, overriddenIn])).toEqual([
      ["LIMIT", folders.orders, undefined, []],
      ["REGION", null, undefined, [folders.sales]],
      ["REGION", folders.sales, null, []],
    ]);
  });

  it("know who uses them: workflows where they are the nearest, triggers, and the last run", async () => {
    const { id: triggerId } = await createTrigger({ scope }, { workflowId: flows.orders, kind: "webhook", name: "Hook", settings: {}, nodeId: null, versionNumber: null, config: { auth: { type: "bearer", secret: "TOKEN" } } } as never);
    const [nearest, top] = (await listSecrets({ scope })).sort((one, two) => Number(one.folderId === null) - Number(two.folderId === null));
    expect(nearest).toMatchObject({ folderId: folders.orders, overrides: null, useCount: 2, usedBy: [{ id: flows.orders }] });
    expect(top).toMatchObject({ folderId: null, usedBy: [{ id: flows.sales }, { id: flows.top }] });
    const { uses, last } = await viewSecretUses({ scope }, { secretId: nearest!.id });
    expect(uses).toMatchObject([{ kind: "workflow", id: flows.orders, inDraft: true, publishedVersion: 1 }, { kind: "trigger", id: triggerId, name: "Hook", workflowId: flows.orders }]);
    expect(last).toMatchObject([{ workflow: { id: flows.orders } }]);
    expect(last[0]?.runId).not.toBeNull();
    expect(await readTriggerSecret({ id: triggerId, workspaceId: scope.workspaceId, name: "Hook" }, "TOKEN")).toBe("of-orders");
    const region = (await listVariables({ scope })).find(({ name, folderId }) => name === "REGION" && folderId === folders.sales)!;
    const ofRegion = await viewVariableUses({ scope }, { variableId: region.id });
    expect(ofRegion.uses.map(({ id }) => id).sort()).toEqual([flows.sales, flows.orders].sort());
    expect(ofRegion.last).toMatchObject([{ workflow: { id: flows.orders } }]);
  });

  it("are set by whoever has the folder, who sees none of the workspace's", async () => {
    const { id } = await makePerson(scope.organizationId);
    await grantPart(scope, id, "builder", { folderId: folders.orders });
    const theirs = (await openUserScope(id, { id: scope.workspaceId })).for("secret:write");
    expect((await listSecrets({ scope: theirs })).map(({ name, folderId }) => [name, folderId])).toEqual([["TOKEN", folders.orders]]);
    expect((await listVariables({ scope: theirs })).map(({ name }) => name)).toEqual(["LIMIT"]);
    await putSecret({ scope: theirs }, { name: "OWN", value: "x", folderId: folders.orders });
    await expect(putSecret({ scope: theirs }, { name: "OWN", value: "x" })).rejects.toMatchObject({ kind: "invalid_input", data: { field: "folderId" } });
    await expect(putSecret({ scope: theirs }, { name: "OWN", value: "x", folderId: folders.sales })).rejects.toMatchObject({ kind: "not_found" });
    await expect(deleteSecret({ scope: theirs }, { name: "TOKEN" })).rejects.toMatchObject({ kind: "not_found" });
    await expect(deleteVariable({ scope: theirs }, { name: "REGION", folderId: folders.sales })).rejects.toMatchObject({ kind: "not_found" });
  });

  it("go out of sight with their folder, and come back with it", async () => {
    const deleted = await organizing.deleteFolder({ scope }, { folderId: folders.orders });
    const runId = await runOf(flows.orders);
    const { values } = await resolveSecrets({ workspaceId: scope.workspaceId, runId }, ["TOKEN"]);
    expect([await readVariables(scope.workspaceId, runId), values.get("TOKEN")]).toEqual([{ REGION: "emea" }, "of-workspace"]);
    expect((await listVariables({ scope })).map(({ name }) => name)).toEqual(["REGION", "REGION"]);
    await organizing.restoreFolder({ scope }, deleted);
    expect(await readVariables(scope.workspaceId, runId)).toEqual({ REGION: "emea", LIMIT: 1 });
  });

  it("have one of a name in each place", async () => {
    const { id: folderId } = await organizing.createFolder({ scope }, { name: "Once", parentId: null });
    await Promise.all([1, 2, 3].map((value) => setVariable({ scope }, { name: "ONE", value, folderId })));
    expect(await rawDb().variable.count({ where: { name: "ONE", workspaceId: scope.workspaceId } })).toBe(1);
  });
});
