import { Prisma } from "@/prisma/generated/client";
import { planned, written } from "@/server/db/planned";
import type { Tx } from "@/server/db/scoped";
import { SHOWN_CHILDREN } from "./constants";
import type { RunRow } from "./views";

/** What every list and page shows of a run. The status of an unfinished run is its queue row's. */
const RUN_COLUMNS = Prisma.sql`
  r.id, r.workflow_id as "workflowId", w.name as "workflowName", r.version_id as "versionId", v.number as "versionNumber",
  r.mode, coalesce(q.state, r.status) as status, r.trigger_kind as "triggerKind", r.created_at as "createdAt",
  coalesce(q.started_at, r.started_at) as "startedAt", r.finished_at as "finishedAt", r.parent_run_id as "parentRunId",
  (select json_build_object('id', n.id, 'name', n.name, 'slug', n.slug, 'color', n.color) from environment n where n.id = r.environment_id) as environment,
  coalesce(
    (select coalesce(u.name, u.email) from user_account u where u.id = r.started_by_id),
    (select s.name from service_account s where s.id = r.started_by_id and s.workspace_id = r.workspace_id)) as "startedByName",
  r.labels, r.error ->> 'code' as "errorCode", left(r.error ->> 'message', 1000) as "errorMessage",
  r.error ->> 'path' as "errorPath", r.error ->> 'nodeId' as "errorNodeId", r.error ->> 'field' as "errorField"`;

const RUN_JOINS = Prisma.sql`
  left join run_queue q on q.run_id = r.id
  left join workflow w on w.id = r.workflow_id
  left join workflow_version v on v.id = r.version_id`;

/** Rows to show, newest first, of runs that `source` selects (a subquery that gives columns of `run`). `isPlanned`: one whose text does not vary. */
export function selectRuns(tx: Tx, source: Prisma.Sql, limit: number, isPlanned = false): Promise<RunRow[]> {
  return tx.$queryRaw<RunRow[]>`${isPlanned ? planned : Prisma.empty}
    select ${RUN_COLUMNS} from ${source} r ${RUN_JOINS}
    order by r.created_at desc, r.id desc limit ${written(limit)}`;
}

export interface RunDetailRow extends RunRow {
  terminationReason: string | null;
  rootRunId: string;
  kept: boolean;
  options: { rerun?: { runId: string; path: string } };
  identity: string | null;
  inputSize: number | null;
  outputSize: number | null;
  errorSize: number | null;
}

export async function findRun(tx: Tx, runId: string): Promise<RunDetailRow | null> {
  const rows = await tx.$queryRaw<RunDetailRow[]>`${planned}
    select ${RUN_COLUMNS}, r.termination_reason as "terminationReason", r.root_run_id as "rootRunId", r.kept,
      r.options, r.identity::text as identity,
      pg_column_size(r.input) as "inputSize",
      pg_column_size(r.output) as "outputSize", pg_column_size(r.error) as "errorSize"
    from run r ${RUN_JOINS}
    where r.id = ${runId}::uuid and r.workspace_id = current_workspace_id()`;
  return rows[0] ?? null;
}

export interface ChildRow {
  runId: string;
  path: string;
  status: string;
}

/** One more than are shown says that there are more. */
export function findChildren(tx: Tx, runId: string): Promise<ChildRow[]> {
  return tx.$queryRaw<ChildRow[]>`${planned}
    select r.id as "runId", r.parent_path as path, coalesce(q.state, r.status) as status
    from run r left join run_queue q on q.run_id = r.id
    where r.parent_run_id = ${runId}::uuid and r.workspace_id = current_workspace_id()
    order by r.created_at, r.id limit ${written(SHOWN_CHILDREN + 1)}`;
}
