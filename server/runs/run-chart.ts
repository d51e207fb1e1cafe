import type { z } from "zod";
import { Prisma } from "@/prisma/generated/client";
import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import type { RunChart, runChartInput } from "./contract";
import { searched } from "./find-runs";
import { allConditions, hasTextIndex, patternOf, type RunFilter } from "./run-conditions";

type Input = z.output<typeof runChartInput>;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Widths that begin at whole hours and days. */
const WIDTHS = [1_000, 5_000, 15_000, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 7 * DAY, 30 * DAY];
/** Without a range in the filter, the chart goes back so far. */
const DEFAULT_SPAN_MS = 30 * DAY;
/** The newest so many runs are counted; the answer says when there are more. */
const COUNTED_RUNS = 200_000;
export const COUNTED_BY_TEXT = 10_000;

/** Counts by status and durations over time, of the runs that the list would show. */
export function chartRuns({ scope }: { scope: Scope }, input: Input): Promise<RunChart> {
  return scope.db.transaction(async (tx) => {
    const span = await spanOf(tx, scope.workspaceId, input);
    const filter = { ...input, from: span.from.toISOString(), to: span.to.toISOString() };
    const isByText = patternOf(input) !== null && (await hasTextIndex(tx));
    const ids = isByText ? await idsByText(tx, scope.workspaceId, filter) : null;
    const limit = ids === null ? COUNTED_RUNS : COUNTED_BY_TEXT;
    const source = ids === null
      ? Prisma.sql`select r.id, r.status, r.created_at, r.started_at, r.finished_at from run r where ${allConditions(scope.workspaceId, filter)} order by r.created_at desc, r.id desc limit ${limit}`
      : Prisma.sql`select r.id, r.status, r.created_at, r.started_at, r.finished_at from run r where r.id = any(${ids}::uuid[]) and ${allConditions(scope.workspaceId, filter)}`;
    const rows = await tx.$queryRaw<Row[]>`
      with counted as materialized (
        select floor((extract(epoch from r.created_at) * 1000 - ${span.from.getTime()}) / ${span.width})::int as bucket,
          case when r.status = 'queued' then coalesce((select q.state from run_queue q where q.run_id = r.id), r.status) else r.status end as status,
          run_duration_ms(coalesce(r.started_at, r.created_at), r.finished_at) as duration, r.created_at
        from (${source}) r)
      select bucket, status, count(*)::int as runs, percentile_cont(0.5) within group (order by duration) as median,
        percentile_cont(0.95) within group (order by duration) as p95, min(created_at) as oldest
      from counted group by grouping sets ((bucket, status), (bucket)) order by bucket, status nulls first`;
    const total = rows.reduce((sum, { status, runs }) => sum + (status === null ? runs : 0), 0);
    return { ...toChart(rows, span), coveredFrom: total < limit ? null : (rows[0]?.oldest.toISOString() ?? null) };
  });
}

interface Row {
  bucket: number;
  /** Null: all of the bucket. */
  status: string | null;
  runs: number;
  median: number | null;
  p95: number | null;
  oldest: Date;
}

export interface Span {
  from: Date;
  to: Date;
  width: number;
}

async function spanOf(tx: Tx, workspaceId: string, { from, to, buckets }: Input): Promise<Span> {
  const end = to === undefined ? Date.now() : Date.parse(to);
  const begin = from === undefined ? Math.max(end - DEFAULT_SPAN_MS, (await oldestRun(tx, workspaceId))?.getTime() ?? end - HOUR) : Date.parse(from);
  return roundSpan(begin, end, buckets);
}

/** To whole buckets, of which there are at most so many. */
export function roundSpan(begin: number, end: number, buckets: number): Span {
  const length = Math.max(end - begin, buckets * WIDTHS[0]!);
  const width = WIDTHS.find((one) => length / one <= buckets) ?? Math.ceil(length / buckets / DAY) * DAY;
  const from = Math.floor(begin / width) * width;
  return { from: new Date(from), to: new Date(Math.max(end, from + width)), width };
}

async function oldestRun(tx: Tx, workspaceId: string): Promise<Date | null> {
  const [row] = await tx.$queryRaw<{ at: Date }[]>`select created_at as at from run where workspace_id = ${workspaceId}::uuid order by created_at, id limit 1`;
  return row?.at ?? null;
}

export async function idsByText(tx: Tx, workspaceId: string, filter: RunFilter): Promise<string[]> {
  const found = await searched(tx, filter, undefined, COUNTED_BY_TEXT);
  const fresh = await tx.$queryRaw<{ id: string }[]>`select distinct run_id as id from run_change where workspace_id = ${workspaceId}::uuid`;
  return [...new Set([...found, ...fresh].map(({ id }) => id))];
}

function toChart(rows: readonly Row[], { from, to, width }: Span): Omit<RunChart, "coveredFrom"> {
  const buckets = new Map<number, RunChart["buckets"][number]>();
  for (const { bucket, status, runs, median, p95 } of rows) {
    if (status === null) buckets.set(bucket, { at: new Date(from.getTime() + bucket * width).toISOString(), counts: {}, median, p95 });
    else buckets.get(bucket)!.counts[status as keyof RunChart["buckets"][number]["counts"]] = runs;
  }
  return { from: from.toISOString(), to: to.toISOString(), bucketMs: width, buckets: [...buckets.values()] };
}
