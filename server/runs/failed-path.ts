import type { Scope } from "@/server/auth/scope";
import { DomainError } from "@/server/errors/domain-error";

/** The step at fault, the one that the run's error tells of, by path or node. Of others that failed, the failure was handled: the run failed at none. */
export async function failedPath({ scope }: { scope: Scope }, runId: string): Promise<string> {
  const reader = scope.reach("run:read");
  if (reader === null) throw new DomainError("forbidden", { permission: "run:read" });
  if ((await reader.db.run.count({ where: { id: runId } })) === 0) throw new DomainError("not_found", { what: "run", id: runId });
  const rows = await scope.db.transaction((tx) => tx.$queryRaw<{ path: string }[]>`
    select coalesce(nullif(r.error ->> 'path', ''), step.path) as path from run r
    left join lateral (
      select latest.path from (
        select distinct on (s.path) s.path, s.status, s.node_id from step_run s
        where s.run_id = r.id and s.workspace_id = current_workspace_id() order by s.path, s.attempt desc) latest
      where latest.status = 'failed' and latest.node_id = r.error ->> 'nodeId'
      order by length(latest.path) - length(replace(latest.path, '/', '')) desc, latest.path limit 1) step on true
    where r.id = ${runId}::uuid and r.workspace_id = current_workspace_id() and r.status = 'failed'`);
  const path = rows[0]?.path ?? null;
  if (path === null) throw new DomainError("invalid_input", { field: "", reason: "names a run that did not fail at a step" });
  return path;
}
