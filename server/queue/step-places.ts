import type { ClientBase, Pool } from "pg";
import type { RunWrite, StepPlaceRequest } from "@/server/engine/ports";
import { LOCK_KEY } from "@/server/queue/admitted";
import { forgetStepTurns } from "@/server/queue/step-turns";

// Shared with the flush of the same run, which does not change the key of the row.
const HELD = "SELECT FROM run_queue WHERE run_id = $1 AND lease_epoch = $2 AND state = 'running' FOR KEY SHARE";

const ASK = `
INSERT INTO step_place (workspace_id, key, run_id, path, most, asked_at, seen_at) VALUES ($1, $2, $3, $4, $5, clock_timestamp(), clock_timestamp())
ON CONFLICT (run_id, path) DO UPDATE SET key = excluded.key, most = excluded.most, seen_at = excluded.seen_at,
  taken_at = CASE WHEN step_place.key = excluded.key THEN step_place.taken_at END
RETURNING taken_at IS NOT NULL AS taken`;

/** Who has not asked for so long is passed over: its worker may be gone. */
export const SILENT_SECONDS = 5;

const TAKE = `
UPDATE step_place SET taken_at = clock_timestamp() WHERE run_id = $3 AND path = $4 AND $5 >= (
  SELECT turn FROM (
    SELECT run_id, path, row_number() OVER (ORDER BY taken_at IS NULL, asked_at, run_id, path) AS turn FROM step_place
    WHERE workspace_id = $1 AND key = $2 AND (taken_at IS NOT NULL OR seen_at > (SELECT clock_timestamp()) - make_interval(secs => ${SILENT_SECONDS}))
  ) AS line WHERE line.run_id = $3 AND line.path = $4)`;

/** Who asked first is served first. */
export async function takeStepPlace(pool: Pool, { runId, workspaceId, epoch, path, place }: StepPlaceRequest): Promise<"taken" | "full" | "lost"> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const held = await client.query({ name: "millrace-place-held", text: HELD, values: [runId, epoch] });
    if (held.rowCount === 0) {
      await client.query("ROLLBACK");
      return "lost";
    }
    await client.query(LOCK_KEY, [workspaceId, `step ${place.key}`]);
    const asked = await client.query<{ taken: boolean }>({ name: "millrace-place-ask", text: ASK, values: [workspaceId, place.key, runId, path, place.limit] });
    const isTaken = asked.rows[0]?.taken === true || (await client.query({ name: "millrace-place-take", text: TAKE, values: [workspaceId, place.key, runId, path, place.limit] })).rowCount === 1;
    await client.query("COMMIT");
    return isTaken ? "taken" : "full";
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}

/** With the flush that ends the attempts; a run that ends in the middle gives back all it has. */
export async function freeStepPlaces(client: ClientBase, writes: readonly RunWrite[]): Promise<void> {
  const freed = writes.flatMap(({ runId, freesSteps = [] }) => freesSteps.map((path) => ({ runId, path })));
  if (freed.length > 0) {
    const text = "DELETE FROM step_place p USING unnest($1::uuid[], $2::text[]) AS f(run_id, path) WHERE p.run_id = f.run_id AND p.path = f.path";
    await client.query({ name: "millrace-place-free", text, values: [freed.map((one) => one.runId), freed.map((one) => one.path)] });
  }
  const abandoned = writes.filter((write) => write.abandons === true).map((write) => write.runId);
  if (abandoned.length > 0) await client.query("DELETE FROM step_place WHERE run_id = ANY ($1::uuid[])", [abandoned]);
  await forgetStepTurns(client, freed, abandoned);
}
