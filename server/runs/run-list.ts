import type { z } from "zod";
import { Prisma } from "@/prisma/generated/client";
import { decodePlace } from "@/server/db/keyset";
import type { Tx } from "@/server/db/scoped";
import { FINAL_RUN_STATUSES, type listRunsInput } from "./contract";
import type { RunRow } from "./views";

type Filter = z.output<typeof listRunsInput>;

/** What every list and page shows of a run. The status of an unfinished run is its queue row's. */
const RUN_COLUMNS = Prisma.sql`
  r.id, r.workflow_id as "workflowId", w.name as "workflowName", r.version_id as "versionId", v.number as "versionNumber",
  r.mode, coalesce(q.state, r.status) as status, r.trigger_kind as "triggerKind", r.created_at as "createdAt",
  coalesce(q.started_at, r.started_at) as "startedAt", r.finished_at as "finishedAt", r.parent_run_id as "parentRunId",
  r.labels, r.error ->> 'code' as "errorCode", left(r.error ->> 'message', 1000) as "errorMessage",
  r.error ->> 'path' as "errorPath", r.error ->> 'nodeId' as "errorNodeId", r.error ->> 'field' as "errorField"`;

const RUN_SOURCES = Prisma.sql`
  run r
  left join run_queue q on q.run_id = r.id
  left join workflow w on w.id = r.workflow_id
  left join workflow_version v on v.id = r.version_id`;

/** One more than the limit, newest first. Ended and live runs are looked for apart: each then has an index that fits. */
export async function findRuns(tx: Tx, workspaceId: string, input: Filter): Promise<RunRow[]> {
  const { status } = input;
  if (status === undefined) return select(tx, workspaceId, input, null);
  const ended = status.filter((wanted) => (FINAL_RUN_STATUSES as readonly string[]).includes(wanted));
  const live = status.filter((wanted) => !ended.includes(wanted));
  const rows = [
    ...(ended.length === 0 ? [] : await select(tx, workspaceId, input, endedAs(ended))),
    ...(live.length === 0 ? [] : await select(tx, workspaceId, input, liveAs(workspaceId, live))),
  ];
  const newestFirst = (one: RunRow, other: RunRow) => other.createdAt.getTime() - one.createdAt.getTime() || (one.id < other.id ? 1 : -1);
  return rows.sort(newestFirst).slice(0, input.limit + 1);
}

function select(tx: Tx, workspaceId: string, input: Filter, status: Prisma.Sql | null): Promise<RunRow[]> {
  const conditions = [...conditionsOf(workspaceId, input), ...(status === null ? [] : [status])];
  return tx.$queryRaw<RunRow[]>`
    select ${RUN_COLUMNS} from ${RUN_SOURCES}
    where ${Prisma.join(conditions, " and ")}
    order by r.created_at desc, r.id desc limit ${input.limit + 1}`;
}

function* conditionsOf(workspaceId: string, input: Filter): Generator<Prisma.Sql> {
  yield Prisma.sql`r.workspace_id = ${workspaceId}::uuid`;
  if (input.workflowId !== undefined) yield Prisma.sql`r.workflow_id = ${input.workflowId}::uuid`;
  if (input.parentRunId !== undefined) yield Prisma.sql`r.parent_run_id = ${input.parentRunId}::uuid`;
  if (input.mode !== undefined) yield Prisma.sql`r.mode = ${input.mode}`;
  if (input.trigger !== undefined) yield Prisma.sql`r.trigger_kind = any(${input.trigger}::text[])`;
  if (input.from !== undefined) yield Prisma.sql`r.created_at >= ${new Date(input.from)}`;
  if (input.to !== undefined) yield Prisma.sql`r.created_at < ${new Date(input.to)}`;
  const place = decodePlace(input.cursor);
  if (place !== null) yield Prisma.sql`(r.created_at, r.id) < (${place.at}, ${place.id}::uuid)`;
}

/** Without a successful one among them, the partial index of those that ended badly applies. */
function endedAs(statuses: string[]): Prisma.Sql {
  const wanted = Prisma.sql`r.status in (${Prisma.join(statuses)})`;
  return statuses.includes("succeeded") ? wanted : Prisma.sql`r.status in ('failed', 'cancelled') and ${wanted}`;
}

function liveAs(workspaceId: string, states: string[]): Prisma.Sql {
  return Prisma.sql`r.id in (select run_id from run_queue where workspace_id = ${workspaceId}::uuid and state in (${Prisma.join(states)}))`;
}

export interface RunDetailRow extends RunRow {
  terminationReason: string | null;
  rootRunId: string;
  options: { rerun?: { runId: string; path: string } };
  startedByName: string | null;
  inputSize: number | null;
  outputSize: number | null;
  errorSize: number | null;
}

export async function findRun(tx: Tx, runId: string): Promise<RunDetailRow | null> {
  const rows = await tx.$queryRaw<RunDetailRow[]>`
    select ${RUN_COLUMNS}, r.termination_reason as "terminationReason", r.root_run_id as "rootRunId",
      r.options,
      coalesce(u.name, u.email) as "startedByName", pg_column_size(r.input) as "inputSize",
      pg_column_size(r.output) as "outputSize", pg_column_size(r.error) as "errorSize"
    from ${RUN_SOURCES} left join user_account u on u.id = r.started_by_id
    where r.id = ${runId}::uuid and r.workspace_id = current_workspace_id()`;
  return rows[0] ?? null;
}

export function findChildren(tx: Tx, runId: string): Promise<{ runId: string; path: string; status: string }[]> {
  return tx.$queryRaw`
    select r.id as "runId", r.parent_path as path, coalesce(q.state, r.status) as status
    from run r left join run_queue q on q.run_id = r.id
    where r.parent_run_id = ${runId}::uuid and r.workspace_id = current_workspace_id()
    order by r.created_at, r.id limit 500`;
}
