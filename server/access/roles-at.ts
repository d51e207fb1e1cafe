import { permissionsOfRole } from "@/server/auth/access";
import { isOnThings, type Permission } from "@/server/auth/permissions";
import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import type { Explanation } from "./contract";
import { type FoundPlace, pathOf } from "./places";

export interface RoleAt {
  userId: string;
  role: string;
  label: string;
  permissions: string[] | null;
  groupName: string | null;
  isOrganization: boolean;
  folderId: string | null;
  itemId: string | null;
}

/** Every role that reaches the place, or with none the whole workspace; of one person or of everybody. */
export function rolesAt(tx: Tx, place: FoundPlace | null, userId: string | null = null): Promise<RoleAt[]> {
  const [folderId, itemId] = place === null ? [null, null] : place.kind === "folder" ? [place.id, null] : [null, place.id];
  return tx.$queryRaw<RoleAt[]>`
    select h.user_id::text as "userId", h.role, coalesce(c.name, h.role) as label, c.permissions, g.name as "groupName", h.is_organization as "isOrganization", h.folder_id::text as "folderId", h.item_id::text as "itemId"
    from roles_at(${folderId}::uuid, ${itemId}::uuid) h left join custom_role c on c.id = h.custom_role_id left join person_group g on g.id = h.group_id
    where ${userId}::uuid is null or h.user_id = ${userId}::uuid
    order by h.is_organization desc, h.folder_id is not null, h.item_id is not null, label, g.name`;
}

const isWhole = ({ folderId, itemId }: RoleAt) => folderId === null && itemId === null;

/** In a part of the workspace, what belongs to the whole is not allowed by anything. */
export function permissionsAt(row: RoleAt): Permission[] {
  return permissionsOfRole(row).filter((permission) => isWhole(row) || isOnThings(permission));
}

/** Where it comes from, for whoever reads it. Folders out of sight keep their names to themselves. */
export function describeRole(row: RoleAt, person: string, place: FoundPlace | null, scope: Scope): Omit<Explanation["reasons"][number], "allows"> {
  return { role: row.label, via: viaOf(row, person), where: whereOf(row, place, scope) };
}

function viaOf(row: RoleAt, person: string): Explanation["reasons"][number]["via"] {
  if (row.isOrganization) return { kind: "organization", name: "the organization" };
  return row.groupName === null ? { kind: "person", name: person } : { kind: "group", name: row.groupName };
}

function whereOf(row: RoleAt, place: FoundPlace | null, scope: Scope): Explanation["reasons"][number]["where"] {
  if (isWhole(row) || place === null) return { kind: "workspace", name: scope.workspace.name };
  if (row.folderId === null) return { kind: "workflow", name: place.name };
  return { kind: "folder", name: pathOf(place, row.folderId) ?? "above" };
}
