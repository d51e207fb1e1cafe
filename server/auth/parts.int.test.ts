import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listInbox, tellPeople } from "@/server/alerts/service";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { clientOf, insertRun } from "@/server/queue/dispatch";
import * as organizing from "@/server/organizing/service";
import * as workflows from "@/server/workflows/service";
import { grantPart, makePerson, makeScope, makeWorkspace } from "@/server/testing/factories";
import { openUserScope, type Scope } from "./scope";

let admin: Scope;
let inside: string;
let deeper: string;
let outside: string;
let folder: string;

beforeAll(async () => {
  admin = await makeScope("admin");
  const scope = { scope: admin };
  const { id: folderId } = await organizing.createFolder(scope, { name: "Ours", parentId: null });
  const { id: childId } = await organizing.createFolder(scope, { name: "Deeper", parentId: folderId });
  [inside, deeper, outside] = (await Promise.all(["In", "Deep", "Out"].map((name) => workflows.createWorkflow(scope, { name, description: "" })))).map(({ id }) => id) as [string, string, string];
  await organizing.moveItems(scope, { itemType: "workflow", itemIds: [inside], folderId });
  await organizing.moveItems(scope, { itemType: "workflow", itemIds: [deeper], folderId: childId });
  for (const workflowId of [inside, deeper, outside]) {
    const { id: versionId } = await workflows.publish(scope, { workflowId, note: "" });
    const runId = newId();
    const run = { id: runId, workspaceId: admin.workspaceId, workflowId, versionId, mode: "production" as const, pool: "default", priority: 0, input: "{}", trigger: null, triggerKind: "manual", parent: null, rootRunId: runId, depth: 0, labels: {}, options: {} };
    await admin.db.transaction((tx) => insertRun(tx, run));
    await admin.db.stepRun.create({ data: { runId, path: "start", workspaceId: admin.workspaceId, nodeId: "start", kind: "trigger.manual", status: "running", startedAt: new Date() } });
  }
  folder = folderId;
});
afterAll(closeConnections);

async function scopeOf(userId: string): Promise<Scope> {
  return openUserScope(userId, { id: admin.workspaceId });
}

