import type { z } from "zod";
import { rawDb } from "@/server/db/client";
import { DomainError } from "@/server/errors/domain-error";
import type { changePasswordInput, Me } from "./contract";
import { findAllAccess, rightsOf } from "./access";
import { recordAccess } from "./access-audit";
import { hashPassword, verifyPassword } from "./password";
import { isOrganizationRole, ORGANIZATION_ROLE_PERMISSIONS } from "./permissions";
import { countAttempt, forgetAttempts } from "./rate-limit";
import { revokeOtherSessions, type Session } from "./session";

/** The person, and the workspaces that are theirs. */
export async function viewMe(session: Session): Promise<Me> {
  const workspaces = (await findAllAccess(session.userId)).map((access) => {
    const { id, slug, name, organizationId } = access.workspace;
    const rights = rightsOf(access);
    const permissions = new Set([...rights.permissions, ...rights.parts.flatMap((part) => [...part.permissions])]);
    return { id, slug, name, organizationId, role: rights.role ?? "viewer", permissions: [...permissions], isWhole: rights.permissions.size > 0, isArchived: access.workspace.archivedAt !== null };
  });
  const memberships = await rawDb().organizationMember.findMany({
    where: { userId: session.userId, organization: { deletedAt: null } },
    include: { organization: true },
    orderBy: { createdAt: "asc" },
  });
  const organizations = memberships.map(({ role, organization: { id, slug, name } }) => {
    return { id, slug, name, role, permissions: isOrganizationRole(role) ? [...ORGANIZATION_ROLE_PERMISSIONS[role]] : [] };
  });
  const isPlatformAdmin = (await rawDb().platformAdmin.count({ where: { userId: session.userId } })) > 0;
  return { user: { id: session.userId, email: session.email, name: session.name, isPlatformAdmin }, workspaces, organizations };
}

export async function changePassword(session: Session, { current, next }: z.output<typeof changePasswordInput>) {
  await countAttempt("signInByEmail", session.email);
  const user = await rawDb().user.findUniqueOrThrow({ where: { id: session.userId } });
  if (!(await verifyPassword(current, user.passwordHash))) {
    throw new DomainError("invalid_input", { field: "current", reason: "is not the current password" });
  }
  await forgetAttempts("signInByEmail", session.email);
  const passwordHash = await hashPassword(next);
  await rawDb().$transaction(async (tx) => {
    await tx.user.update({ where: { id: user.id }, data: { passwordHash } });
    // Whoever knew the old password may have asked for these.
    await tx.signInLink.updateMany({ where: { userId: user.id, usedAt: null }, data: { usedAt: new Date() } });
    await revokeOtherSessions(tx, session);
    await recordAccess(tx, user, { action: "password.changed", resource: { type: "user", id: user.id } });
  });
  return { ok: true as const };
}
