import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openOrganizationScope, type OrganizationScope } from "@/server/auth/organization-scope";
import { openUserScope, type Scope } from "@/server/auth/scope";
import * as access from "@/server/access/service";
import { closeConnections, rawDb } from "@/server/db/client";
import { makePerson, makeScope, makeWorkspace } from "@/server/testing/factories";
import * as workflows from "@/server/workflows/service";
import * as service from "./service";

let owner: OrganizationScope;
let admin: OrganizationScope;
let member: { id: string };

beforeAll(async () => {
  const { organizationId } = await makeWorkspace();
  const open = async (role: "owner" | "admin") => openOrganizationScope((await makePerson(organizationId, role)).id, { id: organizationId });
  [owner, admin] = [await open("owner"), await open("admin")];
  member = await makePerson(organizationId);
});
afterAll(closeConnections);

describe("an organization", () => {
  it("is unknown to others, and its member may look only", async () => {
    const { id } = await makePerson((await makeWorkspace()).organizationId, "owner");
    await expect(openOrganizationScope(id, { id: owner.organizationId })).rejects.toMatchObject({ kind: "not_found" });
    const scope = await openOrganizationScope(member.id, { id: owner.organizationId });
    expect([...scope.permissions]).toEqual(["organization:read"]);
    expect(await service.listPeople({ organization: scope })).toHaveLength(3);
  });

  it("keeps its owners to its owners, and one of them always", async () => {
    await expect(service.setPersonRole({ organization: admin }, { userId: member.id, role: "owner" })).rejects.toMatchObject({ kind: "forbidden" });
    await expect(service.removePerson({ organization: admin }, { userId: owner.userId! })).rejects.toMatchObject({ kind: "forbidden" });
    await expect(service.setPersonRole({ organization: owner }, { userId: owner.userId!, role: "member" })).rejects.toMatchObject({ kind: "last_owner" });
    await expect(service.removePerson({ organization: owner }, { userId: owner.userId! })).rejects.toMatchObject({ kind: "last_owner" });
  });

  it("renames, archives, deletes and restores its workspaces, and sees into none", async () => {
    const { id: workspaceId, slug } = await service.createWorkspace({ organization: admin }, { name: "Sales & more" });
    expect(slug).toBe("sales-more");
    expect((await openUserScope(admin.userId!, { id: workspaceId })).role).toBe("owner");
    await service.renameWorkspace({ organization: admin }, { workspaceId, name: "Sales" });
    await service.changeWorkspace({ organization: admin }, { workspaceId, action: "delete" });
    await expect(openUserScope(admin.userId!, { id: workspaceId })).rejects.toMatchObject({ kind: "not_found" });
    await expect(service.changeWorkspace({ organization: admin }, { workspaceId, action: "archive" })).rejects.toMatchObject({ kind: "invalid_input" });
    await service.changeWorkspace({ organization: admin }, { workspaceId, action: "restore" });
    expect((await openUserScope(admin.userId!, { id: workspaceId })).workspace.name).toBe("Sales");
    await expect(admin.db.workflow.findMany()).rejects.toThrow(/not possible within the scope of an organization/);
    expect(await admin.db.$queryRaw`select 1 from workflow`).toEqual([]);
    const other = await makeScope("owner");
    await expect(service.renameWorkspace({ organization: admin }, { workspaceId: other.workspaceId, name: "Mine" })).rejects.toMatchObject({ kind: "not_found" });
  });

  it("purges a workspace once its time is over, whatever is in it", async () => {
    const scope = await makeScope("owner");
    const { id: workflowId } = await workflows.createWorkflow({ scope }, { name: "Old", description: "" });
    await workflows.publish({ scope }, { workflowId, note: "" });
    const kept = await makeScope("owner");
    await rawDb().workspace.update({ where: { id: kept.workspaceId }, data: { deletedAt: new Date() } });
    await rawDb().workspace.update({ where: { id: scope.workspaceId }, data: { deletedAt: new Date(Date.now() - 31 * 86_400_000) } });
    expect(await service.purgeWorkspaces()).toBe(1);
    expect(await rawDb().workspace.count({ where: { id: scope.workspaceId } })).toBe(0);
    expect(await rawDb().workflow.count({ where: { workspaceId: scope.workspaceId } })).toBe(0);
    expect(await rawDb().workspace.count({ where: { id: kept.workspaceId } })).toBe(1);
    expect(await rawDb().auditEvent.count({ where: { action: "workspace.purged", resourceId: scope.workspaceId } })).toBe(1);
  });
});

describe("roles and grants", () => {
  let scope: Scope;
  beforeAll(async () => {
    scope = await makeScope("admin");
  });

  it("are given and taken up to what the giver has", async () => {
    const { id: userId } = await makePerson(scope.organizationId);
    await expect(access.setRoles({ scope }, { userId, roles: ["owner"] })).rejects.toMatchObject({ kind: "forbidden" });
    await access.setRoles({ scope }, { userId, roles: ["viewer", "operator"] });
    expect((await access.listMembers({ scope })).people.find((person) => person.userId === userId)?.roles.map(({ label }) => label).sort()).toEqual(["operator", "viewer"]);
    await access.setRoles({ scope }, { userId, roles: [] });
    await expect(openUserScope(userId, { id: scope.workspaceId })).rejects.toMatchObject({ kind: "not_found" });
    const boss = await makeScope("owner", scope.workspaceId);
    await expect(access.setRoles({ scope }, { userId: boss.userId!, roles: [] })).rejects.toMatchObject({ kind: "forbidden" });
    const stranger = await makeScope();
    await expect(access.setRoles({ scope }, { userId: stranger.userId!, roles: ["viewer"] })).rejects.toMatchObject({ kind: "not_found" });
  });

  it("explain themselves", async () => {
    const person = await makePerson(scope.organizationId);
    const boss = await openOrganizationScope((await makePerson(scope.organizationId, "owner")).id, { id: scope.organizationId });
    const { id: groupId } = await service.createGroup({ organization: boss }, { name: "Team", description: "" });
    await service.setGroupMembers({ organization: boss }, { groupId, add: [person.id], remove: [] });
    const { id: roleId } = await service.createRole({ organization: boss }, { name: "Starter", description: "", permissions: ["run:start", "secret:list"] });
    await access.setGroupRoles({ scope }, { groupId, roles: ["viewer"] });
    const { id: workflowId } = await workflows.createWorkflow({ scope }, { name: "W", description: "" });
    const { id: grantId } = await access.grant({ scope }, { place: { workflowId }, who: { userId: person.id }, role: roleId });
    const why = (permission: string, place?: { workflowId: string }) => access.explain({ scope }, { userId: person.id, permission, place });
    expect(await why("run:start")).toMatchObject({ allowed: false, reasons: [{ role: "viewer", via: { kind: "group", name: "Team" }, allows: false }] });
    expect(await why("run:start", { workflowId })).toMatchObject({ allowed: true, reasons: expect.arrayContaining([expect.objectContaining({ role: "Starter", allows: true, where: { kind: "workflow", name: "W" } })]) as unknown });
    expect(await why("secret:list", { workflowId })).toMatchObject({ allowed: false });
    await expect(service.removeRole({ organization: boss }, { roleId })).rejects.toMatchObject({ kind: "in_use" });
    await access.revoke({ scope }, { grantId });
    expect(await why("run:start", { workflowId })).toMatchObject({ allowed: false });
    await service.removeRole({ organization: boss }, { roleId });
    expect(await scope.db.auditEvent.count({ where: { action: { startsWith: "access." } } })).toBe(2);
  });
});
