import type { Tx } from "@/server/db/scoped";
import type { SizeReport } from "./contract";
import { NO_WORKFLOW } from "./record";

/** So many runs of a workflow are looked at closely, spread evenly over the time of all of them. */
const LOOKED_AT = 300;

interface CountRow {
  workflowId: string | null;
  name: string | null;
  deleted: boolean;
  runs: number;
  kept: number;
  oldest: Date | null;
}

interface LookRow {
  looked: number;
  runBytes: number;
  steps: number;
  stepBytes: number;
  logs: number;
  logBytes: number;
  blobs: number;
  blobBytes: number;
}

/** Rows and bytes of what each workflow's runs take up, the largest first. */
export async function measureSizes(tx: Tx): Promise<SizeReport["workflows"]> {
  const counts = await tx.$queryRaw<CountRow[]>`
    select r.workflow_id as "workflowId", w.name, coalesce(w.deleted_at is not null, false) as deleted, r.runs, r.kept, r.oldest
    from (select workflow_id, count(*)::int as runs, (count(*) filter (where kept))::int as kept, min(created_at) as oldest from run
      where workspace_id = current_workspace_id() group by workflow_id) r
    left join workflow w on w.id = r.workflow_id`;
  const events = await measureEvents(tx);
  const known = new Set(counts.map(({ workflowId }) => workflowId));
  const only = [...events.values()].filter(({ workflowId }) => !known.has(workflowId)).map(({ workflowId, name, deleted }) => ({ workflowId, name, deleted, runs: 0, kept: 0, oldest: null }));
  const report = [];
  for (const { workflowId, name, deleted, runs, kept, oldest } of [...counts, ...only]) {
    const look = runs === 0 ? NOTHING : await lookAtRuns(tx, workflowId, runs);
    const share = look.looked === 0 ? 0 : runs / look.looked;
    const scaled = (rows: number, bytes: number) => ({ rows: Math.round(rows * share), bytes: Math.round(bytes * share) });
    const own = events.get(workflowId ?? NO_WORKFLOW);
    report.push({
      workflow: workflowId === null ? null : { id: workflowId, name: name ?? "", deleted },
      runs: { rows: runs, bytes: Math.round(look.runBytes * share) },
      steps: scaled(look.steps, look.stepBytes),
      logs: scaled(look.logs, look.logBytes),
      blobs: scaled(look.blobs, look.blobBytes),
      events: { rows: own?.rows ?? 0, bytes: own?.bytes ?? 0 },
      keptRuns: kept,
      oldestRunAt: oldest?.toISOString() ?? null,
      exact: look.looked >= runs,
    });
  }
  const total = ({ runs, steps, logs, events: inbox, blobs }: SizeReport["workflows"][number]) => runs.bytes + steps.bytes + logs.bytes + inbox.bytes + blobs.bytes;
  return report.sort((one, other) => total(other) - total(one));
}

const NOTHING: LookRow = { looked: 0, runBytes: 0, steps: 0, stepBytes: 0, logs: 0, logBytes: 0, blobs: 0, blobBytes: 0 };

async function lookAtRuns(tx: Tx, workflowId: string | null, runs: number): Promise<LookRow> {
  const every = Math.max(1, Math.ceil(runs / LOOKED_AT));
  const [row] = await tx.$queryRaw<LookRow[]>`
    with looked as materialized (
      select id from (select id, row_number() over (order by created_at, id) as n from run
        where workspace_id = current_workspace_id() and workflow_id is not distinct from ${workflowId}::uuid) numbered where n % ${every} = 0 or ${every} = 1)
    select (select count(*) from looked)::int as looked,
      (select coalesce(sum(pg_column_size(r.*)), 0) from looked l join run r on r.id = l.id)::float8 as "runBytes",
      s.rows as steps, s.bytes as "stepBytes", g.rows as logs, g.bytes as "logBytes", b.rows as blobs, b.bytes as "blobBytes"
    from (select count(*)::float8 as rows, coalesce(sum(pg_column_size(x.*)), 0)::float8 as bytes from looked l join step_run x on x.run_id = l.id) s,
      (select count(*)::float8 as rows, coalesce(sum(pg_column_size(x.*)), 0)::float8 as bytes from looked l join run_log x on x.run_id = l.id) g,
      (select count(*)::float8 as rows, coalesce(sum(x.size), 0)::float8 as bytes from looked l join blob x on x.owner_type = 'run' and x.owner_id = l.id) b`;
  return row ?? NOTHING;
}

interface EventRow {
  workflowId: string;
  name: string;
  deleted: boolean;
  rows: number;
  bytes: number;
}

async function measureEvents(tx: Tx): Promise<Map<string, EventRow>> {
  const rows = await tx.$queryRaw<EventRow[]>`
    select t.workflow_id as "workflowId", w.name, w.deleted_at is not null as deleted, sum(e.rows)::float8 as rows, sum(e.bytes)::float8 as bytes
    from trigger t join workflow w on w.id = t.workflow_id
    cross join lateral (select count(*) as rows, coalesce(sum(200 + body_size), 0) as bytes from trigger_event where trigger_id = t.id) e
    where t.workspace_id = current_workspace_id() group by 1, 2, 3 having sum(e.rows) > 0`;
  return new Map(rows.map((row) => [row.workflowId, row]));
}
