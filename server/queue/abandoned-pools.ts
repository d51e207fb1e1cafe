import { randomBytes } from "node:crypto";
import { sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import { deliver, lockRuns } from "@/server/queue/messages";

const COMMAND_POOL = "command-line-";
const RANDOM_BYTES = 6;

/** A pool that one process of the command line serves, and nobody else ever will. */
export function commandPool(): string {
  return COMMAND_POOL + randomBytes(RANDOM_BYTES).toString("hex");
}

const HOME_POOL = "default";
const SILENT_SECONDS = 120;
const BATCH = 500;

const IS_GONE = (worker: string) => `(${worker}.state = 'stopped' OR ${worker}.lost_at IS NOT NULL OR ${worker}.heartbeat_at < (SELECT clock_timestamp()) - interval '${SILENT_SECONDS} seconds')`;

// Such a worker that has ended, or is silent for so long that its runs are nobody's any more. People name pools as they like, and serve them again.
const GONE = `
SELECT DISTINCT w.pools[1] AS pool FROM worker w
WHERE cardinality(w.pools) = 1 AND w.pools[1] ~ '^${COMMAND_POOL}[0-9a-f]{${RANDOM_BYTES * 2}}$' AND ${IS_GONE("w")}
  AND NOT EXISTS (SELECT FROM worker o WHERE w.pools[1] = ANY (o.pools) AND NOT ${IS_GONE("o")})`;

const LEFT = `
SELECT run_id AS "runId" FROM run_queue WHERE pool = ANY ($1::text[]) AND (state <> 'running' OR lease_until < now()) ORDER BY run_id LIMIT ${BATCH}`;

const TAKE_HOME = `
WITH moved AS (UPDATE run_queue SET pool = '${HOME_POOL}' WHERE run_id = ANY ($1::uuid[]) AND pool = ANY ($2::text[]) AND (state <> 'running' OR lease_until < now()) RETURNING run_id)
UPDATE run SET pool = '${HOME_POOL}' WHERE id IN (SELECT run_id FROM moved) RETURNING id`;

const FORGET = `
DELETE FROM worker w WHERE cardinality(w.pools) = 1 AND w.pools <@ $1::text[] AND ${IS_GONE("w")} AND NOT EXISTS (SELECT FROM run_queue q WHERE q.pool = ANY (w.pools))`;

/**
 * A \`millrace run\` that was killed, or left at once, leaves a run that no worker serves: any worker takes it from here on, and ends it as a
 * cancelled one, its \`finally\` slots included. Answers how many.
 */
export async function endAbandonedRuns(): Promise<number> {
  const { rows } = await sharedPool().query<{ pool: string }>(GONE);
  const pools = rows.map(({ pool }) => pool);
  if (pools.length === 0) return 0;
  const ended = await inTransaction(sharedPool(), async (client) => {
    const { rows: left } = await client.query<{ runId: string }>(LEFT, [pools]);
    const runIds = left.map(({ runId }) => runId);
    if (runIds.length === 0) return 0;
    await lockRuns(client, runIds);
    const { rows: moved } = await client.query<{ id: string }>(TAKE_HOME, [runIds, pools]);
    await deliver(client, moved.map(({ id }) => cancelOf(id)));
    return moved.length;
  });
  await sharedPool().query(FORGET, [pools]);
  return ended;
}

function cancelOf(runId: string) {
  const payload = JSON.stringify({ source: "system", reason: "the command that carried it out has ended" });
  return { runId, kind: "cancel", path: null, attempt: null, name: null, payload, key: "cancel:abandoned" } as const;
}
