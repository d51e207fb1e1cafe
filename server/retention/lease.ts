import type { ClientBase } from "pg";
import { sharedPool } from "@/server/db/client";

/** A process that is silent for so long loses the workspace to another. */
const LEASE_SECONDS = 60;

export interface Lease {
  workspaceId: string;
  epoch: number;
  /** How far earlier rounds have come, so that what is done is not looked at again. */
  marks: Marks;
}

/** By workflow and kind: all runs made before that moment have been seen to, or are remembered as open. */
export type Marks = Record<string, { logs?: string; blobs?: string }>;

const KNOW = "INSERT INTO retention_state (workspace_id) SELECT id FROM workspace w WHERE NOT EXISTS (SELECT FROM retention_state s WHERE s.workspace_id = w.id) ON CONFLICT DO NOTHING";

const TAKE = `
UPDATE retention_state SET lease_epoch = lease_epoch + 1, lease_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
WHERE workspace_id = (
  SELECT workspace_id FROM retention_state WHERE next_at <= (SELECT clock_timestamp()) AND (lease_until IS NULL OR lease_until < (SELECT clock_timestamp()))
  ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING workspace_id AS "workspaceId", lease_epoch AS epoch, marks`;

const HOLD = `UPDATE retention_state SET lease_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS}) WHERE workspace_id = $1 AND lease_epoch = $2`;

const RELEASE = `
UPDATE retention_state SET lease_until = NULL, marks = $3::jsonb, next_at = clock_timestamp() + make_interval(secs => $4), error = $5,
  last_at = CASE WHEN $6 THEN clock_timestamp() ELSE last_at END
WHERE workspace_id = $1 AND lease_epoch = $2`;

/** The workspace that has waited longest for its turn; null: none is due, or others are at it. */
export async function takeWorkspace(): Promise<Lease | null> {
  await sharedPool().query(KNOW);
  const { rows } = await sharedPool().query<Lease>(TAKE);
  return rows[0] ?? null;
}

export class LeaseLost extends Error {}

/** First in every transaction that removes something: who lost the lease removes nothing. Also between looks that find nothing to remove. */
export async function holdLease(client: Pick<ClientBase, "query">, { workspaceId, epoch }: Lease): Promise<void> {
  const { rowCount } = await client.query(HOLD, [workspaceId, epoch]);
  if (rowCount !== 1) throw new LeaseLost(`retention of workspace ${workspaceId} is another process's now`);
}

export async function releaseWorkspace({ workspaceId, epoch, marks }: Lease, end: { nextInSeconds: number; error: string | null; done: boolean }): Promise<void> {
  await sharedPool().query(RELEASE, [workspaceId, epoch, JSON.stringify(marks), end.nextInSeconds, end.error, end.done]);
}
