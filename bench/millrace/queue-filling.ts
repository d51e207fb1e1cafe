import { sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import type { Installation, PublishedWorkflow } from "@/bench/millrace/installation";

/** Puts runs into the queue without going through the store: a million by way of it would take minutes. */
export async function fillQueue({ pool, workspaceId }: Installation, workflow: PublishedWorkflow, count: number): Promise<void> {
  const prefix = newId().slice(0, 24);
  await pool.query(
    `WITH made AS (
      INSERT INTO run (id, workspace_id, workflow_id, version_id, input, trigger_kind, root_run_id)
      SELECT id, $2, $3, $4, '{"n":1}', 'manual', id FROM (SELECT ($1 || lpad(to_hex(n), 12, '0'))::uuid AS id FROM generate_series(1, $5::int) AS n) AS ids
      RETURNING id)
    INSERT INTO run_queue (run_id, workspace_id, rank) SELECT id, $2, floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint FROM made`,
    [prefix, workspaceId, workflow.id, workflow.versionId, count],
  );
}

/** The role of a worker may not do that. */
export async function emptyQueue(): Promise<void> {
  await sharedPool().query("TRUNCATE run_queue, run, step_run CASCADE");
}

export async function tidy(...tables: string[]): Promise<void> {
  await sharedPool().query(`VACUUM ANALYZE ${tables.join(", ")}`);
}
