import type { ClientBase, Pool } from "pg";
import type { Admission, AdmissionAnswer, Gates, Place } from "@/server/engine/ports";
import { DELAY, LOCK_KEY, only, STARTED_AT, type Admitted } from "@/server/queue/admitted";
import { debounce } from "@/server/queue/debounce";
import type { Enqueued } from "@/server/queue/enqueue";
import { deliver, lockRuns } from "@/server/queue/messages";
import { reserveStart } from "@/server/queue/period-limit";
import { waitReasonText } from "@/server/queue/wait-reason";

const HELD = `
SELECT gate, mutex_key IS NOT NULL AS "hasPlace", inbox_seq AS "inboxSeq", (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now FROM run_queue
WHERE run_id = $1 AND lease_epoch = $2 AND state = 'running' FOR NO KEY UPDATE`;

const HOLDERS = `
SELECT count(*)::int AS count FROM run_queue WHERE workspace_id = $1 AND mutex_key = $2 AND mutex_key IS NOT NULL AND state <> 'blocked'`;

const TAKE = "UPDATE run_queue SET mutex_key = $2, gate = 4, wait_reason = NULL WHERE run_id = $1";
const PASS = "UPDATE run_queue SET gate = $2, wait_reason = NULL WHERE run_id = $1";

// Its time begins with its place.
const BLOCK = `
UPDATE run_queue SET mutex_key = $2, gate = 4, state = 'blocked', lease_owner = NULL, lease_until = NULL, wait_reason = $3,
  started_at = ${STARTED_AT}
WHERE run_id = $1`;

// An array: joined to rows whose number no plan knows, the whole queue would be read for each free place.
const UNBLOCK = `
UPDATE run_queue SET state = 'queued', wait_reason = NULL WHERE run_id = ANY (ARRAY(
  SELECT run_id FROM run_queue WHERE state = 'blocked' AND workspace_id = $1 AND mutex_key = $2 ORDER BY rank LIMIT $3 FOR NO KEY UPDATE))
RETURNING run_id AS "runId", workspace_id AS "workspaceId", pool, rank::float8 AS rank`;

// All runs under the key but this one, the newest first: what is beyond the places that are left has to go. Those who have a place
// and those who wait for one are in an index each.
const OLDER = `
SELECT run_id AS "runId" FROM (
  SELECT run_id FROM run_queue WHERE workspace_id = $1 AND mutex_key = $2 AND mutex_key IS NOT NULL AND state <> 'blocked'
  UNION ALL SELECT run_id FROM run_queue WHERE workspace_id = $1 AND mutex_key = $2 AND state = 'blocked') k
WHERE run_id <> $3 ORDER BY run_id DESC OFFSET $4`;

// Whoever waits for this run may hold the place that it would wait for.
const SHARES = `
WITH RECURSIVE up AS (
  SELECT parent_run_id AS id FROM run WHERE id = $1
  UNION ALL SELECT r.parent_run_id FROM up JOIN run r ON r.id = up.id)
SELECT EXISTS (SELECT FROM up WHERE (SELECT q.mutex_key = $3 AND q.state <> 'blocked' FROM run_queue q WHERE q.run_id = up.id AND q.workspace_id = $2)) AS shares`;

const GATES = { debounced: 2, rateLimit: 3, throttle: 4 } as const;