describe("access to a part of a workspace", () => {
  it("shows a folder with all below it, and nothing else", async () => {
    const { id } = await makePerson(admin.organizationId);
    await expect(scopeOf(id)).rejects.toMatchObject({ kind: "not_found" });
    await grantPart(admin, id, "viewer", { folderId: folder });
    const scope = (await scopeOf(id)).for("run:read");
    expect(new Set((await scope.db.workflow.findMany()).map((row) => row.id))).toEqual(new Set([inside, deeper]));
    expect(new Set((await scope.db.run.findMany()).map((row) => row.workflowId))).toEqual(new Set([inside, deeper]));
    expect(await scope.db.stepRun.count()).toBe(2);
    expect((await scope.db.folder.findMany()).map(({ name }) => name).sort()).toEqual(["Deeper", "Ours"]);
    expect(await scope.db.$queryRaw<unknown[]>`select 1 from workflow_version`).toHaveLength(2);
    expect(await scope.db.workflow.findFirst({ where: { id: outside } })).toBeNull();
    expect(await scope.db.workflow.updateMany({ where: { id: outside }, data: { name: "Mine" } })).toEqual({ count: 0 });
    expect(() => scope.for("settings:read")).toThrow(/settings:read/);
    await expect((async () => scope.for("workflow:write"))()).rejects.toMatchObject({ kind: "forbidden" });
  });

  it("is of one thing, if that is all that was granted", async () => {
    const { id } = await makePerson(admin.organizationId);
    await grantPart(admin, id, "builder", { workflowId: outside });
    const scope = (await scopeOf(id)).for("workflow:write");
    expect((await scope.db.workflow.findMany()).map((row) => row.id)).toEqual([outside]);
    expect(await scope.db.folder.count()).toBe(0);
    expect(scope.can("workflow:publish")).toBe(true);
    expect(scope.can("secret:write")).toBe(true);
    expect(scope.can("settings:read")).toBe(false);
  });

  it("adds to what somebody may do everywhere, for what needs it", async () => {
    const viewer = await makeScope("viewer", admin.workspaceId);
    await grantPart(admin, viewer.userId!, "operator", { folderId: folder });
    const scope = await scopeOf(viewer.userId!);
    expect(await scope.for("run:read").db.run.count()).toBe(3);
    expect(await scope.for("run:cancel").db.run.count()).toBe(2);
    expect(scope.permissionsSomewhere.has("run:cancel")).toBe(true);
  });

  it("shows of what is told and counted in the workspace what was told to oneself", async () => {
    const { id } = await makePerson(admin.organizationId);
    await grantPart(admin, id, "builder", { folderId: folder });
    const scope = (await scopeOf(id)).for("workflow:write");
    const told = { workspaceId: admin.workspaceId, event: "review.requested", title: "Look", text: "", path: "/reviews" };
    await scope.db.transaction(async (tx) => {
      await tellPeople(clientOf(tx), { ...told, key: `to others ${id}`, people: [{ id: admin.userId!, roles: ["admin"] }] });
      await tellPeople(clientOf(tx), { ...told, key: `to me ${id}`, people: [{ id, roles: ["builder"] }] });
    });
    expect(await rawDb().inboxItem.count({ where: { userId: admin.userId!, notification: { key: `to others ${id}` } } })).toBe(1);
    expect((await scope.db.notification.findMany()).map(({ key }) => key)).toEqual([`to me ${id}`]);
    expect(await listInbox({ scope: (await scopeOf(id)).for("run:read") }, { limit: 10, unread: true })).toMatchObject({ items: [{ title: "Look" }] });
    await rawDb().usageMonth.create({ data: { workspaceId: admin.workspaceId, month: new Date("2026-11-01") } });
    expect([await admin.db.usageMonth.count(), await scope.db.usageMonth.count()]).toEqual([1, 0]);
  });

  it("comes by a group, and goes with it", async () => {
    const { id } = await makePerson(admin.organizationId);
    const { organizationId, workspaceId } = admin;
    const groupId = newId();
    await rawDb().personGroup.create({ data: { id: groupId, organizationId, name: "Team" } });
    await rawDb().groupMember.create({ data: { groupId, userId: id, organizationId } });
    await rawDb().accessGrant.create({ data: { id: newId(), organizationId, workspaceId, groupId, role: "viewer" } });
    await rawDb().accessGrant.create({ data: { id: newId(), organizationId, workspaceId, groupId, role: "builder", folderId: folder } });
    const scope = await scopeOf(id);
    expect(await scope.for("workflow:read").db.workflow.count()).toBe(3);
    expect(await scope.for("workflow:write").db.workflow.count()).toBe(2);
    await rawDb().groupMember.deleteMany({ where: { groupId } });
    await expect(scopeOf(id)).rejects.toMatchObject({ kind: "not_found" });
  });

  it("is what a custom role says", async () => {
    const { id } = await makePerson(admin.organizationId);
    const { organizationId, workspaceId } = admin;
    const customRoleId = newId();
    await rawDb().customRole.create({ data: { id: customRoleId, organizationId, name: "Auditor", permissions: ["run:read", "audit:read", "no:such"] } });
    await rawDb().membership.create({ data: { id: newId(), organizationId, workspaceId, userId: id, role: "custom", customRoleId } });
    expect([...(await scopeOf(id)).permissions].sort()).toEqual(["audit:read", "run:read"]);
    await rawDb().customRole.update({ where: { id: customRoleId }, data: { permissions: ["run:read"] } });
    expect([...(await scopeOf(id)).permissions]).toEqual(["run:read"]);
  });

  it("is whole for the organization's owners and admins", async () => {
    const { id } = await makePerson(admin.organizationId, "admin");
    const scope = await scopeOf(id);
    expect([scope.role, scope.can("settings:write"), scope.can("workspace:delete")]).toEqual(["admin", true, false]);
  });

  it("only reads once the workspace is archived", async () => {
    const archived = await makeScope("owner");
    await rawDb().workspace.update({ where: { id: archived.workspaceId }, data: { archivedAt: new Date() } });
    const scope = await openUserScope(archived.userId!, { id: archived.workspaceId });
    expect([scope.can("run:read"), scope.can("run:start"), scope.can("workspace:delete")]).toEqual([true, false, true]);
  });
});

describe("the last owner of an organization", () => {
  it("is neither removed, demoted nor disabled", async () => {
    const { organizationId } = await makeWorkspace();
    const { id: userId } = await makePerson(organizationId, "owner");
    const where = { organizationId_userId: { organizationId, userId } };
    await expect(rawDb().organizationMember.update({ where, data: { role: "admin" } })).rejects.toThrow(/at least one owner/);
    await expect(rawDb().organizationMember.delete({ where })).rejects.toThrow(/at least one owner/);
    await expect(rawDb().user.update({ where: { id: userId }, data: { disabledAt: new Date() } })).rejects.toThrow(/at least one owner/);
    await expect(rawDb().user.delete({ where: { id: userId } })).rejects.toThrow(/at least one owner/);
    expect(await rawDb().organizationMember.count({ where: { organizationId, role: "owner" } })).toBe(1);
  });

  it("is still there after two owners demoted each other at the same time", async () => {
    const { organizationId } = await makeWorkspace();
    const people = await Promise.all([makePerson(organizationId, "owner"), makePerson(organizationId, "owner")]);
    const demotions = people.map(({ id: userId }) => rawDb().organizationMember.update({ where: { organizationId_userId: { organizationId, userId } }, data: { role: "member" } }));
    const outcomes = await Promise.allSettled(demotions);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await rawDb().organizationMember.count({ where: { organizationId, role: "owner" } })).toBe(1);
  });

  it("goes with the organization", async () => {
    const { organizationId, id } = await makeWorkspace();
    await makePerson(organizationId, "owner");
    await rawDb().workspace.delete({ where: { id } });
    await rawDb().organization.delete({ where: { id: organizationId } });
    expect(await rawDb().organizationMember.count({ where: { organizationId } })).toBe(0);
  });
});
