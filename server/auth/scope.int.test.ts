import { afterAll, describe, expect, it } from "vitest";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { makeMember, makeWorkspace } from "@/server/testing/factories";
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
