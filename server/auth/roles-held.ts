import type { Tx } from "@/server/db/scoped";
import { permissionsOfRole } from "./access";
import { isOnThings, isRole, type Permission, type Role, roleAlike } from "./permissions";

interface RoleRow {
  userId: string;
  /** Null: the role holds in the whole workspace. */
  workflowId: string | null;
  role: string;
  /** A custom role's own; of the others, the role. */
  name: string;
  /** Of a custom role. */
  permissions: string[] | null;
}

/** What somebody is at one workflow. */
export interface Held {
  /** Their roles, custom ones by name. */
  names: readonly string[];
  permissions: ReadonlySet<Permission>;
  /** Built-in roles; of a custom role the one that is most like it. */
  kinds: readonly Role[];
}

export function kindOf(row: Pick<RoleRow, "role" | "permissions">): Role {
  return isRole(row.role) ? row.role : roleAlike(permissionsOfRole(row));
}

/** In a part of the workspace, what belongs to the whole is not allowed by anything. */
export function heldOf(rows: readonly Omit<RoleRow, "userId">[]): Held {
  const allowed = rows.flatMap((row) => permissionsOfRole(row).filter((permission) => row.workflowId === null || isOnThings(permission)));
  return { names: [...new Set(rows.map(({ name }) => name))], permissions: new Set(allowed), kinds: [...new Set(rows.map(kindOf))] };
}

/** What each of these people is at each of these workflows, from wherever: a run of none is the whole workspace's. */
export async function rolesHeld(tx: Tx, userIds: readonly string[], workflowIds: readonly (string | null)[]): Promise<(userId: string | null, workflowId: string | null) => Held> {
  const at = [...new Set(workflowIds.filter((id) => id !== null))];
  const rows = userIds.length === 0 ? [] : await tx.$queryRaw<RoleRow[]>`
    select user_id::text as "userId", workflow_id::text as "workflowId", role, name, permissions from roles_held(${[...userIds]}::uuid[], ${at}::uuid[]) order by name`;
  return (userId, workflowId) => heldOf(rows.filter((row) => row.userId === userId && (row.workflowId === null || row.workflowId === workflowId)));
}
