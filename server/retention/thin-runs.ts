import { sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import { holdLease, type Lease } from "./lease";
import { loosenBlobs } from "./loosen-blobs";
import { recordRemoved } from "./record";
import type { Place } from "./remove-runs";

const RUNS_PER_BATCH = 200;
const LINES_PER_BATCH = 5_000;

const RUNS = `
SELECT id, created_at AS "createdAt", coalesce(finished_at < $3, false) AS ended, kept FROM run
WHERE workspace_id = $1 AND workflow_id IS NOT DISTINCT FROM $2 AND created_at < $3 AND (created_at, id) > ($4, $5)
ORDER BY created_at, id LIMIT ${RUNS_PER_BATCH}`;

const LINES = `DELETE FROM run_log WHERE (run_id, seq) IN (SELECT run_id, seq FROM run_log WHERE run_id = ANY($1::uuid[]) LIMIT ${LINES_PER_BATCH})`;

export type Thinned = "logs" | "blobs";

export interface ThinBatch {
  next: Place | null;
  /** Runs made before it need no other look; null: nothing new is known. */
  doneBefore: Date | null;
  /** One of them has not ended, or not long enough ago. */
  isOpen: boolean;
}

/** Takes their logs, or their large values and files, from one batch of runs that stay. */
export async function thinRuns(lease: Lease, what: Thinned, workflowId: string | null, cutoff: Date, after: Place, onMore: () => Promise<void>): Promise<ThinBatch> {
  const { rows } = await sharedPool().query<Place & { ended: boolean; kept: boolean }>(RUNS, [lease.workspaceId, workflowId, cutoff, after.createdAt, after.id]);
  const ids = rows.filter(({ ended, kept }) => ended && !kept).map(({ id }) => id);
  if (ids.length > 0) await (what === "logs" ? removeLines(lease, workflowId, ids, onMore) : removeBlobs(lease, workflowId, ids, cutoff));
  const open = rows.findIndex(({ ended }) => !ended);
  const last = open === -1 ? rows.at(-1) : rows[open - 1];
  return { next: rows.length < RUNS_PER_BATCH ? null : (rows.at(-1) ?? null), doneBefore: last?.createdAt ?? null, isOpen: open !== -1 };
}

async function removeLines(lease: Lease, workflowId: string | null, ids: readonly string[], onMore: () => Promise<void>): Promise<void> {
  for (;;) {
    const removed = await inTransaction(sharedPool(), async (client) => {
      await holdLease(client, lease);
      const { rowCount } = await client.query(LINES, [ids]);
      await recordRemoved(client, lease.workspaceId, workflowId, { logs: rowCount ?? 0 });
      return rowCount ?? 0;
    });
    if (removed < LINES_PER_BATCH) return;
    await onMore();
  }
}

async function removeBlobs(lease: Lease, workflowId: string | null, ids: readonly string[], cutoff: Date): Promise<void> {
  await inTransaction(sharedPool(), async (client) => {
    await holdLease(client, lease);
    await recordRemoved(client, lease.workspaceId, workflowId, await loosenBlobs(client, { oldRuns: ids, before: cutoff }));
  });
}
