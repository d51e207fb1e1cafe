import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isOnThings, ORGANIZATION_ROLE_PERMISSIONS, ORGANIZATION_ROLES, type OrganizationPermission, type Permission, ROLE_PERMISSIONS, ROLES } from "@/server/auth/permissions";
import type { Scope } from "@/server/auth/scope";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { grantPart, makePerson, makeScope } from "@/server/testing/factories";
import * as organizing from "@/server/organizing/service";
import * as workflows from "@/server/workflows/service";
import { appRouter } from "./root";
import { answerOf, callerOf, inputsOf, makeOwned, makeOwner, NAMELESS, type Owned, procedures, scopedProcedures } from "./testing/walk";

interface Asked {
  permission?: Permission;
  organizationPermission?: OrganizationPermission;
  isWhole?: boolean;
}

const metaOf = (name: string) => ((appRouter._def.procedures as unknown as Record<string, { _def: { meta?: Asked } }>)[name]!._def.meta ?? {}) as Asked;
/** No input that any procedure takes: whoever may call it hears of the input, whoever may not hears of that. */
const NONSENSE = 7;

let owner: Scope;
let owned: Owned;

beforeAll(async () => {
  owner = await makeOwner();
  owned = await makeOwned(owner);
});
afterAll(closeConnections);

const takesInput = (name: string) => (inputsOf(owned)[name] ?? NAMELESS[name]) !== undefined;

async function expectMatrix(userId: string, isAllowed: (asked: Asked) => boolean): Promise<void> {
  const call = await callerOf(userId, owner.workspace.slug);
  for (const name of scopedProcedures) {
    const code = await call(name, takesInput(name) ? NONSENSE : undefined);
    expect([name, code]).toEqual([name, isAllowed(metaOf(name)) ? (takesInput(name) ? "BAD_REQUEST" : "OK") : "FORBIDDEN"]);
  }
}

describe("every procedure", () => {
  it("says what it asks for", () => {
    const silent = procedures.filter((name) => metaOf(name).permission === undefined && metaOf(name).organizationPermission === undefined);
    expect(procedures.filter((name) => !scopedProcedures.includes(name)).sort()).toEqual(silent.sort());
  });

  it.each(ROLES)("opens to a workspace's %s as the matrix says", async (role) => {
    const { userId } = await makeScope(role, owner.workspaceId);
    await expectMatrix(userId!, ({ permission, organizationPermission }) =>
      permission !== undefined ? ROLE_PERMISSIONS[role].includes(permission) : ORGANIZATION_ROLE_PERMISSIONS.member.includes(organizationPermission!));
  });

  it.each(ORGANIZATION_ROLES)("opens to an organization's %s as the matrix says", async (role) => {
    const { id } = await makePerson(owner.organizationId, role);
    // Somebody without any role in the workspace does not know it, but for their organization's sake.
    if (role === "member") {
      const call = await callerOf(id, owner.workspace.slug);
      for (const name of scopedProcedures.filter((one) => metaOf(one).permission !== undefined)) expect([name, await call(name, NONSENSE)]).toEqual([name, "NOT_FOUND"]);
      return;
    }
    await expectMatrix(id, ({ permission, organizationPermission }) =>
      permission !== undefined ? ROLE_PERMISSIONS[role].includes(permission) : ORGANIZATION_ROLE_PERMISSIONS[role].includes(organizationPermission!));
  });

  it("opens to a custom role by its permissions alone", async () => {
    const { organizationId, workspaceId } = owner;
    const { id } = await makePerson(organizationId);
    const customRoleId = newId();
    const permissions: Permission[] = ["run:read", "audit:read", "token:write"];
    await rawDb().customRole.create({ data: { id: customRoleId, organizationId, name: "Odd", permissions } });
    await rawDb().membership.create({ data: { id: newId(), organizationId, workspaceId, userId: id, role: "custom", customRoleId } });
    await expectMatrix(id, ({ permission, organizationPermission }) => (permission !== undefined ? permissions.includes(permission) : organizationPermission === "organization:read"));
  });

  it("opens to somebody with a folder as far as things go, and finds nothing outside of it", async () => {
    const { id: folderId } = await organizing.createFolder({ scope: owner }, { name: "Granted", parentId: null });
    const { id: workflowId } = await workflows.createWorkflow({ scope: owner }, { name: "Granted", description: "" });
    await organizing.moveItems({ scope: owner }, { itemType: "workflow", itemIds: [workflowId], folderId });
    const { id } = await makePerson(owner.organizationId);
    await grantPart(owner, id, "owner", { folderId });
    await expectMatrix(id, ({ permission, organizationPermission, isWhole }) => (permission !== undefined ? isOnThings(permission) && isWhole !== true : organizationPermission === "organization:read"));

    const call = await callerOf(id, owner.workspace.slug);
    for (const [name, input] of Object.entries(inputsOf(owned))) {
      const { permission, organizationPermission, isWhole } = metaOf(name);
      const isOfOrganization = organizationPermission === "organization:read";
      const expected = isOfOrganization ? "OK" : permission !== undefined && isOnThings(permission) && isWhole !== true ? "NOT_FOUND" : "FORBIDDEN";
      expect([name, await call(name, input)]).toEqual([name, expected]);
    }
    const list = async (name: string, input: unknown = {}) => (await answerOf(id, owner.workspace.slug, name, input)) as { items: { id: string }[] };
    expect((await list("workflows.list")).items.map((row) => row.id)).toEqual([workflowId]);
    for (const name of ["runs.list", "triggers.list", "waits.list", "batches.list"]) expect([name, (await list(name)).items]).toEqual([name, []]);
    const tree = (await answerOf(id, owner.workspace.slug, "organizing.tree", undefined)) as { folders: { id: string }[]; counts: { all: number } };
    expect([tree.folders.map((folder) => folder.id), tree.counts.all]).toEqual([[folderId], 1]);
    await expect(call("runs.list", { workflowId: owned.workflowId })).resolves.toBe("OK");
  });
});
