import type { ClientBase, Pool } from "pg";
import type { Admission, Place } from "@/server/engine/ports";
import type { Enqueued } from "@/server/queue/enqueue";

/**
 * Limits on how many runs hold a key at the same time. Whoever counts the holders of a key locks it first, and always after
 * the runs' rows; so no run is blocked after the last place was given back.
 */
const LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 0))";

const HELD = "SELECT FROM run_queue WHERE run_id = $1 AND lease_epoch = $2 AND state = 'running' FOR NO KEY UPDATE";

const HOLDERS = `
SELECT count(*)::int AS count FROM run_queue WHERE workspace_id = $1 AND mutex_key = $2 AND mutex_key IS NOT NULL AND state <> 'blocked'`;

const TAKE = "UPDATE run_queue SET mutex_key = $2 WHERE run_id = $1";

// Its time begins with its place; that of a re-run is part of the journal it was given.
const BLOCK = `
UPDATE run_queue SET mutex_key = $2, state = 'blocked', lease_owner = NULL, lease_until = NULL, started_at = CASE WHEN has_history THEN started_at END
WHERE run_id = $1`;

const UNBLOCK = `
UPDATE run_queue SET state = 'queued' WHERE run_id IN (
  SELECT run_id FROM run_queue WHERE state = 'blocked' AND workspace_id = $1 AND mutex_key = $2 ORDER BY rank LIMIT $3 FOR NO KEY UPDATE)
RETURNING run_id AS "runId", workspace_id AS "workspaceId", pool, rank::float8 AS rank`;

export async function admitRun(pool: Pool, { runId, workspaceId, epoch, place }: Admission): Promise<"admitted" | "blocked" | "lost"> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const held = await client.query({ name: "millrace-admit-held", text: HELD, values: [runId, epoch] });
    if (held.rowCount === 0) {
      await client.query("ROLLBACK");
      return "lost";
    }
    const isFree = (await freePlaces(client, workspaceId, place)) > 0;
    await client.query(isFree ? TAKE : BLOCK, [runId, place.key]);
    await client.query("COMMIT");
    return isFree ? "admitted" : "blocked";
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}

/** In the transaction that ended a holder: those who waited longest take the places that are free now. */
export async function fillPlaces(client: ClientBase, freed: readonly { workspaceId: string; place: Place }[]): Promise<Enqueued[]> {
  const ready: Enqueued[] = [];
  const byKey = new Map(freed.map((one) => [`${one.workspaceId} ${one.place.key}`, one]));
  for (const [, { workspaceId, place }] of [...byKey].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const free = await freePlaces(client, workspaceId, place);
    if (free <= 0) continue;
    const { rows } = await client.query<Enqueued>({ name: "millrace-unblock", text: UNBLOCK, values: [workspaceId, place.key, free] });
    ready.push(...rows);
  }
  return ready;
}

async function freePlaces(client: ClientBase, workspaceId: string, { key, limit }: Place): Promise<number> {
  await client.query(LOCK, [workspaceId, key]);
  const { rows } = await client.query<{ count: number }>({ name: "millrace-holders", text: HOLDERS, values: [workspaceId, key] });
  return limit - (rows[0]?.count ?? 0);
}
