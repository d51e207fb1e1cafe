import type { Pool } from "pg";
import type { Heartbeat, HeldRun, Hold, Promotion, PutBack, ReleaseRun } from "@/server/engine/ports";
import { SUSPECTED_AFTER } from "@/server/engine/suspects";
import { PRIORITY_STEP_MS } from "@/server/queue/rank";
import type { Enqueued } from "@/server/queue/enqueue";
import { waitReasonText } from "@/server/queue/wait-reason";
import { within } from "@/server/queue/within";

/** Holding runs, giving them back, and taking them from those who went silent. All times are the database's. */

const RELEASE = `
UPDATE run_queue SET state = $4, lease_owner = NULL, lease_until = NULL, alone = false, has_history = true, wait_reason = NULL,
  due_at = CASE WHEN $4 = 'waiting' THEN to_timestamp($5::float8 / 1000) END, pool = coalesce($6, pool),
  rank = CASE WHEN $6 IS NULL THEN rank ELSE (SELECT floor(extract(epoch FROM r.created_at) * 1000) - $7::int * ${PRIORITY_STEP_MS}::float8 FROM run r WHERE r.id = run_id)::bigint END
WHERE run_id = $1 AND lease_epoch = $2 AND state = 'running' AND inbox_seq = $3
RETURNING run_id AS "runId", workspace_id AS "workspaceId", pool, rank::float8 AS rank`;

const RELEASE_WITH_SNAPSHOT = `
WITH released AS (${RELEASE}),
kept AS (
  INSERT INTO run_snapshot AS s (run_id, workspace_id, epoch, is_left, seq, text) SELECT "runId", "workspaceId", $2, true, $8::int, $9::text FROM released
  ON CONFLICT (run_id) DO UPDATE SET epoch = excluded.epoch, is_left = excluded.is_left, seq = excluded.seq, text = excluded.text WHERE s.seq <= excluded.seq)
SELECT * FROM released`;

export async function releaseRun(pool: Pool, run: ReleaseRun): Promise<{ result: "released" | "inbox_changed" | "lost"; released?: Enqueued }> {
  const { snapshot } = run;
  const values = [run.runId, run.epoch, run.inboxSeq, run.reason, run.dueAt, run.handOver?.pool ?? null, run.handOver?.priority ?? null];
  const plain = { name: "millrace-release", text: RELEASE, values };
  const { rows } = await pool.query<Enqueued>(snapshot === undefined ? plain : { name: "millrace-release-kept", text: RELEASE_WITH_SNAPSHOT, values: [...values, snapshot.seq, snapshot.text] });
  const [released] = rows;
  if (released !== undefined) return { result: "released", released };
  const held = await pool.query({ text: "SELECT FROM run_queue WHERE run_id = $1 AND lease_epoch = $2 AND state = 'running'", values: [run.runId, run.epoch] });
  return { result: held.rowCount === 0 ? "lost" : "inbox_changed" };
}

const PUT_BACK = `
UPDATE run_queue SET state = 'waiting', lease_owner = NULL, lease_until = NULL, alone = false, has_history = true,
  due_at = to_timestamp($3::float8 / 1000), wait_reason = $4, kept_write = coalesce($5, kept_write)
WHERE run_id = $1 AND lease_epoch = $2 AND state = 'running'
RETURNING workspace_id AS "workspaceId"`;

/** Answers its workspace; null when it is not held any more. */
export async function putBackRun(pool: Pool, { runId, epoch, refusal, kept }: PutBack): Promise<string | null> {
  const { rows } = await pool.query<{ workspaceId: string }>({ name: "millrace-put-back", text: PUT_BACK, values: [runId, epoch, refusal.until, waitReasonText({ kind: "refused", ...refusal }), kept] });
  return rows[0]?.workspaceId ?? null;
}

const TELL_HOLD = `
UPDATE run_queue SET wait_reason = $3 WHERE run_id = $1 AND lease_epoch = $2 AND state = 'running'
RETURNING workspace_id AS "workspaceId"`;

const TELL_MS = 10_000;