export async function admitRun(pool: Pool, admission: Admission): Promise<Admitted> {
  const client = await pool.connect();
  try {
    for (;;) {
      await client.query("BEGIN");
      const admitted = await passGates(client, admission);
      await client.query(admitted === "again" || admitted.answer.kind === "lost" ? "ROLLBACK" : "COMMIT");
      if (admitted !== "again") return admitted;
    }
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}

async function passGates(client: ClientBase, { runId, workspaceId, epoch, inboxSeq, gates }: Admission): Promise<Admitted | "again"> {
  const older = gates.place?.whenFull === "cancelOldest" ? await olderRuns(client, runId, workspaceId, gates.place) : [];
  if (older.length > 0) await lockRuns(client, [runId, ...older]);
  const { rows } = await client.query<{ gate: number; hasPlace: boolean; inboxSeq: number; now: number }>({ name: "millrace-admit-held", text: HELD, values: [runId, epoch] });
  const [held] = rows;
  if (held === undefined) return only({ kind: "lost" });
  // Asked again, because the answer of the commit got lost.
  if (held.hasPlace) return only({ kind: "admitted" });
  if (held.inboxSeq > inboxSeq) return only({ kind: "inbox_changed" });
  const run = { runId, workspaceId, gate: held.gate, now: held.now };
  if (gates.debounce !== undefined && run.gate < GATES.debounced) {
    const outcome = await debounce(client, run, gates.debounce);
    if (outcome !== null) return outcome;
  }
  const overTime = await passPeriods(client, run, gates);
  if (overTime !== null) return only(overTime);
  if (gates.place !== undefined) return takePlace(client, run, gates.place, older);
  await client.query(PASS, [runId, GATES.throttle]);
  return only({ kind: "admitted" });
}

interface Passing {
  runId: string;
  workspaceId: string;
  gate: number;
  now: number;
}

async function passPeriods(client: ClientBase, { runId, workspaceId, gate, now }: Passing, { rateLimit, throttle }: Gates): Promise<AdmissionAnswer | null> {
  if (rateLimit !== undefined && gate < GATES.rateLimit) {
    const { limit, periodSeconds } = rateLimit;
    const { isTaken } = await reserveStart(client, workspaceId, { ...rateLimit, key: `rate ${rateLimit.key}` }, now, "now");
    if (!isTaken) return { kind: "refused", reason: `skipped: ${limit} runs have started within ${periodSeconds} s (rate limit)`, counts: false };
  }
  if (throttle !== undefined && gate < GATES.throttle) {
    const { start } = await reserveStart(client, workspaceId, { ...throttle, key: `throttle ${throttle.key}` }, now, "later");
    if (start > now) {
      const { key, limit, periodSeconds } = throttle;
      await client.query(DELAY, [runId, GATES.throttle, start, waitReasonText({ kind: "throttle", limit, periodSeconds, key })]);
      return { kind: "delayed", dueAt: start };
    }
  }
  return null;
}

async function takePlace(client: ClientBase, { runId, workspaceId }: Passing, place: NonNullable<Gates["place"]>, older: readonly string[]): Promise<Admitted | "again"> {
  const { key, limit, whenFull } = place;
  if ((await freePlaces(client, workspaceId, place)) > 0) {
    await client.query(TAKE, [runId, key]);
    return only({ kind: "admitted" });
  }
  const { rows: [ancestors] } = await client.query<{ shares: boolean }>({ name: "millrace-shares", text: SHARES, values: [runId, workspaceId, key] });
  if (ancestors?.shares === true) {
    await client.query(PASS, [runId, GATES.throttle]);
    return only({ kind: "admitted" });
  }
  if (whenFull === "skip") return only({ kind: "refused", reason: `skipped: ${limit} at the same time are allowed, and there are as many`, counts: false });
  if (whenFull === "cancelNew") return only({ kind: "refused", reason: `cancelled: ${limit} at the same time are allowed, and there are as many`, counts: true });
  // The rows of those who have to go were locked before the key; another one may have come in between.
  if (whenFull === "cancelOldest" && (await olderRuns(client, runId, workspaceId, place)).some((id) => !older.includes(id))) return "again";
  await client.query(BLOCK, [runId, key, waitReasonText({ kind: "concurrency", key, limit })]);
  const delivered = await deliver(client, older.map((id) => cancelOf(id, runId)));
  return { ...only({ kind: "blocked" }), delivered };
}

async function olderRuns(client: ClientBase, runId: string, workspaceId: string, { key, limit }: Place): Promise<string[]> {
  const { rows } = await client.query<{ runId: string }>({ name: "millrace-older", text: OLDER, values: [workspaceId, key, runId, limit - 1] });
  return rows.map((row) => row.runId);
}

function cancelOf(runId: string, by: string) {
  const payload = JSON.stringify({ source: "limit", reason: `run ${by} took its place` });
  return { runId, kind: "cancel", path: null, attempt: null, name: null, payload, key: "cancel:limit" } as const;
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
  await client.query(LOCK_KEY, [workspaceId, key]);
  const { rows } = await client.query<{ count: number }>({ name: "millrace-holders", text: HOLDERS, values: [workspaceId, key] });
  return limit - (rows[0]?.count ?? 0);
}
