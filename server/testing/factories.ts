import { openUserScope, type Scope } from "@/server/auth/scope";
import type { Role } from "@/server/auth/permissions";
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
  await rawDb().user.create({ data: { id, email, name: `Test ${role}`, memberships: { create: { id: newId(), workspaceId, role } } } });
  return { id, email };
}

/** A member's scope, in a fresh workspace unless one is given. */
export async function makeScope(role: Role = "admin", workspaceId?: string): Promise<Scope> {
  const id = workspaceId ?? (await makeWorkspace()).id;
  const user = await makeMember(id, role);
  return openUserScope(user.id, { id });
}
