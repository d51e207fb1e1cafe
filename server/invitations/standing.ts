import type { RoleChoice } from "@/server/access/contract";
import { chooseRole } from "@/server/access/service";
import { findAccess, rightsOf } from "@/server/auth/access";
import { isOrganizationRole, organizationPermissionsOf } from "@/server/auth/permissions";
import { rawDb } from "@/server/db/client";
import { DomainError } from "@/server/errors/domain-error";
import type { findByCode } from "./find";

type Row = Pick<NonNullable<Awaited<ReturnType<typeof findByCode>>>, "invitedById" | "organizationId" | "organizationRole" | "workspaceId" | "workspaceRole" | "customRoleId">;

/**
 * An invitation is worth what its inviter may give now: whoever was removed, switched off or given less has left no door open for
 * themselves. One that a program or the command line made stands for itself.
 */
export async function isStillGiven({ invitedById, organizationId, organizationRole, workspaceId, workspaceRole, customRoleId }: Row): Promise<boolean> {
  if (invitedById === null) return true;
  if (workspaceId === null) {
    const inviter = await rawDb().organizationMember.findFirst({ where: { organizationId, userId: invitedById, user: { disabledAt: null } }, select: { role: true } });
    if (inviter === null || !isOrganizationRole(inviter.role)) return false;
    return organizationPermissionsOf(inviter.role, null).includes(organizationRole === "owner" ? "owner:write" : "person:write");
  }
  const access = await findAccess(invitedById, { id: workspaceId });
  const giver = access && rightsOf(access);
  if (giver === null || !giver.permissions.has("member:write")) return false;
  try {
    await rawDb().$transaction((tx) => chooseRole(tx, giver, (customRoleId ?? workspaceRole) as RoleChoice, "workspace"));
    return true;
  } catch (error) {
    if (DomainError.is(error, "forbidden") || DomainError.is(error, "not_found")) return false;
    throw error;
  }
}
