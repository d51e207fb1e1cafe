import type { z } from "zod";
import { Prisma } from "@/prisma/generated/client";
import { holding } from "@/server/db/fold-case";
import { planned, written } from "@/server/db/planned";
import type { Tx } from "@/server/db/scoped";
import { STEPS_PER_ANSWER } from "./constants";
import type { runLogsInput, StepSummary } from "./contract";

export interface StepRow {
  path: string;
  attempt: number;
  nodeId: string;
  kind: string;
  status: string;
  changeSeq: number | null;
  port: string | null;
  untaken: number[] | null;
  items: number | null;
  startedAt: Date;
  finishedAt: Date | null;
  workerId: string | null;
  errorCode: string | null;
  errorMessage: string | null;
  errorPath: string | null;
  errorNodeId: string | null;
  errorField: string | null;
  errorRunId: string | null;
  progress: StepSummary["progress"];
  inputSize: number | null;
  outputSize: number | null;
  errorSize: number | null;
}

const STEP_COLUMNS = Prisma.sql`
  path, attempt, node_id as "nodeId", kind, status, greatest(enter_seq, seq) as "changeSeq", decision ->> 'port' as port, decision -> 'untaken' as untaken,
  (enter_decision ->> 'items')::int as items, started_at as "startedAt", finished_at as "finishedAt", worker_id as "workerId",
  error ->> 'code' as "errorCode", left(error ->> 'message', 1000) as "errorMessage", error ->> 'path' as "errorPath",
  error ->> 'nodeId' as "errorNodeId", error ->> 'field' as "errorField", error -> 'details' ->> 'runId' as "errorRunId", progress,
  pg_column_size(input) as "inputSize", pg_column_size(output) as "outputSize", pg_column_size(error) as "errorSize"`;

