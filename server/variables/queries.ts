import type { Tx } from "@/server/db/scoped";
import { queryAsTenant } from "@/server/db/tenant-query";

/** Those of deleted folders are seen by nobody. */
export const IN_USE = { OR: [{ folderId: null }, { folder: { deletedAt: null } }] };

export async function findVariables(tx: Tx) {
  const variables = await tx.variable.findMany({ where: IN_USE, orderBy: [{ name: "asc" }, { id: "asc" }] });
  const editors = await tx.user.findMany({
    where: { id: { in: variables.flatMap(({ updatedById }) => updatedById ?? []) } },
    select: { id: true, name: true, email: true },
  });
  return { variables, editors };
}

/** JSON text of an object with all variables that the run's workflow sees. */
export async function findVariablesText(workspaceId: string, runId: string): Promise<string> {
  const { rows } = await queryAsTenant<{ text: string }>(workspaceId, {
    name: "variables-of-run",
    text: `with asking as materialized (select r.workflow_id, r.environment_id, (select e.is_strict from environment e where e.id = r.environment_id) as is_strict from run r where r.id = $2)
      select coalesce('{' || string_agg(to_json(name)::text || ':' || value::text, ',' order by name) || '}', '{}') as text
      from (select distinct on (v.name) v.name, v.value from variable v
        left join folder_chain((select workflow_id from asking)) c on c.id = v.folder_id
        where v.workspace_id = $1 and (v.folder_id is null or c.id is not null)
          and (case when v.environment_id is null then (select is_strict from asking) is not true else v.environment_id = (select environment_id from asking) end)
        order by v.name, c.depth nulls last, v.environment_id nulls last) seen`,
    values: [workspaceId, runId],
  });
  return rows[0]!.text;
}

/** The last run of each workflow; nulls when it has none. */
export function findLastRuns(tx: Tx, workflowIds: readonly string[]) {
  return tx.$queryRaw<{ workflowId: string; runId: string; at: Date }[]>`
    select w.id::text as "workflowId", r.id::text as "runId", r.created_at as at from unnest(${[...workflowIds]}::uuid[]) w (id)
    cross join lateral (select id, created_at from run where workspace_id = current_workspace_id() and workflow_id = w.id order by created_at desc, id desc limit 1) r
    order by r.created_at desc`;
}
