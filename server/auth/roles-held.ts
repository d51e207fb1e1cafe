import type { Tx } from "@/server/db/scoped";

/** The roles that a person has in the whole workspace of the transaction, from wherever. */
export async function rolesHeldBy(tx: Tx, userId: string | null): Promise<string[]> {
  if (userId === null) return [];
  const rows = await tx.$queryRaw<{ role: string }[]>`select distinct role from workspace_role where workspace_id = current_workspace_id() and user_id = ${userId}::uuid`;
  return rows.map(({ role }) => role);
}

/** Who of these has a role in the whole workspace of the transaction, and which. */
export async function rolesHeldByEach(tx: Tx, userIds: readonly string[]): Promise<Map<string, string[]>> {
  if (userIds.length === 0) return new Map();
  const rows = await tx.$queryRaw<{ id: string; roles: string[] }[]>`
    select user_id::text as id, array_agg(distinct role) as roles from workspace_role
    where workspace_id = current_workspace_id() and user_id = any(${[...userIds]}::uuid[]) group by user_id`;
  return new Map(rows.map(({ id, roles }) => [id, roles]));
}
