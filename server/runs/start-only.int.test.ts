import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { issueRunToken } from "@/server/auth/acting/run-token";
import { readIdentity } from "@/server/auth/acting/run-identity";
import { openTokenScope, openUserScope, type Scope } from "@/server/auth/scope";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import * as organizing from "@/server/organizing/service";
import { createServiceAccount } from "@/server/programs/service";
import { grantPart, makePerson, makeScope } from "@/server/testing/factories";
import * as workflows from "@/server/workflows/service";
import * as service from "./service";

let admin: Scope;
let starter: Scope;
let open: string;
let closed: string;

const define = (settings: object) => ({ schema: 1, input: { type: "object", properties: { n: { type: "number" } } }, nodes: [{ id: "start", kind: "trigger.manual" }], edges: [], settings });

async function publish(name: string, settings: object): Promise<string> {
  const { id: workflowId } = await workflows.createWorkflow({ scope: admin }, { name, description: "What it is for", definition: define(settings) });
  await workflows.publish({ scope: admin }, { workflowId, note: "" });
  return workflowId;
}

beforeAll(async () => {
  admin = await makeScope("admin");
  const { organizationId, workspaceId } = admin;
  const { id } = await makePerson(organizationId);
  const customRoleId = newId();
  await rawDb().customRole.create({ data: { id: customRoleId, organizationId, name: "Starter", permissions: ["run:start"] } });
  await rawDb().membership.create({ data: { id: newId(), organizationId, workspaceId, userId: id, role: "custom", customRoleId } });
  starter = await openUserScope(id, { id: workspaceId });
  open = await publish("Open", { startWithoutReading: true });
  closed = await publish("Closed", {});
});
afterAll(closeConnections);

const start = (scope: Scope, workflowId: string, more: object = {}) => service.startRun({ scope: scope.for("run:start") }, { workflowId, mode: "production", input: {}, ...more });

describe("whoever may start and not read", () => {
  it("starts what says so, and nothing else", async () => {
    expect((await service.listStartable({ scope: starter }, { search: "", limit: 50 })).items).toMatchObject([{ workflowId: open, name: "Open", description: "What it is for", input: { properties: { n: { type: "number" } } } }]);
    await expect(start(starter, open)).resolves.toMatchObject({ mode: "production" });
    await expect(start(starter, closed)).rejects.toMatchObject({ kind: "forbidden", data: { permission: "workflow:read" } });
    await expect(start(starter, open, { mode: "test" })).rejects.toMatchObject({ kind: "forbidden" });
    await expect(start(starter, open, { versionId: newId() })).rejects.toMatchObject({ kind: "forbidden" });
    const { runId } = await start(admin, closed, { idempotencyKey: "a" });
    // A guessed key tells them nothing.
    await expect(start(starter, closed, { idempotencyKey: "a" })).rejects.toMatchObject({ kind: "forbidden" });
    expect(await start(admin, closed, { idempotencyKey: "a" })).toEqual({ runId, mode: "production" });
  });

  it("sees of their own runs how they end, and nothing of others'", async () => {
    const { runId } = await start(starter, open);
    const { runId: other } = await start(admin, open);
    const { items } = await service.listOwnRuns({ scope: starter }, { limit: 50 });
    expect(items[0]).toEqual({ id: runId, workflow: "Open", status: "queued", createdAt: expect.any(String) as string, finishedAt: null });
    expect(items.map(({ id }) => id)).not.toContain(other);
    expect(await service.getOwnResult({ scope: starter }, { runId })).toMatchObject({ id: runId, output: null, error: null });
    await expect(service.getOwnResult({ scope: starter }, { runId: other })).rejects.toMatchObject({ kind: "not_found" });
    await expect(service.rerun({ scope: starter.for("run:start") }, { runId: other })).rejects.toMatchObject({ data: { permission: "run:read" } });
  });

  it("attack: sees nothing of the runs that steps or triggers start in their name", async () => {
    const account = await createServiceAccount({ scope: admin }, { name: `Robot ${newId()}`, description: "", role: { kind: "role", role: "builder" } });
    const { runId } = await start(starter, await publish("Request access", { startWithoutReading: true, runAs: account.name }));
    const { workspaceId } = admin;
    const step = { workspaceId, runId, path: "call", attempt: 1 };
    await rawDb().stepRun.create({ data: { ...step, nodeId: "call", kind: "http", status: "running", startedAt: new Date() } });
    const { identity } = await rawDb().run.findUniqueOrThrow({ where: { id: runId } });
    const issued = await issueRunToken({ ...step, scopes: ["run:start", "workflow:read"], seconds: 60 }, readIdentity(JSON.stringify(identity)));
    if (!("token" in issued)) throw new Error(issued.unknownScope);
    const ofStep = await openTokenScope(issued.token);
    const { runId: payroll } = await start(ofStep, closed, { idempotencyKey: "payroll" });
    expect(await start(ofStep, closed, { idempotencyKey: "payroll" })).toMatchObject({ runId: payroll });
    expect(await rawDb().run.findUniqueOrThrow({ where: { id: payroll } })).toMatchObject({ startedById: account.id, startedForId: starter.userId });
    const { runId: looked } = await start(admin, closed);
    await rawDb().run.update({ where: { id: looked }, data: { startedById: starter.userId, triggerId: newId(), triggerKind: "poll" } });
    const ids = (await service.listOwnRuns({ scope: starter }, { limit: 50 })).items.map(({ id }) => id);
    expect(ids).toContain(runId);
    for (const other of [payroll, looked]) {
      expect(ids).not.toContain(other);
      await expect(service.getOwnResult({ scope: starter }, { runId: other })).rejects.toMatchObject({ kind: "not_found" });
    }
  });

  it("may read elsewhere", async () => {
    const { id: folderId } = await organizing.createFolder({ scope: admin }, { name: "Readable", parentId: null });
    await organizing.moveItems({ scope: admin }, { itemType: "workflow", itemIds: [closed], folderId });
    await grantPart(admin, starter.userId!, "viewer", { folderId });
    const scope = await openUserScope(starter.userId!, { id: admin.workspaceId });
    await expect(start(scope, closed)).resolves.toBeDefined();
    await expect(start(scope, await publish("Other", {}))).rejects.toMatchObject({ kind: "forbidden" });
  });
});
