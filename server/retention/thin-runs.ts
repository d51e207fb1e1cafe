import { sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import { holdLease, type Lease } from "./lease";
import { loosenBlobs } from "./loosen-blobs";
import { ofWorkflow, type Place } from "./looked-at";
import { NO_WORKFLOW, recordRemoved } from "./record";

const RUNS_PER_BATCH = 200;
const ROWS_PER_PIECE = 5_000;

export type Thinned = "logs" | "blobs";

/** What is taken from runs that stay. */
export interface Thinning {
  lease: Lease;
  what: Thinned;
  workflowId: string | null;
  cutoff: Date;
  /** Between pieces of one batch. */
  onMore: () => Promise<void>;
}

export const runsToThin = (workflowId: string | null): string => {
  const { condition, order } = ofWorkflow(workflowId, "$2");
  return `
SELECT id, created_at AS "createdAt", coalesce(finished_at < $3, false) AND NOT kept AS "isReady" FROM run
WHERE workspace_id = $1 AND ${condition} AND created_at < $3 AND (created_at, id) > ($4, $5)
ORDER BY ${order} LIMIT ${RUNS_PER_BATCH}`;
};

const REMEMBER = "INSERT INTO retention_open (workspace_id, workflow_id, kind, run_id) SELECT $1, $2, $3, unnest($4::uuid[]) ON CONFLICT DO NOTHING";

/** One batch of runs; those whose time has not come are remembered. Answers where it has come to, and whether that was all. */
export async function thinRuns(thinning: Thinning, after: Place): Promise<{ last: Place | null; isEnd: boolean }> {
  const { lease, what, workflowId, cutoff } = thinning;
  const { rows } = await sharedPool().query<Place & { isReady: boolean }>(runsToThin(workflowId), [lease.workspaceId, workflowId, cutoff, after.createdAt, after.id]);
  await thin(thinning, rows.filter(({ isReady }) => isReady).map(({ id }) => id));
  const open = rows.filter(({ isReady }) => !isReady).map(({ id }) => id);
  if (open.length > 0) await sharedPool().query(REMEMBER, [lease.workspaceId, workflowId ?? NO_WORKFLOW, what, open]);
  return { last: rows.at(-1) ?? null, isEnd: rows.length < RUNS_PER_BATCH };
}

const OPEN = `
SELECT o.run_id AS id, r.id IS NULL AS "isGone", coalesce(r.finished_at < $4, false) AND NOT r.kept AS "isReady"
FROM retention_open o LEFT JOIN run r ON r.id = o.run_id
WHERE o.workspace_id = $1 AND o.workflow_id = $2 AND o.kind = $3 AND o.run_id > $5 ORDER BY o.run_id LIMIT ${RUNS_PER_BATCH}`;

const FORGET = "DELETE FROM retention_open WHERE workspace_id = $1 AND workflow_id = $2 AND kind = $3 AND run_id = ANY($4::uuid[])";

/** One batch of those that were remembered. Answers where the next begins; null: that was all. */
export async function thinOpenRuns(thinning: Thinning, after: string): Promise<string | null> {
  const { lease, what, workflowId, cutoff } = thinning;
  const of = [lease.workspaceId, workflowId ?? NO_WORKFLOW, what];
  const { rows } = await sharedPool().query<{ id: string; isGone: boolean; isReady: boolean | null }>(OPEN, [...of, cutoff, after]);
  await thin(thinning, rows.filter(({ isReady }) => isReady === true).map(({ id }) => id));
  const done = rows.filter(({ isGone, isReady }) => isGone || isReady === true).map(({ id }) => id);
  if (done.length > 0) await sharedPool().query(FORGET, [...of, done]);
  return rows.length < RUNS_PER_BATCH ? null : (rows.at(-1)?.id ?? null);
}

async function thin(thinning: Thinning, ids: readonly string[]): Promise<void> {
  while (ids.length > 0 && (await removePiece(thinning, ids)) === ROWS_PER_PIECE) await thinning.onMore();
}

const LINES = `DELETE FROM run_log WHERE ctid = ANY (ARRAY(SELECT ctid FROM run_log WHERE run_id = ANY($1::uuid[]) LIMIT ${ROWS_PER_PIECE}))`;

function removePiece({ lease, what, workflowId, cutoff }: Thinning, ids: readonly string[]): Promise<number> {
  return inTransaction(sharedPool(), async (client) => {
    await holdLease(client, lease);
    // With a limit the planner may think that it is quicker to read a table from its beginning.
    await client.query("SET LOCAL enable_seqscan = off");
    const removed = what === "logs" ? { logs: (await client.query(LINES, [ids])).rowCount ?? 0 } : await loosenBlobs(client, { oldRuns: ids, before: cutoff, most: ROWS_PER_PIECE });
    await recordRemoved(client, lease.workspaceId, workflowId, removed);
    return "logs" in removed ? removed.logs : removed.blobs;
  });
}
