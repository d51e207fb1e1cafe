import type { ClientBase } from "pg";
import { crashPoint } from "@/server/testing/crash-points";
import { sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import { holdLease, type Lease } from "./lease";
import { loosenBlobs } from "./loosen-blobs";
import { NO_WORKFLOW, recordRemoved } from "./record";

/** Of all tables together: a run may have millions of rows, and one transaction removes no more of them than this. */
export const ROWS_PER_PIECE = 2_000;
const RUNS_PER_PIECE = 500;

/** Answers and links go with their wait. Which files a run reads is forgotten last: it says which blobs are loose. */
const BELONGINGS = ["run_log", "wait", "step_run", "run_event", "run_inbox", "run_snapshot", "llm_request", "step_cache", "run_change", "blob_share"] as const;

const GONE = `
SELECT run_id AS id, workflow_id AS "workflowId" FROM retention_gone
WHERE workspace_id = $1 AND workflow_id = (SELECT workflow_id FROM retention_gone WHERE workspace_id = $1 LIMIT 1) LIMIT ${RUNS_PER_PIECE}`;

/** One piece of what runs have left whose own row is gone. Answers whether there may be more. */
export async function removeBelongings(lease: Lease): Promise<boolean> {
  const { rows: gone } = await sharedPool().query<{ id: string; workflowId: string }>(GONE, [lease.workspaceId]);
  const [first] = gone;
  if (first === undefined) return false;
  await inTransaction(sharedPool(), async (client) => {
    await holdLease(client, lease);
    const ids = gone.map(({ id }) => id);
    const { isAll, ...piece } = await removePiece(client, ids);
    if (isAll) await client.query("DELETE FROM retention_gone WHERE workspace_id = $1 AND workflow_id = $2 AND run_id = ANY($3::uuid[])", [lease.workspaceId, first.workflowId, ids]);
    await recordRemoved(client, lease.workspaceId, first.workflowId === NO_WORKFLOW ? null : first.workflowId, piece);
    crashPoint("retention-belongings-deleted");
  });
  return true;
}

async function removePiece(client: ClientBase, ids: readonly string[]): Promise<{ blobs: number; blobBytes: number; logs: number; isAll: boolean }> {
  // With a limit the planner may think that it is quicker to read a table from its beginning.
  await client.query("SET LOCAL enable_seqscan = off");
  const loosened = await loosenBlobs(client, { removedRuns: ids, most: ROWS_PER_PIECE });
  let left = ROWS_PER_PIECE - loosened.blobs;
  let logs = 0;
  for (const table of BELONGINGS) {
    if (left <= 0) break;
    const { rowCount } = await client.query(`DELETE FROM ${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE run_id = ANY($1::uuid[]) LIMIT $2))`, [ids, left]);
    if (table === "run_log") logs = rowCount ?? 0;
    left -= rowCount ?? 0;
  }
  return { ...loosened, logs, isAll: left > 0 };
}
