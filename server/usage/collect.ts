import { sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import { WAITING_KINDS } from "@/server/engine/definition";

const RUNS_PER_BATCH = 500;
/** One turn of the scheduler spends no more on it; what is left waits for the next one. */
const TURN_MS = 4_000;

/** For people, clocks, signals and other runs, whose own steps are counted. */
const ONLY_WAIT = [...WAITING_KINDS];

/** A re-run copies rows of steps that were counted with the run they are from; clocks of workers may go a little behind. */
const CLOCK_SLACK = "interval '2 seconds'";

const monthOf = (moment: string) => `date_trunc('month', ${moment} AT TIME ZONE 'UTC')::date`;

// In one statement with the notes it takes away: each is counted once, whatever happens.
const COUNT_RUNS = `
WITH taken AS (
  DELETE FROM usage_change WHERE ctid = ANY (ARRAY(SELECT ctid FROM usage_change LIMIT $1 FOR UPDATE SKIP LOCKED)) RETURNING *
),
made AS (
  SELECT r.workspace_id, ${monthOf("r.created_at")} AS month, count(*) AS runs FROM taken t JOIN run r ON r.id = t.run_id WHERE t.made GROUP BY 1, 2
),
stepped AS (
  SELECT r.workspace_id, ${monthOf("r.finished_at")} AS month, count(*) AS steps,
    coalesce(sum(extract(epoch FROM s.finished_at - s.started_at) * 1000) FILTER (WHERE s.kind <> ALL ($2)), 0)::bigint AS compute_ms
  FROM taken t JOIN run r ON r.id = t.run_id JOIN step_run s ON s.run_id = r.id
  WHERE t.ended AND s.enter_seq IS NULL AND s.status <> 'skipped' AND s.finished_at >= s.started_at AND s.started_at >= r.created_at - ${CLOCK_SLACK} GROUP BY 1, 2
),
asked AS (
  SELECT workspace_id, ${monthOf("asked_at")} AS month, sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens, sum(cost) AS cost
  FROM taken WHERE asked_at IS NOT NULL GROUP BY 1, 2
),
used AS (
  SELECT workspace_id, month, runs, 0::numeric AS steps, 0::numeric AS compute_ms, 0::numeric AS input_tokens, 0::numeric AS output_tokens, 0::numeric AS cost FROM made
  UNION ALL SELECT workspace_id, month, 0, steps, compute_ms, 0, 0, 0 FROM stepped
  UNION ALL SELECT workspace_id, month, 0, 0, 0, input_tokens, output_tokens, cost FROM asked
),
added AS (
  INSERT INTO usage_month AS m (workspace_id, month, runs, steps, compute_ms, input_tokens, output_tokens, cost)
  SELECT u.workspace_id, u.month, sum(u.runs), sum(u.steps), sum(u.compute_ms), sum(u.input_tokens), sum(u.output_tokens), sum(u.cost)
  FROM used u JOIN workspace w ON w.id = u.workspace_id GROUP BY 1, 2 ORDER BY 1, 2
  ON CONFLICT (workspace_id, month) DO UPDATE SET runs = m.runs + excluded.runs, steps = m.steps + excluded.steps, compute_ms = m.compute_ms + excluded.compute_ms,
    input_tokens = m.input_tokens + excluded.input_tokens, output_tokens = m.output_tokens + excluded.output_tokens, cost = m.cost + excluded.cost
)
SELECT count(*)::int AS taken FROM taken`;

const CHANGES_PER_BATCH = 10_000;

const COUNT_STORAGE = `
WITH taken AS (
  DELETE FROM storage_change WHERE ctid = ANY (ARRAY(SELECT ctid FROM storage_change LIMIT $1 FOR UPDATE SKIP LOCKED)) RETURNING *
),
added AS (
  INSERT INTO usage_storage AS s (workspace_id, bytes)
  SELECT t.workspace_id, sum(t.bytes) FROM taken t JOIN workspace w ON w.id = t.workspace_id GROUP BY 1 ORDER BY 1
  ON CONFLICT (workspace_id) DO UPDATE SET bytes = s.bytes + excluded.bytes
)
SELECT count(*)::int AS taken FROM taken`;

// What is there at the beginning of a month counts for it, also when nothing is added.
const KEEP_PEAK = `
INSERT INTO usage_month AS m (workspace_id, month, storage_bytes)
SELECT s.workspace_id, n.month, s.bytes FROM usage_storage s CROSS JOIN (SELECT ${monthOf("clock_timestamp()")} AS month) n
LEFT JOIN usage_month h ON h.workspace_id = s.workspace_id AND h.month = n.month WHERE s.bytes > coalesce(h.storage_bytes, 0) ORDER BY 1
ON CONFLICT (workspace_id, month) DO UPDATE SET storage_bytes = greatest(m.storage_bytes, excluded.storage_bytes)`;

/** Puts what was noted since last time to the usage of its month. Answers how many notes that were. */
export async function collectUsage(): Promise<number> {
  const begun = performance.now();
  const isLate = () => performance.now() - begun > TURN_MS;
  let total = 0;
  for (let taken = RUNS_PER_BATCH; taken === RUNS_PER_BATCH && !isLate(); total += taken) taken = await count(COUNT_RUNS, [RUNS_PER_BATCH, ONLY_WAIT]);
  for (let taken = CHANGES_PER_BATCH; taken === CHANGES_PER_BATCH && !isLate(); total += taken) taken = await count(COUNT_STORAGE, [CHANGES_PER_BATCH]);
  await sharedPool().query(KEEP_PEAK);
  return total;
}

function count(sql: string, values: unknown[]): Promise<number> {
  return inTransaction(sharedPool(), async (client) => {
    const { rows } = await client.query<{ taken: number }>(sql, values);
    return rows[0]?.taken ?? 0;
  });
}
