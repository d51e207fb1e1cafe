import { rawDb } from "@/server/db/client";
import type { Me } from "./contract";
import { findAllAccess, rightsOf } from "./access";
import { isOrganizationRole, organizationPermissionsOf } from "./permissions";
import { isPlatformAdmin } from "./platform";
import type { Session } from "./session";

/** The person, and the workspaces that are theirs. */
export async function viewMe(session: Session): Promise<Me> {
  const found = await findAllAccess(session.userId);
  const locks = await rawDb().protectionRule.findMany({ where: { workspaceId: { in: found.map(({ workspace }) => workspace.id) }, isLocked: true }, select: { workspaceId: true }, distinct: ["workspaceId"] });
  const workspaces = found.map((access) => {
    const { id, slug, name, organizationId, timeZone, color, quotaReached } = access.workspace;
    const rights = rightsOf(access);
    const permissions = new Set([...rights.permissions, ...rights.parts.flatMap((part) => [...part.permissions])]);
    return { id, slug, name, organizationId, role: rights.role ?? "viewer", permissions: [...permissions], everywhere: [...rights.permissions], isDivided: rights.parts.length > 0 || locks.some(({ workspaceId }) => workspaceId === id), isWhole: rights.permissions.size > 0, isArchived: access.workspace.archivedAt !== null, timeZone, color, quotaReached };
  });
  const memberships = await rawDb().organizationMember.findMany({
    where: { userId: session.userId, organization: { deletedAt: null } },
    include: { organization: true },
    orderBy: { createdAt: "asc" },
  });
  const organizations = memberships.map(({ role, organization: { id, slug, name, archivedAt } }) => {
    return { id, slug, name, role, permissions: isOrganizationRole(role) ? organizationPermissionsOf(role, archivedAt) : [], isArchived: archivedAt !== null };
  });
  return { user: { id: session.userId, email: session.email, name: session.name, isPlatformAdmin: await isPlatformAdmin(session.userId) }, workspaces, organizations };
}