function inside(under: string | undefined): Prisma.Sql {
  if (under === undefined || under === "") return Prisma.empty;
  return Prisma.sql`and (path = ${under} or starts_with(path, ${`${under}/`}) or starts_with(path, ${`${under}[`}))`;
}

export interface StepPart {
  runId: string;
  under?: string | undefined;
  /** Null: everything. Else nothing of iterations but of these. */
  within: readonly string[] | null;
}

/** Outside of all iterations, or directly in one of those that are looked into. */
function visible(path: Prisma.Sql, within: readonly string[]): Prisma.Sql {
  const opened = within.map((place) => {
    const rest = Prisma.sql`substr(${path}, ${place.length + 1}::int)`;
    return Prisma.sql`(starts_with(${path}, ${place}) and (${rest} = '' or starts_with(${rest}, '/')) and position('[' in ${rest}) = 0)`;
  });
  return Prisma.sql`(${Prisma.join([Prisma.sql`position('[' in ${path}) = 0`, ...opened], " or ")})`;
}

function ofPart({ under, within }: StepPart): Prisma.Sql {
  return within === null ? inside(under) : Prisma.sql`${inside(under)} and ${visible(Prisma.sql`path`, within)}`;
}

/** What asks for all steps of a run is one text. */
function ofWhole({ under, within }: StepPart): Prisma.Sql {
  return within === null && (under === undefined || under === "") ? planned : Prisma.empty;
}

/** Step runs whose journal number is above `afterSeq`, in journal order; one more than an answer holds. */
export function findChangedSteps(tx: Tx, part: StepPart, afterSeq: number): Promise<StepRow[]> {
  return tx.$queryRaw<StepRow[]>`${ofWhole(part)}
    select ${STEP_COLUMNS} from step_run
    where run_id = ${part.runId}::uuid and workspace_id = current_workspace_id() and greatest(enter_seq, seq) > ${afterSeq} ${ofPart(part)}
    order by greatest(enter_seq, seq) limit ${written(STEPS_PER_ANSWER + 1)}`;
}

/** Begun, not ended, and in no journal record yet. */
export function findOpenSteps(tx: Tx, part: StepPart): Promise<StepRow[]> {
  return tx.$queryRaw<StepRow[]>`${ofWhole(part)}
    select ${STEP_COLUMNS} from step_run
    where run_id = ${part.runId}::uuid and workspace_id = current_workspace_id() and finished_at is null ${ofPart(part)}
    order by started_at, path limit ${written(STEPS_PER_ANSWER)}`;
}

/** In the order of their paths, of which each has no more than one attempt under way. */
export function pageOpenSteps(tx: Tx, part: StepPart, after: string | undefined, take: number): Promise<StepRow[]> {
  return tx.$queryRaw<StepRow[]>`
    select ${STEP_COLUMNS} from step_run
    where run_id = ${part.runId}::uuid and workspace_id = current_workspace_id() and finished_at is null and path > ${after ?? ""} ${ofPart(part)}
    order by path limit ${take}`;
}

export async function countOpenSteps(tx: Tx, part: StepPart): Promise<number> {
  const [row] = await tx.$queryRaw<{ count: number }[]>`
    select count(*)::int as count from step_run
    where run_id = ${part.runId}::uuid and workspace_id = current_workspace_id() and finished_at is null ${ofPart(part)}`;
  return row?.count ?? 0;
}

/** By their paths, each of which the key leads to. */
export function findIterations(tx: Tx, runId: string, loop: string, from: number, limit: number): Promise<StepRow[]> {
  const paths = Array.from({ length: limit }, (_, index) => `${loop}[${from + index}]`);
  return tx.$queryRaw<StepRow[]>`
    select ${STEP_COLUMNS} from step_run
    where run_id = ${runId}::uuid and workspace_id = current_workspace_id() and path = any(${paths}::text[])
    order by length(path), path, attempt`;
}

export interface LoopRow {
  path: string;
  begun: number;
  ended: number;
  failed: number;
  firstFailed: number | null;
}

/** Figures of the loops that are outside of iterations, or directly in one of those that are looked into. */
export function findLoops(tx: Tx, runId: string, within: readonly string[]): Promise<LoopRow[]> {
  return tx.$queryRaw<LoopRow[]>`
    with iteration as (
      select regexp_replace(path, '\\[\\d+\\]$', '') as loop, substring(path from '\\[(\\d+)\\]$')::int as place, status, finished_at
      from step_run where run_id = ${runId}::uuid and workspace_id = current_workspace_id() and right(path, 1) = ']')
    select loop as path, max(place) + 1 as begun, count(finished_at)::int as ended, (count(*) filter (where status = 'failed'))::int as failed,
      min(place) filter (where status = 'failed') as "firstFailed"
    from iteration where ${visible(Prisma.sql`loop`, within)} group by loop order by loop`;
}

const LEVELS = ["debug", "info", "warn", "error"];

export interface LogRow {
  seq: bigint;
  at: Date;
  path: string;
  attempt: number;
  level: string;
  message: string;
  fields: unknown;
}

/** One more than the limit, beginning at the place: after it the oldest first, before it (null: before the end) the newest first. */
export async function findLogs(tx: Tx, input: z.output<typeof runLogsInput>, place: { after: bigint } | { before: bigint | null }): Promise<LogRow[]> {
  const { runId, path, level, limit, text } = input;
  const words = text?.trim() ?? "";
  return tx.runLog.findMany({
    where: {
      runId,
      ...("after" in place ? { seq: { gt: place.after } } : place.before === null ? {} : { seq: { lt: place.before } }),
      ...(words === "" ? {} : { message: await holding(tx, "run_log", "message", words, Prisma.sql`run_id = ${runId}::uuid`) }),
      level: { in: LEVELS.slice(LEVELS.indexOf(level)) },
      ...(path === undefined ? {} : { OR: [{ path }, { path: { startsWith: `${path}/` } }, { path: { startsWith: `${path}[` } }] }),
    },
    orderBy: { seq: "after" in place ? "asc" : "desc" },
    take: limit + 1,
  });
}
