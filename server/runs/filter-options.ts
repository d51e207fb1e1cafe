import type { z } from "zod";
import type { Scope } from "@/server/auth/scope";
import type { FilterOptions, filterOptionsInput } from "./contract";

/** Labels and triggers are offered as the newest runs have them. */
const NEWEST_RUNS = 2_000;
const MAX_OFFERED = 200;

export function filterOptions({ scope }: { scope: Scope }, { workflowId }: z.output<typeof filterOptionsInput>): Promise<FilterOptions> {
  return scope.db.transaction(async (tx) => {
    // Also those who have left, or who came by a group: the newest runs know them.
    const people = await tx.$queryRaw<{ id: string; name: string; isProgram: boolean }[]>`
      with newest as materialized (
        select started_by_id from run where workspace_id = ${scope.workspaceId}::uuid order by created_at desc, id desc limit ${NEWEST_RUNS})
      select u.id, coalesce(u.name, u.email) as name, false as "isProgram" from user_account u
      where u.id in (select user_id from workspace_role where workspace_id = ${scope.workspaceId}::uuid union select started_by_id from newest)
      union all select s.id, s.name, true from service_account s where s.workspace_id = ${scope.workspaceId}::uuid
      order by 3, 2, 1 limit ${MAX_OFFERED}`;
    const versions = workflowId === undefined ? [] : await tx.workflowVersion.findMany({
      where: { workflowId, number: { not: null } }, select: { id: true, number: true }, orderBy: { number: "desc" }, take: MAX_OFFERED,
    });
    const [newest] = await tx.$queryRaw<{ labels: string[]; triggers: string[] }[]>`
      with newest as materialized (
        select labels, trigger_kind from run where workspace_id = ${scope.workspaceId}::uuid order by created_at desc, id desc limit ${NEWEST_RUNS})
      select array(select distinct key || '=' || value from newest, jsonb_each_text(labels) order by 1 limit ${MAX_OFFERED}) as labels,
        array(select distinct trigger_kind from newest order by 1) as triggers`;
    return {
      people,
      versions: versions.flatMap(({ id, number }) => (number === null ? [] : [{ id, number }])),
      labels: (newest?.labels ?? []).filter((label) => !label.startsWith("=")),
      triggers: newest?.triggers ?? [],
    };
  });
}
