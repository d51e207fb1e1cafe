import { sharedPool } from "@/server/db/client";
import type { BulkAction } from "./contract";

/** A process that is silent for so long loses the job to another. */
const LEASE_SECONDS = 30;

/** Runs that are being seen to: kept before the first of them is, so that whoever goes on sees to the same. */
export interface Portion {
  runIds: string[];
  next: string | null;
}

export interface LeasedJob {
  id: string;
  workspaceId: string;
  userId: string;
  action: BulkAction;
  reason: string | null;
  filter: Record<string, unknown>;
  cursor: string | null;
  portion: Portion | null;
  epoch: number;
}

const LEASED = `clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})`;
const COLUMNS = `id, workspace_id AS "workspaceId", user_id AS "userId", action, reason, filter, cursor, portion, lease_epoch AS epoch`;

const TAKE = `
UPDATE bulk_job SET lease_epoch = lease_epoch + 1, due_at = ${LEASED}
WHERE id = (
  SELECT id FROM bulk_job WHERE state = 'running' AND due_at <= (SELECT clock_timestamp())
  ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING ${COLUMNS}`;

const MINE = "id = $1 AND lease_epoch = $2 AND state = 'running'";

/** The one that has waited longest for its turn. */
export async function takeBulkJob(): Promise<LeasedJob | null> {
  const { rows } = await sharedPool().query<LeasedJob>(TAKE);
  return rows[0] ?? null;
}

/** False: it was stopped, or is another process's now. */
export async function keepPortion({ id, epoch }: LeasedJob, portion: Portion): Promise<boolean> {
  return changed(`UPDATE bulk_job SET portion = $3::json, due_at = ${LEASED} WHERE ${MINE}`, id, epoch, JSON.stringify(portion));
}

/** Between runs of a portion that takes long. */
export async function holdBulkJob({ id, epoch }: LeasedJob): Promise<boolean> {
  return changed(`UPDATE bulk_job SET due_at = ${LEASED} WHERE ${MINE}`, id, epoch);
}

export interface Outcome {
  done: number;
  refusals: Readonly<Record<string, number>>;
}

/** The portion has been seen to. Refusals add up by what they say. */
export async function countPortion({ id, epoch }: LeasedJob, { runIds, next }: Portion, { done, refusals }: Outcome): Promise<boolean> {
  return changed(
    `UPDATE bulk_job SET portion = NULL, cursor = $3, seen = seen + $4, done = done + $5, due_at = ${LEASED},
       refusals = (SELECT coalesce(json_object_agg(told, count ORDER BY told), '{}') FROM (
         SELECT told, sum(count)::int AS count FROM (
           SELECT key AS told, value::int AS count FROM json_each_text(refusals) UNION ALL SELECT key, value::int FROM json_each_text($6::json)) each GROUP BY told) both_sums)
     WHERE ${MINE}`,
    id, epoch, next, runIds.length, done, JSON.stringify(refusals),
  );
}

/** Others have their turn first. It is due at once, not only when the moment that a column of milliseconds rounds up to has come. */
export async function releaseBulkJob({ id, epoch }: LeasedJob, afterSeconds = 0): Promise<void> {
  await changed(`UPDATE bulk_job SET due_at = date_trunc('milliseconds', clock_timestamp()) + make_interval(secs => $3) WHERE ${MINE}`, id, epoch, afterSeconds);
}

export async function failBulkJob({ id, epoch }: LeasedJob, problem: string): Promise<void> {
  await changed(`UPDATE bulk_job SET state = 'failed', ended_at = clock_timestamp(), problem = $3 WHERE ${MINE}`, id, epoch, problem);
}

async function changed(sql: string, ...values: unknown[]): Promise<boolean> {
  return (await sharedPool().query(sql, values)).rowCount === 1;
}
