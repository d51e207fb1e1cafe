import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Permission } from "@/server/auth/permissions";
import { openUserScope, type Scope } from "@/server/auth/scope";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import * as organizing from "@/server/organizing/service";
import { setRule } from "@/server/protection/service";
import * as runs from "@/server/runs/service";
import { grantPart, makePerson, makeScope } from "@/server/testing/factories";
import * as workflows from "@/server/workflows/service";
import type { PlaceRef } from "./contract";
import * as service from "./service";

const NOBODY = { roles: [], userIds: [] };
let admin: Scope;
let outer: string;
let inner: string;
let inside: string;
let outside: string;

beforeAll(async () => {
  admin = await makeScope("admin");
  const scope = { scope: admin };
  outer = (await organizing.createFolder(scope, { name: "Outer", parentId: null })).id;
  inner = (await organizing.createFolder(scope, { name: "Inner", parentId: outer })).id;
  inside = (await workflows.createWorkflow(scope, { name: "Inside", description: "", folderId: inner })).id;
  outside = (await workflows.createWorkflow(scope, { name: "Outside", description: "" })).id;
});
afterAll(closeConnections);

const scopeOf = async (userId: string, permission: "workflow:read" | "access:read" = "workflow:read") => (await openUserScope(userId, { id: admin.workspaceId })).for(permission);

describe("rights on single things", () => {
  it("are those that the places allow, each where it holds", async () => {
    const viewer = await makeScope("viewer", admin.workspaceId);
    await grantPart(admin, viewer.userId!, "operator", { folderId: outer });
    await grantPart(admin, viewer.userId!, "builder", { workflowId: inside });
    const rights = await service.listRights({ scope: await scopeOf(viewer.userId!) }, { workflowIds: [inside, outside], folderIds: [outer, inner] });
    const may = (id: string, permission: string) => rights.find((one) => one.id === id)?.permissions.includes(permission);
    expect([inside, outside, outer, inner].map((id) => [may(id, "workflow:read"), may(id, "run:start"), may(id, "workflow:write")])).toEqual([
      [true, true, true], [true, false, false], [true, true, false], [true, true, false],
    ]);
  });

  it("are not told of what is out of sight", async () => {
    const { id } = await makePerson(admin.organizationId);
    await grantPart(admin, id, "viewer", { folderId: inner });
    await expect(service.listRights({ scope: await scopeOf(id) }, { workflowIds: [outside], folderIds: [] })).rejects.toMatchObject({ kind: "not_found" });
    await expect(service.listRights({ scope: await scopeOf(id) }, { workflowIds: [], folderIds: [outer] })).rejects.toMatchObject({ kind: "not_found" });
    const rights = await service.listRights({ scope: await scopeOf(id) }, { workflowIds: [outside, newId()], folderIds: [outer, inner] });
    expect(rights.map((one) => one.id)).toEqual([inner]);
  });

  it("lack what a lock forbids", async () => {
    const folderId = (await organizing.createFolder({ scope: admin }, { name: "Locked", parentId: null })).id;
    const { id } = await workflows.createWorkflow({ scope: admin }, { name: "Locked", description: "", folderId });
    await setRule({ scope: admin }, { folderId, needsReview: false, mayPublish: NOBODY, isLocked: true, mayChange: NOBODY });
    const [of] = await service.listRights({ scope: admin }, { workflowIds: [id], folderIds: [] });
    expect(of).toMatchObject({ isLocked: true });
    expect(["workflow:read", "run:start", "workflow:write", "access:write"].map((permission) => of!.permissions.includes(permission))).toEqual([true, true, false, false]);
  });
});

