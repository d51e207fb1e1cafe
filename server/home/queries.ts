import type { Tx } from "@/server/db/scoped";

/** Enough for an exact picture of most workspaces, and the bound of what one look may cost in the busiest. */
export const RUNS_LOOKED_AT = 100_000;
const QUEUED_LOOKED_AT = 20_000;
const WORKFLOWS_SHOWN = 5;

export interface HealthRow {
  part: number | null;
  status: string | null;
  workflowId: string | null;
  workflowName: string | null;
  runs: number;
  failed: number;
  p95: number | null;
  oldest: Date | null;
  /** `part`: runs of one status in one part of the window; `failing` and `slowest`: one workflow; `all`: everything looked at. */
  about: "part" | "failing" | "slowest" | "all";
}

/** One walk along the index of the runs list, newest first, and never further than the bound. */
export function findHealth(tx: Tx, workspaceId: string, from: Date, partMilliseconds: number, limit = RUNS_LOOKED_AT): Promise<HealthRow[]> {
  return tx.$queryRaw<HealthRow[]>`
    with looked as materialized (
      select workflow_id, status, mode, created_at, finished_at - started_at as took
      from run where workspace_id = ${workspaceId}::uuid and created_at >= ${from}
      order by created_at desc, id desc limit ${limit}
    ),
    counted as (select * from looked where mode = 'production'),
    per_workflow as materialized (
      select workflow_id, count(*)::int as runs, (count(*) filter (where status = 'failed'))::int as failed,
        percentile_disc(0.95) within group (order by took) filter (where status in ('succeeded', 'failed')) as p95
      from counted where workflow_id is not null group by workflow_id
    ),
    per_part as (
      select floor(extract(epoch from created_at - ${from}::timestamptz) * 1000 / ${partMilliseconds}::float8)::int as part, status, count(*)::int as runs
      from counted group by 1, 2
    ),
    failing as (select * from per_workflow where failed > 0 order by failed desc, workflow_id limit ${WORKFLOWS_SHOWN}),
    slowest as (select * from per_workflow where p95 is not null order by p95 desc, workflow_id limit ${WORKFLOWS_SHOWN})
    select 'part' as about, part, status, null::uuid as "workflowId", null::text as "workflowName", runs, 0 as failed, null::float8 as p95, null::timestamptz as oldest from per_part
    union all
    select 'failing', null, null, w.id, w.name, f.runs, f.failed, null, null from failing f join workflow w on w.id = f.workflow_id
    union all
    select 'slowest', null, null, w.id, w.name, s.runs, s.failed, extract(epoch from s.p95)::float8 * 1000, null from slowest s join workflow w on w.id = s.workflow_id
    union all
    select 'all', null, null, null, null, count(*)::int, 0, null, min(created_at) from looked`;
}

export interface BacklogRow {
  state: string;
  runs: number;
  atLeast: boolean;
}

export function findBacklog(tx: Tx, workspaceId: string): Promise<BacklogRow[]> {
  return tx.$queryRaw<BacklogRow[]>`
    with seen as (select state from run_queue where workspace_id = ${workspaceId}::uuid limit ${QUEUED_LOOKED_AT + 1})
    select state, count(*)::int as runs, sum(count(*)) over () > ${QUEUED_LOOKED_AT} as "atLeast" from seen group by state`;
}

/** The run that is next in turn, of each pool: the order within a pool is that of the claims. */
export function findNextInTurn(tx: Tx, workspaceId: string): Promise<{ rank: bigint; priority: number }[]> {
  return tx.$queryRaw<{ rank: bigint; priority: number }[]>`
    with pools as (
      select distinct pool from (select pool from run_queue where workspace_id = ${workspaceId}::uuid and state = 'queued' limit ${QUEUED_LOOKED_AT}) seen
    )
    select next.rank, r.priority from pools p
    cross join lateral (
      select run_id, rank from run_queue
      where state = 'queued' and pool = p.pool and workspace_id = ${workspaceId}::uuid order by rank limit 1
    ) next
    join run r on r.id = next.run_id`;
}
