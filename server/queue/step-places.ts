import type { ClientBase, Pool } from "pg";
import { newId } from "@/server/db/id";
import { TURN_SIGNAL, type HeldPlace, type NewMessage, type RunWrite, type StepPlaceAnswer, type StepPlaceRequest } from "@/server/engine/ports";
import { LOCK_KEY } from "@/server/queue/admitted";
import { deliver, type Delivered } from "@/server/queue/messages";
import { forgetStepTurns } from "@/server/queue/step-turns";

/**
 * Places of single steps under a key. A step that finds none leaves memory; whoever ends gives its place to the first in line, in the same
 * transaction, and a message wakes that step's run. So nobody asks again and again, and a place is never free while somebody waits for it.
 */

// Shared with the flush of the same run, which does not change the key of the row.
const HELD = "SELECT FROM run_queue WHERE run_id = $1 AND lease_epoch = $2 AND state = 'running' FOR KEY SHARE";

const ASK = `
INSERT INTO step_place (workspace_id, key, run_id, path, most, attempt, asked_at, seen_at) VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp(), clock_timestamp())
ON CONFLICT (run_id, path) DO UPDATE SET key = excluded.key, most = excluded.most, attempt = excluded.attempt, seen_at = excluded.seen_at,
  asked_at = CASE WHEN step_place.key = excluded.key THEN step_place.asked_at ELSE excluded.asked_at END,
  taken_at = CASE WHEN step_place.key = excluded.key THEN step_place.taken_at END,
  gives_way_at = CASE WHEN step_place.key = excluded.key THEN step_place.gives_way_at END
RETURNING taken_at IS NOT NULL AS taken, gives_way_at IS NOT NULL AS "givesWay", xmax = 0 AS "isNew"`;

const FIRST = "SELECT run_id, path FROM step_place WHERE workspace_id = $1 AND key = $2 AND taken_at IS NULL AND gives_way_at IS NULL ORDER BY asked_at, run_id, path LIMIT 1";
const HOLDERS = "(SELECT count(*)::int FROM (SELECT FROM step_place WHERE workspace_id = $1 AND key = $2 AND taken_at IS NOT NULL LIMIT $3) h)";

const TAKE = `
UPDATE step_place SET taken_at = clock_timestamp() WHERE run_id = $4 AND path = $5 AND ${HOLDERS} < $3 AND (run_id, path) = (${FIRST})`;

// Whoever asks is the newest; the newest of the others keep their places beside it.
const MAKE_ROOM = `
UPDATE step_place p SET gives_way_at = clock_timestamp() FROM (
  SELECT run_id, path FROM step_place WHERE workspace_id = $1 AND key = $2 AND (run_id, path) <> ($4, $5) ORDER BY asked_at DESC, run_id DESC, path DESC OFFSET $3::int - 1
) older WHERE p.run_id = older.run_id AND p.path = older.path AND p.gives_way_at IS NULL RETURNING p.run_id AS "runId", p.path, p.attempt`;
const MAKING_ROOM = `SELECT run_id AS "runId", path, attempt FROM step_place WHERE workspace_id = $1 AND key = $2 AND taken_at IS NOT NULL AND gives_way_at IS NOT NULL`;
const LEAVE = "DELETE FROM step_place WHERE run_id = $1 AND path = $2";

interface Asked {
  taken: boolean;
  givesWay: boolean;
  isNew: boolean;
}

/** Who asked first is served first. */
export async function takeStepPlace(pool: Pool, request: StepPlaceRequest): Promise<StepPlaceAnswer> {
  const { runId, workspaceId, epoch, path, attempt, place } = request;
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const held = await client.query({ name: "millrace-place-held", text: HELD, values: [runId, epoch] });
    if (held.rowCount === 0) {
      await client.query("ROLLBACK");
      return { kind: "lost" };
    }
    await client.query(LOCK_KEY, [workspaceId, `step ${place.key}`]);
    const asked = await client.query<Asked>({ name: "millrace-place-ask", text: ASK, values: [workspaceId, place.key, runId, path, place.limit, attempt] });
    const answer = await placeFor(client, request, asked.rows[0]!);
    await client.query("COMMIT");
    return answer;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}

async function placeFor(client: ClientBase, { runId, workspaceId, path, place }: StepPlaceRequest, { taken, givesWay, isNew }: Asked): Promise<StepPlaceAnswer> {
  const { key, limit, whenFull } = place;
  // One that has its place is told by a signal that it has to end.
  if (taken) return { kind: "taken" };
  if (givesWay) return leave(client, runId, path, "gaveWay");
  const isTaken = (await client.query({ name: "millrace-place-take", text: TAKE, values: [workspaceId, key, limit, runId, path] })).rowCount === 1;
  if (isTaken) return { kind: "taken" };
  if (whenFull === "skip" || whenFull === "cancelNew") return leave(client, runId, path, "refused");
  if (whenFull === "queue") return { kind: "full", giveWay: [] };
  const room = isNew ? client.query<HeldPlace>(MAKE_ROOM, [workspaceId, key, limit, runId, path]) : client.query<HeldPlace>(MAKING_ROOM, [workspaceId, key]);
  return { kind: "full", giveWay: (await room).rows };
}

async function leave(client: ClientBase, runId: string, path: string, kind: "refused" | "gaveWay"): Promise<StepPlaceAnswer> {
  await client.query(LEAVE, [runId, path]);
  return { kind };
}

const freedBy = (writes: readonly RunWrite[]) => writes.flatMap(({ runId, freesSteps = [] }) => freesSteps.map((path) => ({ runId, path })));
const abandonedBy = (writes: readonly RunWrite[]) => writes.filter((write) => write.abandons === true).map((write) => write.runId);