/** Answers its workspace; null when it is not held any more. */
export async function tellHold(pool: Pool, { runId, epoch, hold }: { runId: string; epoch: number; hold: Hold | null }): Promise<string | null> {
  const { rows } = await pool.query<{ workspaceId: string }>(within(TELL_MS, { name: "millrace-tell-hold", text: TELL_HOLD, values: [runId, epoch, hold === null ? null : waitReasonText({ ...hold, epoch })] }));
  return rows[0]?.workspaceId ?? null;
}

// Rows that someone else locks just now are renewed next time; they are held all the same, but for no longer than before.
const RENEW = `
WITH given AS MATERIALIZED (SELECT * FROM unnest($1::uuid[], $2::int[], $3::int[]) AS g(run_id, epoch, inbox_seq)),
held AS (
  SELECT q.run_id, q.inbox_seq > g.inbox_seq AS unread FROM given g CROSS JOIN LATERAL (
    SELECT * FROM run_queue WHERE run_id = g.run_id AND lease_epoch = g.epoch AND state = 'running' LIMIT 1) q
),
locked AS (
  SELECT run_id FROM run_queue WHERE run_id = ANY (ARRAY(SELECT run_id FROM held)) ORDER BY run_id FOR NO KEY UPDATE SKIP LOCKED
),
renewed AS (
  UPDATE run_queue SET lease_until = clock_timestamp() + make_interval(secs => $4)
  WHERE run_id = ANY (ARRAY(SELECT run_id FROM locked)) AND lease_owner = $5
)
SELECT run_id AS "runId", unread, run_id <> ALL (ARRAY(SELECT run_id FROM locked)) AS late FROM held`;

/** It may have begun. One that was lost before it had passed its limits has not: its time begins when it has. */
const MAY_HAVE_BEGUN = "has_history = has_history OR gate = 4";

// A claim whose answer got lost on the way: nobody works at it. It has not been renewed for as long as an answer could take.
const UNHELD = `
UPDATE run_queue q SET state = 'queued', lease_owner = NULL, lease_until = NULL, alone = false, lease_epoch = lease_epoch + 1, ${MAY_HAVE_BEGUN}
WHERE run_id = ANY (ARRAY(
  SELECT run_id FROM run_queue WHERE state = 'running' AND lease_until < (SELECT clock_timestamp()) + make_interval(secs => $3) AND lease_owner = $1 AND run_id <> ALL ($2::uuid[])
  ORDER BY lease_until LIMIT 1000 FOR UPDATE SKIP LOCKED))
RETURNING q.run_id AS "runId", q.workspace_id AS "workspaceId", q.pool, q.rank::float8 AS rank`;

/** What hangs must not put off the next beat until leases are in doubt. */
const beatMs = (leaseSeconds: number): number => (leaseSeconds * 1_000) / 4;

/** Part of the lease that is left of what a worker should have renewed long ago. */
const UNHELD_SHARE = 0.55;

export async function giveBackUnheld(pool: Pool, workerId: string, held: readonly string[], leaseSeconds: number): Promise<Enqueued[]> {
  const { rows } = await pool.query<Enqueued>(within(beatMs(leaseSeconds), { name: "millrace-unheld", text: UNHELD, values: [workerId, held, leaseSeconds * UNHELD_SHARE] }));
  return rows;
}

export async function renewLeases(pool: Pool, workerId: string, held: readonly HeldRun[], leaseSeconds: number): Promise<Heartbeat> {
  if (held.length === 0) return { lost: [], unread: [], late: [] };
  const values = [held.map((run) => run.runId), held.map((run) => run.epoch), held.map((run) => run.inboxSeq), leaseSeconds, workerId];
  const { rows } = await pool.query<{ runId: string; unread: boolean; late: boolean }>(within(beatMs(leaseSeconds), { name: "millrace-renew", text: RENEW, values }));
  const mine = new Set(rows.map((row) => row.runId));
  const those = (what: "unread" | "late") => rows.filter((row) => row[what]).map((row) => row.runId);
  return { lost: held.filter((run) => !mine.has(run.runId)).map((run) => run.runId), unread: those("unread"), late: those("late") };
}

const BATCH = 1_000;

