import { Prisma } from "@/prisma/generated/client";
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
  /** Of the picture, where the look had to stop. */
  oldest: Date | null;
  /** `part`: runs of one status in one part of the window; `failing` and `slowest`: one workflow; `all`: everything looked at. */
  about: "part" | "failing" | "slowest" | "all";
}

export interface Look {
  workspaceId: string;
  from: Date;
  partMilliseconds: number;
  /** Held to parts of the workspace: what there is of others is not walked through. */
  isHeld: boolean;
  limit?: number;
}

/** Of each workflow at least, for whoever sees very many of them. */
const OF_EACH = 100;

/** One walk along the index of the runs list, newest first, and never further than the bound. */
function lookedAt({ workspaceId, from, limit = RUNS_LOOKED_AT }: Look): Prisma.Sql {
  return Prisma.sql`
    looked as materialized (
      select workflow_id, status, mode, created_at, finished_at - started_at as took
      from run where workspace_id = ${workspaceId}::uuid and created_at >= ${from}
      order by created_at desc, id desc limit ${limit}
    ),
    bound as (select case when count(*) >= ${limit} then min(created_at) end as oldest from looked)`;
}

/** As many of the newest runs of each workflow that is seen. Where that was not all of one, the picture begins with its last: it is whole since then. */
function lookedAtInParts({ workspaceId, from, limit = RUNS_LOOKED_AT }: Look): Prisma.Sql {
  return Prisma.sql`
    seen as materialized (select distinct id from granted_workflow_ids() as id),
    most as materialized (select greatest(least(${limit}::int, ${OF_EACH}::int), ${limit}::int / greatest(1, count(*))::int) as each from seen),
    newest as materialized (
      select r.* from seen cross join lateral (
        select workflow_id, status, mode, created_at, finished_at - started_at as took
        from run where workspace_id = ${workspaceId}::uuid and workflow_id = seen.id and created_at >= ${from}
        order by created_at desc, id desc limit (select each from most)) r
    ),
    bound as materialized (
      select max(last) as oldest from (select min(created_at) as last from newest group by workflow_id having count(*) >= (select each from most)) full_ones
    ),
    looked as (select * from newest where created_at >= coalesce((select oldest from bound), ${from}))`;
}

export function healthQuery(look: Look): Prisma.Sql {
  const { from, partMilliseconds } = look;
  return Prisma.sql`
    with ${look.isHeld ? lookedAtInParts(look) : lookedAt(look)},
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
    select 'all', null, null, null, null, (select count(*) from looked)::int, 0, null, oldest from bound`;
}

export function findHealth(tx: Tx, look: Look): Promise<HealthRow[]> {
  return tx.$queryRaw<HealthRow[]>(healthQuery(look));
}

export interface BacklogRow {
  /** Null: of none; there may be others than those that were looked at. */
  state: string | null;
  runs: number;
  atLeast: boolean;
}

export interface NextRow {
  rank: bigint;
  priority: number;
}

export interface FoundBacklog {
  /** Of each state, or of its pools. */
  states: BacklogRow[];
  /** The run that is next in turn, of each pool: the order within a pool is that of the claims. */
  next: NextRow[];
}

/** For whoever is held to parts of the workspace. */
export async function findBacklogOfParts(tx: Tx): Promise<FoundBacklog> {
  const rows = await tx.$queryRaw<(BacklogRow & { rank: bigint | null; priority: number })[]>`
    select state, runs, is_more as "atLeast", first_rank as rank, first_priority as priority from granted_backlog(${QUEUED_LOOKED_AT}::int)`;
  return { states: rows, next: rows.flatMap(({ state, rank, priority }) => (state === "queued" && rank !== null ? [{ rank, priority }] : [])) };
}

export async function findBacklog(tx: Tx, workspaceId: string): Promise<FoundBacklog> {
  const states = await tx.$queryRaw<BacklogRow[]>`
    with seen as (select state from run_queue where workspace_id = ${workspaceId}::uuid limit ${QUEUED_LOOKED_AT + 1})
    select state, count(*)::int as runs, sum(count(*)) over () > ${QUEUED_LOOKED_AT} as "atLeast" from seen group by state`;
  return { states, next: await findNextInTurn(tx, workspaceId) };
}

function findNextInTurn(tx: Tx, workspaceId: string): Promise<NextRow[]> {
  return tx.$queryRaw<NextRow[]>`
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