describe("access that somebody takes from themselves", () => {
  const isOf = (groupId: string, userId: string) => rawDb().groupMember.create({ data: { groupId, userId, organizationId: admin.organizationId } });
  const makeGroup = async (name: string) => {
    const groupId = newId();
    await rawDb().personGroup.create({ data: { id: groupId, organizationId: admin.organizationId, name } });
    return groupId;
  };
  const grantsAt = async (scope: Scope, folderId: string) => (await service.listGrants({ scope }, { place: { folderId } })).filter(({ from }) => from === null);

  it("is told before, whether it is their own or of a group they are in, and only then", async () => {
    const folderId = (await organizing.createFolder({ scope: admin }, { name: "Own", parentId: null })).id;
    const { id } = await makePerson(admin.organizationId);
    const { id: other } = await makePerson(admin.organizationId);
    await grantPart(admin, id, "admin", { folderId });
    await grantPart(admin, other, "admin", { folderId });
    const [mine, theirs] = [await makeGroup("Mine"), await makeGroup("Theirs")];
    await isOf(mine, id);
    await isOf(theirs, other);
    for (const groupId of [mine, theirs]) await service.grant({ scope: admin }, { place: { folderId }, who: { groupId }, role: "builder" });
    const scope = (await openUserScope(id, { id: admin.workspaceId })).for("access:write");
    const take = async (who: string) => service.revoke({ scope }, { grantId: (await grantsAt(scope, folderId)).find((grant) => grant.who.id === who)!.id, keepsOwn: true });
    // All that they allow, the person's own role does, too.
    for (const who of [mine, theirs, other]) expect(await take(who)).toEqual({ ok: true });
    await expect(take(id)).rejects.toMatchObject({ kind: "own_loss", data: { permissions: expect.arrayContaining(["workflow:read", "access:write"]) as unknown, isForGood: true } });
    expect((await grantsAt(scope, folderId)).map(({ who }) => who.id)).toEqual([id]);
    await service.revoke({ scope }, { grantId: (await grantsAt(scope, folderId))[0]!.id });
    expect(await grantsAt(admin, folderId)).toEqual([]);
  });

  it("is nothing where a role in the whole workspace allows as much", async () => {
    const folderId = (await organizing.createFolder({ scope: admin }, { name: "Own besides", parentId: null })).id;
    await grantPart(admin, admin.userId!, "builder", { folderId });
    const [own] = await grantsAt(admin, folderId);
    expect(await service.revoke({ scope: admin }, { grantId: own!.id, keepsOwn: true })).toEqual({ ok: true });
  });

  it("is told of roles in the whole workspace, too", async () => {
    const boss = await makeScope("admin", admin.workspaceId);
    const groupId = await makeGroup("Bosses");
    await isOf(groupId, boss.userId!);
    const own = { userId: boss.userId!, roles: ["viewer"] as "viewer"[], keepsOwn: true };
    await expect(service.setRoles({ scope: boss }, own)).rejects.toMatchObject({ kind: "own_loss", data: { isForGood: true } });
    await service.setGroupRoles({ scope: boss }, { groupId, roles: ["admin"], keepsOwn: true });
    expect(await service.setRoles({ scope: boss }, own)).toEqual({ ok: true });
    await expect(service.setGroupRoles({ scope: boss }, { groupId, roles: [], keepsOwn: true })).rejects.toMatchObject({ kind: "own_loss" });
    expect((await service.listGroupRoles({ scope: boss })).find((group) => group.groupId === groupId)?.roles.map(({ role }) => role)).toEqual(["admin"]);
  });
});

describe("runs of whoever has access to a folder", () => {
  it("are started, cancelled and seen in the queue, and others' are not there", async () => {
    const { id } = await makePerson(admin.organizationId);
    await grantPart(admin, id, "builder", { folderId: inner });
    const [start, cancel] = await Promise.all((["run:start", "run:cancel"] as const).map(async (permission) => (await openUserScope(id, { id: admin.workspaceId })).for(permission)));
    const [theirs, others] = [await runs.startRun({ scope: start! }, { workflowId: inside, mode: "test" }), await runs.startRun({ scope: admin }, { workflowId: outside, mode: "test" })];
    const queued = (scope: Scope) => scope.db.$queryRaw<{ id: string }[]>`select run_id::text as id from run_queue order by run_id`;
    expect((await queued(start!)).map((row) => row.id)).toEqual([theirs.runId]);
    expect((await queued(admin)).map((row) => row.id)).toEqual([theirs.runId, others.runId].sort());
    await runs.cancelRun({ scope: cancel! }, { runId: theirs.runId, reason: "enough" });
    expect(await rawDb().runInbox.findMany({ where: { runId: theirs.runId }, select: { kind: true } })).toEqual([{ kind: "cancel" }]);
    await expect(runs.cancelRun({ scope: cancel! }, { runId: others.runId, reason: "" })).rejects.toMatchObject({ kind: "not_found" });
  });
});

