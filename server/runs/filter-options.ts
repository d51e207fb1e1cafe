import type { Scope } from "@/server/auth/scope";
import type { FilterOptions } from "./contract";

/** Labels and triggers are offered as the newest runs have them. */
const NEWEST_RUNS = 2_000;
const MAX_LABELS = 200;

export async function filterOptions({ scope }: { scope: Scope }): Promise<FilterOptions> {
  const [newest] = await scope.db.$queryRaw<{ labels: string[]; triggers: string[] }[]>`
    with newest as materialized (
      select labels, trigger_kind from run where workspace_id = ${scope.workspaceId}::uuid order by created_at desc, id desc limit ${NEWEST_RUNS})
    select array(select distinct key || '=' || value from newest, jsonb_each_text(labels) order by 1 limit ${MAX_LABELS}) as labels,
      array(select distinct trigger_kind from newest order by 1) as triggers`;
  return { labels: (newest?.labels ?? []).filter((label) => !label.startsWith("=")), triggers: newest?.triggers ?? [] };
}
