import type { Tx } from "@/server/db/scoped";
import { queryAsTenant } from "@/server/db/tenant-query";

export async function findVariables(tx: Tx) {
  const variables = await tx.variable.findMany({ orderBy: { name: "asc" } });
  const editors = await tx.user.findMany({
    where: { id: { in: variables.flatMap(({ updatedById }) => updatedById ?? []) } },
    select: { id: true, name: true, email: true },
  });
  return { variables, editors };
}

/** JSON text of an object with all of a workspace's variables, as a run is to see them. */
export async function findVariablesText(workspaceId: string): Promise<string> {
  const { rows } = await queryAsTenant<{ text: string }>(workspaceId, {
    name: "variables-of-workspace",
    text: `select coalesce('{' || string_agg(to_json(name)::text || ':' || value::text, ',' order by name) || '}', '{}') as text
      from variable where workspace_id = $1`,
    values: [workspaceId],
  });
  return rows[0]!.text;
}