describe("who may do what", () => {
  it("is told of a workflow with every reason, whoever asks", async () => {
    const { id: guest } = await makePerson(admin.organizationId);
    const { id: above } = await makePerson(admin.organizationId);
    await grantPart(admin, guest, "admin", { folderId: inner });
    await grantPart(admin, above, "operator", { folderId: outer });
    const groupId = newId();
    await rawDb().personGroup.create({ data: { id: groupId, organizationId: admin.organizationId, name: "Night shift" } });
    await rawDb().groupMember.create({ data: { groupId, userId: guest, organizationId: admin.organizationId } });
    await service.grant({ scope: admin }, { place: { workflowId: inside }, who: { groupId }, role: "operator" });
    const ask = (scope: Scope) => service.listReaching({ scope }, { place: { workflowId: inside }, permission: "run:start" });
    const told = await ask(admin);
    const reasonsOf = (userId: string, people = told.people) => people.find((one) => one.userId === userId)?.reasons;
    expect(reasonsOf(admin.userId!)).toEqual([{ role: "admin", via: expect.objectContaining({ kind: "person" }) as unknown, where: { kind: "workspace", name: admin.workspace.name } }]);
    expect(reasonsOf(guest)).toEqual([
      { role: "operator", via: { kind: "group", name: "Night shift" }, where: { kind: "workflow", name: "Inside" } },
      { role: "admin", via: expect.objectContaining({ kind: "person" }) as unknown, where: { kind: "folder", name: "Outer / Inner" } },
    ]);
    expect(reasonsOf(above)).toMatchObject([{ where: { kind: "folder", name: "Outer" } }]);
    // Somebody who sees the inner folder alone hears of the same people, and of the folder above no name.
    const seen = await ask(await scopeOf(guest, "access:read"));
    expect(seen.people.map(({ userId }) => userId)).toEqual(told.people.map(({ userId }) => userId));
    expect(reasonsOf(above, seen.people)).toMatchObject([{ where: { kind: "folder", name: "above" } }]);
    const scope = await scopeOf(guest, "access:read");
    expect(await service.explain({ scope }, { userId: above, permission: "run:start", place: { workflowId: inside } })).toMatchObject({ allowed: true });
    expect(() => service.explain({ scope }, { userId: above, permission: "run:start" })).toThrow(/member:read/);
  });

  it("is told of service accounts and issuers too, and of environments that name others", async () => {
    const { workspaceId, organizationId } = admin;
    const customRoleId = newId();
    await rawDb().customRole.create({ data: { id: customRoleId, organizationId, name: `Reader ${customRoleId}`, permissions: ["run:read"] } });
    const account = (name: string, more: object) => admin.db.serviceAccount.create({ data: { id: newId(), workspaceId, organizationId, name, ...more } as never });
    await account("A deployer", { role: "builder" });
    await account("B reader", { role: "custom", customRoleId });
    await account("C switched off", { role: "admin", disabledAt: new Date() });
    await admin.db.trustedIssuer.create({ data: { id: newId(), workspaceId, name: "D cluster", issuer: "https://idp.example.com", audience: "x", claim: "roles", roles: [{ value: "a", role: "viewer" }, { value: "b", role: "operator" }, { value: "c", role: customRoleId }] } });
    const programs = async (permission: "run:start" | "run:read", search = "") => (await service.listReaching({ scope: admin }, { place: { workflowId: inside }, permission, search })).programs.map(({ kind, name, roles }) => [kind, name, roles]);
    expect(await programs("run:start")).toEqual([["service_account", "A deployer", ["builder"]], ["issuer", "D cluster", ["operator"]]]);
    const reader = `Reader ${customRoleId}`;
    expect(await programs("run:read")).toEqual([["service_account", "A deployer", ["builder"]], ["service_account", "B reader", [reader]], ["issuer", "D cluster", ["viewer", "operator", reader]]]);
    expect(await programs("run:read", "CLUSTER")).toEqual([["issuer", "D cluster", ["viewer", "operator", reader]]]);
    const { id: userId } = await makePerson(organizationId);
    await grantPart(admin, userId, "admin", { folderId: outer });
    const part = await scopeOf(userId, "access:read");
    const told = async (search: string) => (({ programs: named, unnamedPrograms }) => [named, unnamedPrograms])(await service.listReaching({ scope: part }, { place: { workflowId: inside }, permission: "run:start", search }));
    expect([await told(""), await told("deployer")]).toEqual([[[], 2], [[], 0]]);
    await rawDb().accessGrant.deleteMany({ where: { userId } });
    await grantPart(admin, userId, "builder", { folderId: outer });
    const ask = async (permission: "workflow:publish" | "workflow:write") => (await service.explain({ scope: admin }, { userId, permission, place: { folderId: outer } })).promotesNotInto;
    let position = 0;
    const environment = (name: string, promoterRoles: string[], promoterIds: string[]) => admin.db.environment.create({ data: { id: newId(), workspaceId, name, slug: name.toLowerCase(), color: "gray", position: (position += 1), promoterRoles, promoterIds } as never });
    for (const [name, roles, ids] of [["Open", [], []], ["Builders", ["builder"], []], ["Admins", ["admin"], []], ["Named", ["admin"], [userId]]] as const) await environment(name, [...roles], [...ids]);
    expect([await ask("workflow:publish"), await ask("workflow:write")]).toEqual([["Builders", "Admins"], []]);
    await rawDb().environment.deleteMany({ where: { workspaceId } });
  });

  it("is told of programs: by which role, and what a token leaves of it", async () => {
    const { workspaceId, organizationId } = admin;
    const { id: userId } = await makePerson(organizationId);
    await grantPart(admin, userId, "builder", { folderId: outer });
    const [account, issuer, own, narrow, late, whole] = [newId(), newId(), newId(), newId(), newId(), newId()];
    await admin.db.serviceAccount.create({ data: { id: account, workspaceId, organizationId, name: "Deployer", role: "builder" } });
    await admin.db.trustedIssuer.create({ data: { id: issuer, workspaceId, name: "Cluster", issuer: "https://cluster.example.com", audience: "x", claim: "roles", roles: [{ value: "ops", role: "operator" }, { value: "see", role: "viewer" }] } });
    const token = (id: string, more: object) => admin.db.apiToken.create({ data: { id, workspaceId, name: id, prefix: "mlr_", tokenHash: randomBytes(32), ...more } as never });
    await token(own, { userId, scopes: ["workflow:write", "run:read"] });
    await token(narrow, { serviceAccountId: account, scopes: [`workflow:write:${inner}`] });
    await token(late, { serviceAccountId: account, scopes: ["workflow:write"], expiresAt: new Date(Date.now() - 1_000) });
    await token(whole, { scopes: ["workflow:write"] });
    const ask = (program: Parameters<typeof service.explainProgram>[1]["program"], place?: PlaceRef, permission: Permission = "workflow:write") => service.explainProgram({ scope: admin }, { program, permission, ...(place === undefined ? {} : { place }) });
    expect(await ask({ serviceAccountId: account })).toMatchObject({ allowed: true, isOff: false, token: null, reasons: [{ role: "builder", via: { kind: "program", name: "Deployer" }, allows: true }] });
    expect(await ask({ issuerId: issuer }, undefined, "run:start")).toMatchObject({ allowed: true, reasons: [{ role: "operator", via: { kind: "claim", name: "roles: ops" }, allows: true }, { role: "viewer", allows: false }] });
    expect(await ask({ tokenId: own }, { workflowId: inside })).toMatchObject({ allowed: true, token: { holder: { kind: "person" }, scopes: ["workflow:write"], reaches: true } });
    expect(await ask({ tokenId: own }, { workflowId: outside })).toMatchObject({ allowed: false, token: { reaches: false }, reasons: [] });
    expect(await ask({ tokenId: own }, { workflowId: inside }, "workflow:delete")).toMatchObject({ allowed: false, token: { scopes: [], reaches: false }, reasons: [{ role: "builder", allows: true }] });
    const reach = async (place?: PlaceRef) => (({ allowed, token: told }) => [allowed, told!.scopes])(await ask({ tokenId: narrow }, place));
    expect([await reach({ workflowId: inside }), await reach({ folderId: inner }), await reach({ folderId: outer }), await reach()]).toEqual([[true, ["workflow:write:Outer/Inner"]], [true, ["workflow:write:Outer/Inner"]], [false, ["workflow:write:Outer/Inner"]], [false, ["workflow:write:Outer/Inner"]]]);
    expect(await ask({ tokenId: late })).toMatchObject({ allowed: false, token: { reaches: true, isExpired: true } });
    expect(await ask({ tokenId: whole })).toMatchObject({ allowed: true, token: { holder: null }, reasons: [{ via: { kind: "installation" } }] });
    // No rule names a program by its role.
    await setRule({ scope: admin }, { folderId: inner, needsReview: false, mayPublish: NOBODY, isLocked: true, mayChange: { roles: ["builder"], userIds: [] } });
    expect([await ask({ serviceAccountId: account }, { workflowId: inside }), await ask({ tokenId: own }, { workflowId: inside })]).toMatchObject([{ allowed: false, isLocked: true }, { allowed: false, isLocked: true }]);
    await setRule({ scope: admin }, { folderId: inner, needsReview: false, mayPublish: NOBODY, isLocked: false, mayChange: NOBODY });
    await admin.db.serviceAccount.update({ where: { id: account }, data: { disabledAt: new Date() } });
    expect([await ask({ serviceAccountId: account }), await ask({ tokenId: narrow }, { folderId: inner })]).toMatchObject([{ allowed: false, isOff: true }, { allowed: false, isOff: true, token: { reaches: false } }]);
    await rawDb().accessGrant.deleteMany({ where: { userId } });
    expect(await ask({ tokenId: own }, { workflowId: inside })).toMatchObject({ allowed: false, token: { reaches: false }, reasons: [] });
    await rawDb().serviceAccount.deleteMany({ where: { id: account } });
    await rawDb().trustedIssuer.deleteMany({ where: { id: issuer } });
    await rawDb().apiToken.deleteMany({ where: { id: { in: [own, narrow, late, whole] } } });
  });

  it("is told with what a lock forbids to all but those it names", async () => {
    const folderId = (await organizing.createFolder({ scope: admin }, { name: "Held", parentId: outer })).id;
    const { id: userId } = await makePerson(admin.organizationId);
    await grantPart(admin, userId, "builder", { folderId: outer });
    const ask = (permission: "workflow:write" | "run:start") => service.explain({ scope: admin }, { userId, permission, place: { folderId } });
    const reasons = [{ where: { kind: "folder", name: "Outer" }, allows: true }];
    const lock = (mayChange: { roles: "builder"[]; userIds: string[] }) => setRule({ scope: admin }, { folderId, needsReview: false, mayPublish: NOBODY, isLocked: true, mayChange });
    expect(await ask("workflow:write")).toMatchObject({ allowed: true, isLocked: false, reasons });
    await lock({ roles: ["builder"], userIds: [] });
    expect(await ask("workflow:write")).toMatchObject({ allowed: false, isLocked: true, reasons });
    expect(await ask("run:start")).toMatchObject({ allowed: true, isLocked: false });
    await lock({ roles: [], userIds: [userId] });
    expect(await ask("workflow:write")).toMatchObject({ allowed: true, isLocked: false });
    await service.setRoles({ scope: admin }, { userId, roles: ["builder"] });
    await lock({ roles: ["builder"], userIds: [] });
    expect(await ask("workflow:write")).toMatchObject({ allowed: true, isLocked: false });
    const grants = await service.listGrants({ scope: admin }, { place: { folderId } });
    expect(grants.find(({ who }) => who.id === userId)).toMatchObject({ from: { folderId: outer, name: "Outer" } });
  });

  it("is told with a review that a rule asks for, and with what an archived workspace forbids", async () => {
    const folderId = (await organizing.createFolder({ scope: admin }, { name: "Reviewed", parentId: outer })).id;
    const { id: userId } = await makePerson(admin.organizationId);
    await grantPart(admin, userId, "builder", { folderId: outer });
    const ask = (permission: "workflow:publish" | "workflow:read" | "workflow:write") => service.explain({ scope: admin }, { userId, permission, place: { folderId } });
    const review = (mayPublish: { roles: "builder"[]; userIds: string[] }) => setRule({ scope: admin }, { folderId, needsReview: true, mayPublish, isLocked: false, mayChange: NOBODY });
    expect(await ask("workflow:publish")).toMatchObject({ allowed: true, needsReview: false, isArchived: false });
    await review(NOBODY);
    expect(await ask("workflow:publish")).toMatchObject({ allowed: true, needsReview: true });
    expect(await ask("workflow:write")).toMatchObject({ allowed: true, needsReview: false });
    await review({ roles: [], userIds: [userId] });
    expect(await ask("workflow:publish")).toMatchObject({ allowed: true, needsReview: false });
    await rawDb().workspace.update({ where: { id: admin.workspaceId }, data: { archivedAt: new Date() } });
    expect([await ask("workflow:publish"), await ask("workflow:read")]).toMatchObject([{ allowed: false, isArchived: true }, { allowed: true, isArchived: false }]);
    await rawDb().workspace.update({ where: { id: admin.workspaceId }, data: { archivedAt: null } });
    await rawDb().organization.update({ where: { id: admin.organizationId }, data: { archivedAt: new Date() } });
    expect(await ask("workflow:write")).toMatchObject({ allowed: false, isArchived: true });
    await rawDb().organization.update({ where: { id: admin.organizationId }, data: { archivedAt: null } });
  });

  it("leaves out who is disabled, and finds by name", async () => {
    const person = await makePerson(admin.organizationId);
    await grantPart(admin, person.id, "viewer", { workflowId: outside });
    const ask = (search: string) => service.listReaching({ scope: admin }, { place: { workflowId: outside }, permission: "workflow:read", search });
    expect((await ask(person.email)).people.map(({ userId }) => userId)).toEqual([person.id]);
    await rawDb().user.update({ where: { id: person.id }, data: { disabledAt: new Date() } });
    expect(await ask(person.email)).toEqual({ people: [], total: 0, programs: [], unnamedPrograms: 0 });
  });
});