const DUE = `
UPDATE run_queue q SET state = 'queued', due_at = NULL,
  rank = floor(extract(epoch FROM q.due_at) * 1000)::bigint - (SELECT r.priority FROM run r WHERE r.id = q.run_id) * ${PRIORITY_STEP_MS}::bigint
WHERE q.run_id = ANY (ARRAY(
  SELECT run_id FROM run_queue WHERE state = 'waiting' AND due_at <= (SELECT clock_timestamp()) ORDER BY due_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED))
RETURNING q.run_id AS "runId", q.workspace_id AS "workspaceId", q.pool, q.rank::float8 AS rank`;

/** Until the last renewal; no more than a day. One that a process from before claimed again does not say when that was. */
const LIVED = `CASE WHEN claimed_at IS NULL AND lease_epoch > 1 THEN 0
  ELSE least(86400000, (extract(epoch FROM lease_until - coalesce(claimed_at, started_at)) - $1::float8) * 1000)::int END`;

// The epoch rises at once, not only at the next claim: whoever went silent can write nothing from here on.
const taken = (which: string) => `
UPDATE run_queue q SET state = 'queued', lease_owner = NULL, lease_until = NULL, lease_epoch = lease_epoch + 1, takeovers = takeovers + 1,
  lost_alone = lost_alone + alone::int, alone = false, lived_ms = greatest(lived_ms, ${LIVED}), ${MAY_HAVE_BEGUN}
WHERE run_id = ANY (ARRAY(
  SELECT run_id FROM run_queue WHERE state = 'running' AND ${which} ORDER BY lease_until LIMIT ${BATCH} FOR UPDATE SKIP LOCKED))
RETURNING q.run_id AS "runId", q.workspace_id AS "workspaceId", q.pool, q.rank::float8 AS rank, q.takeovers >= ${SUSPECTED_AFTER} AS "isSuspect"`;

const EXPIRED = taken("lease_until < (SELECT clock_timestamp())");
const LOST = taken("lease_until IS NOT NULL AND lease_owner = ANY ($2::uuid[])");

/** What they held becomes claimable before their leases have run out. */
export async function takeLost(pool: Pool, workerIds: readonly string[], leaseSeconds: number): Promise<Enqueued[]> {
  const ready: Enqueued[] = [];
  for (;;) {
    const { rows } = await pool.query<Enqueued>(within(PROMOTE_MS, { name: "millrace-lost", text: LOST, values: [leaseSeconds, workerIds] }));
    ready.push(...rows);
    if (rows.length < BATCH) return ready;
  }
}

const LOOK = `
SELECT EXISTS (SELECT FROM run_queue WHERE state = 'running' AND lease_until < (SELECT clock_timestamp())) AS "hasExpired",
  (SELECT (extract(epoch FROM min(due_at) - clock_timestamp()) * 1000)::float8 FROM run_queue WHERE state = 'waiting' AND due_at IS NOT NULL) AS "dueInMs"`;

interface Look {
  hasExpired: boolean;
  /** Of the next timer; null: nothing waits for a time. */
  dueInMs: number | null;
}

/** Of a look at what is due, and of making it claimable. */
const PROMOTE_MS = 20_000;

async function look(pool: Pool): Promise<Look> {
  return (await pool.query<Look>(within(PROMOTE_MS, { name: "millrace-look", text: LOOK, values: [] }))).rows[0]!;
}

/** Makes claimable what is due and what silent workers held. */
export async function promoteRuns(pool: Pool, leaseSeconds: number): Promise<{ promotion: Promotion; ready: Enqueued[] }> {
  const { hasExpired, dueInMs } = await look(pool);
  const isDue = dueInMs !== null && dueInMs <= 0;
  const due = isDue ? (await pool.query<Enqueued>(within(PROMOTE_MS, { name: "millrace-due", text: DUE, values: [] }))).rows : [];
  const expired = hasExpired ? (await pool.query<Enqueued>(within(PROMOTE_MS, { name: "millrace-expired", text: EXPIRED, values: [leaseSeconds] }))).rows : [];
  const nextDueInMs = isDue ? (await look(pool)).dueInMs : dueInMs;
  return {
    promotion: { due: due.length, expired: expired.length, nextDueInMs: nextDueInMs === null ? null : Math.max(0, nextDueInMs) },
    ready: [...due, ...expired],
  };
}
