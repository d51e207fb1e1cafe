import { openUserScope, type Scope } from "@/server/auth/scope";
import type { OrganizationRole, Permission, Role } from "@/server/auth/permissions";
import { rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";

/** A workspace in an organization of its own. */
export async function makeWorkspace(name = "Test"): Promise<{ id: string; organizationId: string; slug: string }> {
  const organizationId = newId();
  const id = newId();
  const slug = `${name.toLowerCase()}-${id.slice(-12)}`;
  await rawDb().organization.create({ data: { id: organizationId, name, slug } });
  await rawDb().workspace.create({ data: { id, organizationId, name, slug } });
  return { id, organizationId, slug };
}

export async function makeMember(workspaceId: string, role: Role): Promise<{ id: string; email: string }> {
  const id = newId();
  const email = `${role}-${id.slice(-12)}@example.com`;
  const { organizationId } = await rawDb().workspace.findUniqueOrThrow({ where: { id: workspaceId } });
  await rawDb().user.create({ data: { id, email, name: `Test ${role}` } });
  await rawDb().organizationMember.create({ data: { organizationId, userId: id, role: "member" } });
  await rawDb().membership.create({ data: { id: newId(), workspaceId, organizationId, userId: id, role } });
  return { id, email };
}

/** A role in one folder or on one thing, for somebody who may have no other. */
export async function grantPart(scope: Scope, userId: string, role: Role, place: { folderId: string } | { workflowId: string }): Promise<void> {
  const { workspaceId, organizationId } = scope;
  const where = "folderId" in place ? { folderId: place.folderId } : { itemType: "workflow", itemId: place.workflowId };
  await rawDb().accessGrant.create({ data: { id: newId(), organizationId, workspaceId, userId, role, ...where } });
}

/** A custom role of the organization, for one person in the whole workspace. */
export async function giveCustomRole({ workspaceId, organizationId }: Scope, userId: string, name: string, permissions: readonly Permission[]): Promise<string> {
  const customRoleId = newId();
  await rawDb().customRole.create({ data: { id: customRoleId, organizationId, name, permissions: [...permissions] } });
  await rawDb().membership.create({ data: { id: newId(), organizationId, workspaceId, userId, role: "custom", customRoleId } });
  return customRoleId;
}

/** A person of the organization without a role in any workspace. */
export async function makePerson(organizationId: string, role: OrganizationRole = "member"): Promise<{ id: string; email: string }> {
  const id = newId();
  const email = `person-${id.slice(-12)}@example.com`;
  await rawDb().user.create({ data: { id, email, name: "Test person" } });
  await rawDb().organizationMember.create({ data: { organizationId, userId: id, role } });
  return { id, email };
}

/** A member's scope, in a fresh workspace unless one is given. */
export async function makeScope(role: Role = "admin", workspaceId?: string): Promise<Scope> {
  const id = workspaceId ?? (await makeWorkspace()).id;
  const user = await makeMember(id, role);
  return openUserScope(user.id, { id });
}
