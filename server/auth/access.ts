import { sharedPool } from "@/server/db/client";
import type { Tx } from "@/server/db/scoped";
import type { GrantedPlaces } from "@/server/db/tenant-lock";
import { isOnThings, isOrganizationRole, isPermission, isReading, isRole, mightiest, type OrganizationRole, type Permission, permissionsOf, type Role } from "./permissions";

/** One role that a person has in a workspace, from wherever. */
export interface HeldRole {
  role: string;
  /** Of a custom role. */
  permissions: string[] | null;
  /** Of a custom role. */
  name?: string | null;
  /** The group that has it; null: the person. */
  groupId: string | null;
  /** Where it holds. Both null: in the whole workspace. */
  folderId: string | null;
  itemId: string | null;
}

interface FoundWorkspace {
  id: string;
  organizationId: string;
  slug: string;
  name: string;
  timeZone: string;
  archivedAt: Date | null;
  quotaReached: string | null;
  color: string | null;
}

/** A person in a workspace, as the database knows it now: nothing of it is kept between requests. */
export interface Access {
  workspace: FoundWorkspace;
  person: { id: string; email: string; name: string };
  organizationRole: OrganizationRole | null;
  held: HeldRole[];
}

/** What the person of an expression has in workspace `w`, null: nothing. Looked up at every request: each place by its index, and no more is sorted or grouped than that. */
const rolesOf = (person: string) => `(
  select json_agg(json_build_object('role', g.role, 'permissions', c.permissions, 'name', c.name, 'groupId', g.group_id, 'folderId', g.folder_id, 'itemId', g.item_id))
  from (
    select role, custom_role_id, null::uuid as group_id, null::uuid as folder_id, null::uuid as item_id from membership where workspace_id = w.id and user_id = ${person}
    union all
    select role, custom_role_id, group_id, folder_id, item_id from access_grant
    where workspace_id = w.id and (user_id = ${person} or group_id = any (array(select gm.group_id from group_member gm where gm.user_id = ${person})))
  ) g left join custom_role c on c.id = g.custom_role_id)`;

const placeOf = (person: string) => `
  w.id::text, w.organization_id::text as "organizationId", w.slug, w.name, w.time_zone as "timeZone", coalesce(o.archived_at, w.archived_at) as "archivedAt", w.quota_reached as "quotaReached", w.color,
    om.role as "organizationRole", ${rolesOf(person)} as roles
  from workspace w
  join organization o on o.id = w.organization_id and o.deleted_at is null
  join organization_member om on om.organization_id = w.organization_id and om.user_id = ${person}`;

const accessOf = (person: string) => `
  select u.id::text as "userId", u.email, coalesce(u.name, u.email) as "userName", ${placeOf(person)}
  join user_account u on u.id = ${person} and u.disabled_at is null
  where w.deleted_at is null`;

const ACCESS = accessOf("$1");

/** For a statement that knows the person and that they are not disabled: an expression that is JSON of their access to the workspace of a slug, or null. */
export const accessAsJson = (person: string, slug: string) => `(select row_to_json(a) from (select ${placeOf(person)} where w.deleted_at is null and w.slug = ${slug}) a)`;

/** Of what `accessAsJson` gave. */
export function accessFromJson(row: AccessJson | null, { userId, email, name }: { userId: string; email: string; name: string }): Access | null {
  return row === null ? null : toAccess({ ...row, userId, email, userName: name, archivedAt: row.archivedAt === null ? null : new Date(row.archivedAt) });
}

interface PlaceRow extends FoundWorkspace {
  organizationRole: string;
  roles: HeldRole[] | null;
}

export type AccessJson = Omit<PlaceRow, "archivedAt"> & { archivedAt: string | null };

interface Row extends PlaceRow {
  userId: string;
  email: string;
  userName: string;
}

export type WorkspaceRef = { id: string } | { slug: string };

/** Null: there is no such workspace for this person. */
export async function findAccess(userId: string, ref: WorkspaceRef): Promise<Access | null> {
  const [name, condition, value] = "id" in ref ? ["access-by-id", "w.id = $2", ref.id] : ["access-by-slug", "w.slug = $2", ref.slug];
  // Asked at every request: planned once.
  const { rows } = await sharedPool().query<Row>({ name, text: `${ACCESS} and ${condition}`, values: [userId, value] });
  return toAccess(rows[0]);
}

/** As a transaction has it, with what it has changed. */
export async function accessIn(tx: Pick<Tx, "$queryRawUnsafe">, userId: string, workspaceId: string): Promise<Access | null> {
  const [row] = await tx.$queryRawUnsafe<Row[]>(`${accessOf("$1::uuid")} and w.id = $2::uuid`, userId, workspaceId);
  return toAccess(row);
}

/** Every workspace that a person can open. */
export async function findAllAccess(userId: string): Promise<Access[]> {
  const { rows } = await sharedPool().query<Row>(`${ACCESS} order by w.created_at, w.id`, [userId]);
  return rows.flatMap((row) => toAccess(row) ?? []);
}

/** A plain member of the organization without a role in the workspace does not know of it. */
function toAccess(row: Row | undefined): Access | null {
  if (row === undefined || (row.organizationRole === "member" && row.roles === null)) return null;
  const { userId, email, userName, organizationRole, roles, ...workspace } = row;
  return {
    workspace,
    person: { id: userId, email, name: userName },
    organizationRole: isOrganizationRole(organizationRole) ? organizationRole : null,
    held: roles ?? [],
  };
}

export function permissionsOfRole({ role, permissions }: Pick<HeldRole, "role" | "permissions">): Permission[] {
  return role === "custom" ? (permissions ?? []).filter(isPermission) : [...permissionsOf([role])];
}

const isEverywhere = ({ folderId, itemId }: HeldRole) => folderId === null && itemId === null;

/** What someone may do in the whole workspace, and what besides in parts of it. */
export interface Rights {
  role: Role | null;
  permissions: ReadonlySet<Permission>;
  /** Folders and things with what is allowed there. */
  parts: readonly PartRight[];
  /** Names of the roles that hold in the whole workspace, for whoever reads them. */
  roles?: readonly string[];
}

export interface PartRight {
  folderId: string | null;
  itemId: string | null;
  permissions: ReadonlySet<Permission>;
}

export function rightsOf({ workspace, organizationRole, held }: Access): Rights {
  const roles = held.filter(isEverywhere);
  const names = [...roles.map(({ role }) => role), ...(organizationRole === "owner" || organizationRole === "admin" ? [organizationRole] : [])];
  const usable = (permission: Permission) => workspace.archivedAt === null || isReading(permission) || permission === "workspace:delete";
  const whole = [...permissionsOf(names), ...roles.flatMap(permissionsOfRole)];
  const parts = held.filter((one) => !isEverywhere(one)).map((one) => ({
    folderId: one.folderId,
    itemId: one.itemId,
    permissions: new Set(permissionsOfRole(one).filter((permission) => isOnThings(permission) && usable(permission))),
  }));
  const customs = roles.flatMap(({ role, name }) => (role === "custom" && name ? [name] : []));
  return { role: mightiest(names), permissions: new Set(whole.filter(usable)), parts, roles: [...new Set([...names.filter(isRole), ...customs])] };
}

/** The places where parts of a workspace allow something. */
export function placesOf(parts: readonly PartRight[]): GrantedPlaces {
  const present = (ids: (string | null)[]) => [...new Set(ids.filter((id) => id !== null))];
  return { folders: present(parts.map(({ folderId }) => folderId)), items: present(parts.map(({ itemId }) => itemId)) };
}
