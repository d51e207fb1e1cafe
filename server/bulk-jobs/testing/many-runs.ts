import type { Scope } from "@/server/auth/scope";
import { sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { closeLiveHub } from "@/server/live/hub";
import { untilEnded } from "@/server/runs/testing/worked";
import { startInstallationWorker } from "@/server/worker/installation-worker";
import * as runs from "@/server/runs/service";

const DEFINITION = {
  schema: 1,
  nodes: [{ id: "start", kind: "trigger.manual" }, { id: "put", kind: "set", config: { values: { line: "{{ input.order.line }}" } } }],
  edges: [{ from: "start", to: "put" }],
};

const COLUMNS = {
  run: "workspace_id, version_id, mode, trigger_kind, input, error, output, labels, options, run_as, identity, started_by_id",
  step_run: "path, attempt, workspace_id, node_id, kind, status, enter_seq, enter_decision, seq, decision, input, output, error, worker_id, started_at, finished_at",
  run_event: "seq, workspace_id, type, path, body, at",
};

/** Runs alike, an hour old and in that state; those that failed did so at the step `put`. */
export async function makeManyRuns(scope: Scope, count: number, status: "failed" | "waiting" | "succeeded"): Promise<{ ids: string[] }> {
  const { runId } = await runs.startInlineRun({ scope }, { definition: DEFINITION, input: status === "failed" ? {} : { order: { line: 1 } } });
  const worker = startInstallationWorker(() => {});
  await untilEnded(scope, runId);
  await worker.stop();
  await closeLiveHub();
  const ids = Array.from({ length: count }, () => newId());
  const at = "clock_timestamp() - interval '1 hour'";
  const [state, end] = status === "waiting" ? ["queued", "NULL"] : [status, at];
  await sharedPool().query(`insert into run (id, root_run_id, status, created_at, started_at, finished_at, ${COLUMNS.run}) select made.id, made.id, '${state}', ${at}, ${at}, ${end}, ${COLUMNS.run.replaceAll(/\w+/g, "r.$&")} from run r, unnest($1::uuid[]) made(id) where r.id = $2`, [ids, runId]);
  for (const table of ["step_run", "run_event"] as const) {
    await sharedPool().query(`insert into ${table} (run_id, ${COLUMNS[table]}) select made.id, ${COLUMNS[table].replaceAll(/\w+/g, "s.$&")} from ${table} s, unnest($1::uuid[]) made(id) where s.run_id = $2`, [ids, runId]);
  }
  if (status === "waiting") await sharedPool().query("insert into run_queue (run_id, workspace_id, pool, state, rank, due_at) select id, $2, 'none', 'waiting', 0, now() + interval '1 day' from unnest($1::uuid[]) id", [ids, scope.workspaceId]);
  for (const table of Object.keys(COLUMNS)) await sharedPool().query(`delete from ${table} where ${table === "run" ? "id" : "run_id"} = $1`, [runId]);
  return { ids };
}