/** Looked up for each, never joined: a plan that walks the whole queue for one row would be thought cheap. */
const LIVES = "(SELECT true FROM run_queue q WHERE q.run_id = w.run_id LIMIT 1) IS NOT NULL";

const NEXT = `
WITH freed AS (
  SELECT p.workspace_id, p.key FROM step_place p JOIN unnest($1::uuid[], $2::text[]) AS f(run_id, path) USING (run_id, path) WHERE p.taken_at IS NOT NULL
  UNION ALL SELECT workspace_id, key FROM step_place WHERE run_id = ANY ($3::uuid[]) AND taken_at IS NOT NULL
)
SELECT DISTINCT n.run_id FROM (SELECT workspace_id, key, count(*) AS count FROM freed GROUP BY 1, 2) k CROSS JOIN LATERAL (
  SELECT run_id FROM step_place w WHERE w.workspace_id = k.workspace_id AND w.key = k.key AND w.taken_at IS NULL AND w.gives_way_at IS NULL
    AND ${LIVES} ORDER BY w.asked_at, w.run_id, w.path LIMIT k.count) n`;

/** The runs that will be given what these writes free: their rows have to be locked with those of the writes, in one order. */
export async function nextInLine(client: ClientBase, writes: readonly RunWrite[]): Promise<string[]> {
  const [freed, abandoned] = [freedBy(writes), abandonedBy(writes)];
  if (freed.length === 0 && abandoned.length === 0) return [];
  const { rows } = await client.query<{ run_id: string }>({ name: "millrace-place-next", text: NEXT, values: [freed.map((one) => one.runId), freed.map((one) => one.path), abandoned] });
  return rows.map((row) => row.run_id);
}

/** Another run has become the first in line before its row was locked: the transaction has to begin anew. */
export class LineMoved extends Error {
  override name = "LineMoved";

  constructor(
    readonly runId: string,
    key: string,
  ) {
    super(`run ${runId} is the next for ${key}`);
  }
}

interface Freed {
  workspaceId: string;
  key: string;
  taken: boolean;
}

/** With the flush that ends the attempts; a run that ends in the middle gives back all it has. Answers who was told of a place. */
export async function freeStepPlaces(client: ClientBase, writes: readonly RunWrite[], locked: ReadonlySet<string>): Promise<Delivered[]> {
  const [freed, abandoned] = [freedBy(writes), abandonedBy(writes)];
  const free: Freed[] = [];
  if (freed.length > 0) {
    const text = `DELETE FROM step_place p USING unnest($1::uuid[], $2::text[]) AS f(run_id, path) WHERE p.run_id = f.run_id AND p.path = f.path RETURNING ${FREED}`;
    free.push(...(await client.query<Freed>({ name: "millrace-place-free", text, values: [freed.map((one) => one.runId), freed.map((one) => one.path)] })).rows);
  }
  if (abandoned.length > 0) free.push(...(await client.query<Freed>(`DELETE FROM step_place p WHERE run_id = ANY ($1::uuid[]) RETURNING ${FREED}`, [abandoned])).rows);
  await forgetStepTurns(client, freed, abandoned);
  return handOver(client, free.filter(({ taken }) => taken), locked);
}

const FREED = `p.workspace_id AS "workspaceId", p.key, p.taken_at IS NOT NULL AS taken`;

async function handOver(client: ClientBase, free: readonly Freed[], locked: ReadonlySet<string>): Promise<Delivered[]> {
  const messages: NewMessage[] = [];
  const byKey = new Map(free.map((one) => [`${one.workspaceId} ${one.key}`, one]));
  for (const [, { workspaceId, key }] of [...byKey].sort(([a], [b]) => (a < b ? -1 : 1))) {
    await client.query(LOCK_KEY, [workspaceId, `step ${key}`]);
    for (let next = await grant(client, workspaceId, key, locked); next !== null; next = await grant(client, workspaceId, key, locked)) messages.push(next);
  }
  return deliver(client, messages);
}

const WAITING = `
SELECT w.run_id AS "runId", w.path, coalesce(w.most, 1) AS most, ${LIVES} AS lives
FROM step_place w WHERE w.workspace_id = $1 AND w.key = $2 AND w.taken_at IS NULL AND w.gives_way_at IS NULL ORDER BY w.asked_at, w.run_id, w.path LIMIT 1`;
const GRANT = `UPDATE step_place SET taken_at = clock_timestamp() WHERE run_id = $4 AND path = $5 AND key = $2 AND taken_at IS NULL AND ${HOLDERS} < $3`;

/** Gives the first in line a place. Null: there is none, or nobody who waits. */
async function grant(client: ClientBase, workspaceId: string, key: string, locked: ReadonlySet<string>): Promise<NewMessage | null> {
  for (;;) {
    const { rows } = await client.query<{ runId: string; path: string; most: number; lives: boolean }>({ name: "millrace-place-waiting", text: WAITING, values: [workspaceId, key] });
    const [first] = rows;
    if (first === undefined) return null;
    const { runId, path, most, lives } = first;
    if (!lives) {
      await client.query(LEAVE, [runId, path]);
      continue;
    }
    const granted = await client.query({ name: "millrace-place-grant", text: GRANT, values: [workspaceId, key, most, runId, path] });
    if (granted.rowCount === 0) return null;
    if (!locked.has(runId)) throw new LineMoved(runId, key);
    return { runId, kind: "signal", path, attempt: null, name: TURN_SIGNAL, payload: null, key: `place ${newId()}` };
  }
}
