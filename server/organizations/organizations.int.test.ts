import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openOrganizationScope, type OrganizationScope } from "@/server/auth/organization-scope";
import { openTokenScope, openUserScope, type Scope } from "@/server/auth/scope";
import { createSession, findSession } from "@/server/auth/session";
import type { Permission } from "@/server/auth/permissions";
import * as access from "@/server/access/service";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { createIssuer, createServiceAccount, removeIssuer, removeServiceAccount } from "@/server/programs/service";
import { makeMember, makePerson, makeScope, makeWorkspace } from "@/server/testing/factories";
import { createToken } from "@/server/tokens/service";
import { makeOwned, makeOwner } from "@/server/trpc/testing/walk";
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
    expect((await service.listPeople({ organization: scope }, { search: "", limit: 50 })).items).toHaveLength(3);
  });

  it("keeps its owners to its owners, and one of them always", async () => {
    await expect(service.setPersonRole({ organization: admin }, { userId: member.id, role: "owner" })).rejects.toMatchObject({ kind: "forbidden" });
    await expect(service.removePerson({ organization: admin }, { userId: owner.userId! })).rejects.toMatchObject({ kind: "forbidden" });
    await expect(service.setPersonRole({ organization: owner }, { userId: owner.userId!, role: "member" })).rejects.toMatchObject({ kind: "last_owner" });
    await expect(service.removePerson({ organization: owner }, { userId: owner.userId! })).rejects.toMatchObject({ kind: "last_owner" });
  });

  it("ends the tokens of whoever is taken out, also for when they come again", async () => {
    const elsewhere = await makeScope("builder");
    const scope = await makeOwner();
    const { id: userId } = await makeMember(scope.workspaceId, "builder");
    await rawDb().organizationMember.create({ data: { organizationId: elsewhere.organizationId, userId } });
    await rawDb().membership.create({ data: { id: newId(), organizationId: elsewhere.organizationId, workspaceId: elsewhere.workspaceId, userId, role: "builder" } });
    const tokenIn = async ({ workspaceId }: { workspaceId: string }) => (await createToken({ scope: await openUserScope(userId, { id: workspaceId }) }, { name: "CI", scopes: ["run:read"], expiresInDays: 1 })).token;
    const [here, there] = [await tokenIn(scope), await tokenIn(elsewhere)];
    await service.removePerson({ organization: await openOrganizationScope(scope.userId!, { id: scope.organizationId }) }, { userId });
    await rawDb().organizationMember.create({ data: { organizationId: scope.organizationId, userId } });
    await rawDb().membership.create({ data: { id: newId(), organizationId: scope.organizationId, workspaceId: scope.workspaceId, userId, role: "builder" } });
    await expect(openTokenScope(here)).rejects.toMatchObject({ kind: "unauthenticated" });
    expect((await openTokenScope(there)).can("run:read")).toBe(true);
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

describe("the end of an organization", () => {
  const origin = { ip: "10.0.0.1", userAgent: null, requestId: null };
  const contextOf = async (userId: string) => ({ session: (await findSession(await createSession(userId)))!, origin });

  it("archived: everything in it can be seen, and nothing changed, by people or by tokens", async () => {
    const scope = await makeOwner();
    const context = await contextOf(scope.userId!);
    const account = await createServiceAccount({ scope }, { name: "CI", description: "", role: { kind: "role", role: "operator" } });
    const { token } = await createToken({ scope }, { name: "CI", scopes: ["run:start", "run:read"], expiresInDays: 1, serviceAccountId: account.id });
    const { organizationId } = scope;
    await service.changeOrganization(context, { organizationId, action: "archive" });
    const archived = await openUserScope(scope.userId!, { id: scope.workspaceId });
    expect([archived.can("workflow:read"), archived.can("workflow:write")]).toEqual([true, false]);
    const program = await openTokenScope(token);
    expect([program.can("run:read"), program.can("run:start")]).toEqual([true, false]);
    const organization = await openOrganizationScope(scope.userId!, { id: organizationId });
    expect([organization.can("person:write"), organization.can("workspace:create"), organization.can("organization:delete")]).toEqual([true, false, true]);
    await service.changeOrganization(context, { organizationId, action: "unarchive" });
    expect((await openUserScope(scope.userId!, { id: scope.workspaceId })).can("workflow:write")).toBe(true);
  });

  it("deleted by an owner who types its name: nobody knows it, until an owner restores it", async () => {
    const scope = await makeOwner();
    const { organizationId } = scope;
    const { name } = await rawDb().organization.findUniqueOrThrow({ where: { id: organizationId } });
    const mine = await contextOf(scope.userId!);
    const theirs = await contextOf((await makePerson(organizationId, "admin")).id);
    await expect(service.changeOrganization(theirs, { organizationId, action: "delete", name })).rejects.toMatchObject({ kind: "forbidden" });
    for (const typed of [undefined, "", `${name}x`]) await expect(service.changeOrganization(mine, { organizationId, action: "delete", name: typed })).rejects.toMatchObject({ data: { field: "name" } });
    await service.changeOrganization(mine, { organizationId, action: "delete", name });
    await expect(openUserScope(scope.userId!, { id: scope.workspaceId })).rejects.toMatchObject({ kind: "not_found" });
    await expect(service.changeOrganization(mine, { organizationId, action: "archive" })).rejects.toMatchObject({ kind: "not_found" });
    expect(await service.listOwnOrganizations(mine)).toMatchObject([{ id: organizationId, permissions: [], deletedAt: expect.any(String), purgeAt: expect.any(String) }]);
    expect(await service.listOwnOrganizations(theirs)).toEqual([]);
    await expect(service.changeOrganization(theirs, { organizationId, action: "restore" })).rejects.toMatchObject({ kind: "forbidden" });
    await service.changeOrganization(mine, { organizationId, action: "restore" });
    expect((await openUserScope(scope.userId!, { id: scope.workspaceId })).role).toBe("owner");
    await expect(service.changeOrganization(mine, { organizationId, action: "restore" })).rejects.toMatchObject({ kind: "not_found" });
  });

  it("is purged once its time is over, whatever is in it; its audit events stay", async () => {
    const scope = await makeOwner();
    await makeOwned(scope);
    const { organizationId } = scope;
    await rawDb().organization.update({ where: { id: organizationId }, data: { deletedAt: new Date(Date.now() - 31 * 86_400_000) } });
    expect(await service.purgeOrganizations()).toBe(1);
    expect(await rawDb().organization.count({ where: { id: organizationId } })).toBe(0);
    expect(await rawDb().workspace.count({ where: { organizationId } })).toBe(0);
    expect((await rawDb().auditEvent.findMany({ where: { organizationId, action: { in: ["workspace.purged", "organization.purged", "workflow.created"] } } })).map(({ action }) => action)).toEqual(expect.arrayContaining(["workspace.purged", "organization.purged", "workflow.created"]));
    expect(await rawDb().user.count({ where: { id: scope.userId! } })).toBe(1);
  });

  it("a workspace is archived and deleted by its own owner, and by nobody below", async () => {
    const scope = await makeScope("owner");
    const builder = await makeScope("admin", scope.workspaceId);
    expect([scope.can("workspace:delete"), builder.can("workspace:delete")]).toEqual([true, false]);
    await service.changeThisWorkspace({ scope }, { action: "archive" });
    const archived = await openUserScope(scope.userId!, { id: scope.workspaceId });
    expect(archived.can("workspace:delete")).toBe(true);
    await expect(service.changeThisWorkspace({ scope: archived }, { action: "delete", name: "something else" })).rejects.toMatchObject({ data: { field: "name" } });
    await service.changeThisWorkspace({ scope: archived }, { action: "delete", name: scope.workspace.name });
    await expect(openUserScope(scope.userId!, { id: scope.workspaceId })).rejects.toMatchObject({ kind: "not_found" });
    expect(await rawDb().auditEvent.findFirst({ where: { action: "workspace.deleted", resourceId: scope.workspaceId } })).toMatchObject({ actorId: scope.userId });
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
    expect((await access.listMembers({ scope }, { search: "", limit: 50 })).items.find((person) => person.userId === userId)?.roles.map(({ label }) => label).sort()).toEqual(["operator", "viewer"]);
    await access.setRoles({ scope }, { userId, roles: [] });
    await expect(openUserScope(userId, { id: scope.workspaceId })).rejects.toMatchObject({ kind: "not_found" });
    const boss = await makeScope("owner", scope.workspaceId);
    await expect(access.setRoles({ scope }, { userId: boss.userId!, roles: [] })).rejects.toMatchObject({ kind: "forbidden" });
    const stranger = await makeScope();
    await expect(access.setRoles({ scope }, { userId: stranger.userId!, roles: ["viewer"] })).rejects.toMatchObject({ kind: "not_found" });
  });

  it("of the organization's own stay as long as a program has them, and have no name of a built-in one", async () => {
    const boss = await openOrganizationScope((await makePerson(scope.organizationId, "owner")).id, { id: scope.organizationId });
    const fields = { description: "", permissions: ["run:read"] };
    await expect(service.createRole({ organization: boss }, { ...fields, name: "Admin" })).rejects.toMatchObject({ kind: "name_taken" });
    await expect(service.createRole({ organization: boss }, { ...fields, name: "member" })).rejects.toMatchObject({ kind: "name_taken" });
    const { id: roleId } = await service.createRole({ organization: boss }, { ...fields, name: "Readers" });
    await expect(service.updateRole({ organization: boss }, { ...fields, roleId, name: "OWNER" })).rejects.toMatchObject({ kind: "name_taken" });
    const account = await createServiceAccount({ scope }, { name: "Reader", description: "", role: { kind: "custom", customRoleId: roleId } });
    const issuer = await createIssuer({ scope }, { name: "Readers", issuer: "https://readers.example.com", audience: "a", keysUrl: null, claim: "roles", roles: [{ value: "r", role: roleId }] });
    const uses = async () => (await service.listRoles({ organization: boss })).find(({ id }) => id === roleId)?.uses;
    expect(await uses()).toBe(2);
    await expect(service.removeRole({ organization: boss }, { roleId })).rejects.toMatchObject({ kind: "in_use", data: { usedBy: ["1 service account", "1 trusted issuer"] } });
    await removeServiceAccount({ scope }, { serviceAccountId: account.id });
    await expect(service.removeRole({ organization: boss }, { roleId })).rejects.toMatchObject({ kind: "in_use", data: { usedBy: ["1 trusted issuer"] } });
    await removeIssuer({ scope }, { issuerId: issuer.id });
    await service.removeRole({ organization: boss }, { roleId });
  });

  it("explain themselves", async () => {
    const person = await makePerson(scope.organizationId);
    const boss = await openOrganizationScope((await makePerson(scope.organizationId, "owner")).id, { id: scope.organizationId });
    const { id: groupId } = await service.createGroup({ organization: boss }, { name: "Team", description: "" });
    await service.setGroupMembers({ organization: boss }, { groupId, add: [person.id], remove: [] });
    const { id: roleId } = await service.createRole({ organization: boss }, { name: "Starter", description: "", permissions: ["run:start", "token:read"] });
    await access.setGroupRoles({ scope }, { groupId, roles: ["viewer"] });
    const { id: workflowId } = await workflows.createWorkflow({ scope }, { name: "W", description: "" });
    const { id: grantId } = await access.grant({ scope }, { place: { workflowId }, who: { userId: person.id }, role: roleId });
    const why = (permission: Permission, place?: { workflowId: string }) => access.explain({ scope }, { userId: person.id, permission, place });
    expect(await why("run:start")).toMatchObject({ allowed: false, reasons: [{ role: "viewer", via: { kind: "group", name: "Team" }, allows: false }] });
    expect(await why("run:start", { workflowId })).toMatchObject({ allowed: true, reasons: expect.arrayContaining([expect.objectContaining({ role: "Starter", allows: true, where: { kind: "workflow", name: "W" } })]) as unknown });
    expect(await why("token:read", { workflowId })).toMatchObject({ allowed: false });
    await expect(service.removeRole({ organization: boss }, { roleId })).rejects.toMatchObject({ kind: "in_use" });
    await access.revoke({ scope }, { grantId });
    expect(await why("run:start", { workflowId })).toMatchObject({ allowed: false });
    await service.removeRole({ organization: boss }, { roleId });
    expect(await scope.db.auditEvent.count({ where: { action: { startsWith: "access." } } })).toBe(2);
  });
});
