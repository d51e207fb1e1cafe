import type { z } from "zod";
import { permissionsOfRole } from "@/server/auth/access";
import { isOnThings, isPermission, type Permission } from "@/server/auth/permissions";
import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import type { explainInput, Explanation } from "./contract";
import { findPlace, type FoundPlace } from "./places";

interface Row {
  role: string;
  label: string;
  permissions: string[] | null;
  groupName: string | null;
  isOrganization: boolean;
  folderId: string | null;
  itemId: string | null;
}

/** Every role that reaches the place, and which of them allow it. */
export function explain({ scope }: { scope: Scope }, { userId, permission, place }: z.output<typeof explainInput>): Promise<Explanation> {
  if (!isPermission(permission)) throw new DomainError("invalid_input", { field: "permission", reason: "is unknown" });
  return scope.db.transaction(async (tx) => {
    const member = await tx.organizationMember.findFirst({ where: { userId }, include: { user: { select: { name: true, email: true, disabledAt: true } } } });
    if (member === null) throw new DomainError("not_found", { what: "person", id: userId });
    const found = place === undefined ? null : await findPlace(tx, place);
    const rows = (await rolesOf(tx, userId)).filter((row) => reaches(row, found));
    const reasons = rows.map((row) => ({
      role: row.label,
      via: row.isOrganization ? { kind: "organization" as const, name: "the organization" } : row.groupName === null ? { kind: "person" as const, name: member.user.name ?? member.user.email } : { kind: "group" as const, name: row.groupName },
      where: whereOf(row, found, scope),
      allows: member.user.disabledAt === null && allows(row, permission),
    }));
    return { allowed: reasons.some((reason) => reason.allows), reasons };
  });
}

function rolesOf(tx: Tx, userId: string): Promise<Row[]> {
  return tx.$queryRaw<Row[]>`
    select h.role, coalesce(c.name, h.role) as label, c.permissions, g.name as "groupName", h.is_organization as "isOrganization", h.folder_id::text as "folderId", h.item_id::text as "itemId"
    from (
      select role, custom_role_id, null::uuid as group_id, false as is_organization, null::uuid as folder_id, null::uuid as item_id from membership where workspace_id = current_workspace_id() and user_id = ${userId}::uuid
      union all
      select role, custom_role_id, group_id, false, folder_id, item_id from access_grant
      where workspace_id = current_workspace_id() and (user_id = ${userId}::uuid or group_id in (select gm.group_id from group_member gm where gm.user_id = ${userId}::uuid))
      union all
      select role, null, null, true, null, null from organization_member where organization_id = current_organization_id() and user_id = ${userId}::uuid and role <> 'member'
    ) h left join custom_role c on c.id = h.custom_role_id left join person_group g on g.id = h.group_id`;
}

const isWhole = ({ folderId, itemId }: Row) => folderId === null && itemId === null;

function reaches(row: Row, place: FoundPlace | null): boolean {
  if (isWhole(row)) return true;
  if (place === null) return false;
  return place.folders.some(({ id }) => id === row.folderId) || (place.kind === "workflow" && row.itemId === place.id);
}

function allows(row: Row, permission: Permission): boolean {
  if (isWhole(row)) return permissionsOfRole(row).includes(permission);
  return isOnThings(permission) && permissionsOfRole(row).includes(permission);
}

function whereOf(row: Row, place: FoundPlace | null, scope: Scope): Explanation["reasons"][number]["where"] {
  if (isWhole(row) || place === null) return { kind: "workspace", name: scope.workspace.name };
  const folder = place.folders.find(({ id }) => id === row.folderId);
  return folder === undefined ? { kind: "workflow", name: place.name } : { kind: "folder", name: folder.name };
}
