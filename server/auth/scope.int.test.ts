import { afterAll, describe, expect, it } from "vitest";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { makeMember, makeWorkspace } from "@/server/testing/factories";
import { findAccess, findAllAccess } from "./access";
import { createSession, findAnySession } from "./session";
import { openSystemScope, openUserScope } from "./scope";

afterAll(closeConnections);

const notFound = { kind: "not_found", data: { what: "workspace" } };

describe("a scope", () => {
  it("opens for a member by id or slug, with the union of the roles", async () => {
    const workspace = await makeWorkspace();
    const user = await makeMember(workspace.id, "viewer");
    const before = await openUserScope(user.id, { slug: workspace.slug });
    expect(before.can("run:cancel")).toBe(false);
    expect(() => before.require("run:cancel")).toThrow(/run:cancel/);
    await rawDb().membership.create({ data: { id: newId(), workspaceId: workspace.id, organizationId: workspace.organizationId, userId: user.id, role: "operator" } });
    const after = await openUserScope(user.id, { id: workspace.id });
    expect([after.can("run:cancel"), after.can("workflow:write"), after.role]).toEqual([true, false, "operator"]);
    expect(after.actor).toMatchObject({ type: "user", id: user.id, userId: user.id });
  });

  it("gives one answer for a foreign, a missing, a malformed and a deleted workspace", async () => {
    const [mine, other] = [await makeWorkspace(), await makeWorkspace()];
    const user = await makeMember(mine.id, "admin");
    for (const ref of [{ id: other.id }, { slug: other.slug }, { id: newId() }, { id: "' or true --" }, { slug: "" }]) {
      await expect(openUserScope(user.id, ref)).rejects.toMatchObject(notFound);
    }
    await rawDb().workspace.update({ where: { id: mine.id }, data: { deletedAt: new Date() } });
    await expect(openUserScope(user.id, { id: mine.id })).rejects.toMatchObject(notFound);
    await expect(openSystemScope(mine.id)).rejects.toMatchObject(notFound);
  });

  it("is the same by a session as by the person: whole workspaces, parts by groups, and none of what is not theirs", async () => {
    const workspace = await makeWorkspace();
    const { organizationId } = workspace;
    const sibling = { id: newId(), slug: `sibling-${workspace.slug}` };
    await rawDb().workspace.create({ data: { ...sibling, organizationId, name: "Sibling" } });
    const person = await makeMember(workspace.id, "viewer");
    const token = await createSession(person.id);
    const bySession = async (slug: string) => (await findAnySession(token, slug))?.access?.found;
    const expectSame = async (of: { id: string; slug: string }, held: object[] | null) => {
      const found = await bySession(of.slug);
      expect(found).toEqual(await findAccess(person.id, { id: of.id }));
      expect(found).toEqual(await findAccess(person.id, { slug: of.slug }));
      expect(found?.held ?? null).toEqual(held === null ? null : held.map((one) => ({ role: "viewer", permissions: null, name: null, groupId: null, folderId: null, itemId: null, ...one })));
      expect((await findAllAccess(person.id)).some((one) => one.workspace.id === of.id)).toBe(held !== null);
    };
    await expectSame(workspace, [{}]);
    // Of the same organization, and without a role there: for a plain member it does not exist.
    await expectSame(sibling, null);
    await expectSame(await makeWorkspace(), null);
    const group = async (members: string[]) => {
      const id = newId();
      await rawDb().personGroup.create({ data: { id, organizationId, name: id } });
      await rawDb().groupMember.createMany({ data: members.map((userId) => ({ groupId: id, userId, organizationId })) });
      return id;
    };
    const [theirs, others] = [await group([person.id]), await group([])];
    const folderId = newId();
    await rawDb().folder.create({ data: { id: folderId, workspaceId: sibling.id, name: "Part" } });
    const grant = (more: { groupId: string; role: string; folderId?: string }) => rawDb().accessGrant.create({ data: { id: newId(), organizationId, workspaceId: sibling.id, ...more } });
    await grant({ groupId: others, role: "admin" });
    await expectSame(sibling, null);
    await grant({ groupId: theirs, role: "operator", folderId });
    await expectSame(sibling, [{ role: "operator", groupId: theirs, folderId }]);
    await rawDb().workspace.update({ where: { id: sibling.id }, data: { archivedAt: new Date() } });
    await expectSame(sibling, [{ role: "operator", groupId: theirs, folderId }]);
    await rawDb().workspace.update({ where: { id: sibling.id }, data: { deletedAt: new Date() } });
    await expectSame(sibling, null);
    await rawDb().organization.update({ where: { id: organizationId }, data: { deletedAt: new Date() } });
    await expectSame(workspace, null);
  });

  it("does not open for a disabled person", async () => {
    const workspace = await makeWorkspace();
    const user = await makeMember(workspace.id, "admin");
    await rawDb().user.update({ where: { id: user.id }, data: { disabledAt: new Date() } });
    await expect(openUserScope(user.id, { id: workspace.id })).rejects.toMatchObject(notFound);
  });

  it("of the installation may be narrowed, and says who acts", async () => {
    const workspace = await makeWorkspace();
    const scope = await openSystemScope(workspace.id, { type: "link", id: newId(), name: "anna@example.com" }, ["wait:answer"]);
    expect([...scope.permissions]).toEqual(["wait:answer"]);
    expect(scope.actor.type).toBe("link");
    expect(scope.userId).toBeNull();
    expect(await scope.db.workspace.findMany({ select: { id: true } })).toEqual([{ id: workspace.id }]);
  });
});
