import type { z } from "zod";
import { Prisma } from "@/prisma/generated/client";
import type { Tx } from "@/server/db/scoped";
import type { runLogsInput } from "./contract";

/** How many step runs one answer holds; the page asks again while there are more. */
export const STEPS_PER_ANSWER = 2_000;

export interface StepRow {
  path: string;
  attempt: number;
  nodeId: string;
  kind: string;
  status: string;
  changeSeq: number | null;
  port: string | null;
  items: number | null;
  startedAt: Date;
  finishedAt: Date | null;
  workerId: string | null;
  errorCode: string | null;
  errorMessage: string | null;
  errorPath: string | null;
  errorNodeId: string | null;
  errorField: string | null;
  progress: { done: number; total?: number; text?: string } | null;
  inputSize: number | null;
  outputSize: number | null;
  errorSize: number | null;
}

const STEP_COLUMNS = Prisma.sql`
  path, attempt, node_id as "nodeId", kind, status, greatest(enter_seq, seq) as "changeSeq", decision ->> 'port' as port,
  (enter_decision ->> 'items')::int as items, started_at as "startedAt", finished_at as "finishedAt", worker_id as "workerId",
  error ->> 'code' as "errorCode", left(error ->> 'message', 1000) as "errorMessage", error ->> 'path' as "errorPath",
  error ->> 'nodeId' as "errorNodeId", error ->> 'field' as "errorField", progress,
  pg_column_size(input) as "inputSize", pg_column_size(output) as "outputSize", pg_column_size(error) as "errorSize"`;

function inside(under: string | undefined): Prisma.Sql {
  if (under === undefined || under === "") return Prisma.empty;
  return Prisma.sql`and (path = ${under} or starts_with(path, ${`${under}/`}) or starts_with(path, ${`${under}[`}))`;
}

/** Step runs whose journal number is above `afterSeq`, in journal order; one more than an answer holds. */
export function findChangedSteps(tx: Tx, runId: string, afterSeq: number, under: string | undefined): Promise<StepRow[]> {
  return tx.$queryRaw<StepRow[]>`
    select ${STEP_COLUMNS} from step_run
    where run_id = ${runId}::uuid and workspace_id = current_workspace_id() and greatest(enter_seq, seq) > ${afterSeq} ${inside(under)}
    order by greatest(enter_seq, seq) limit ${STEPS_PER_ANSWER + 1}`;
}

/** Begun, not ended, and in no journal record yet. */
export function findOpenSteps(tx: Tx, runId: string, under: string | undefined): Promise<StepRow[]> {
  return tx.$queryRaw<StepRow[]>`
    select ${STEP_COLUMNS} from step_run
    where run_id = ${runId}::uuid and workspace_id = current_workspace_id() and finished_at is null ${inside(under)}
    order by started_at, path limit ${STEPS_PER_ANSWER}`;
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

/** One more than the limit, oldest first. */
export function findLogs(tx: Tx, input: z.output<typeof runLogsInput>, after: bigint): Promise<LogRow[]> {
  const { runId, path, level, limit } = input;
  return tx.runLog.findMany({
    where: {
      runId,
      seq: { gt: after },
      level: { in: LEVELS.slice(LEVELS.indexOf(level)) },
      ...(path === undefined ? {} : { OR: [{ path }, { path: { startsWith: `${path}/` } }, { path: { startsWith: `${path}[` } }] }),
    },
    orderBy: { seq: "asc" },
    take: limit + 1,
  });
}
