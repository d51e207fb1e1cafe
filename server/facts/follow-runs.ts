import { sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import { ask } from "@/server/queue/ask";
import { crashPoint } from "@/server/testing/crash-points";
import { HANDLERS_SETTING } from "./contract";

/** Search rows of so many runs are written in one transaction; of fewer at first, and where they take long for the words they hold. */
const [FIRST_BATCH, MAX_BATCH] = [100, 1_000];
const BATCH_MS = 500;
/** One turn of the scheduler spends no more on it; what is left waits for the next one. */
const TURN_MS = 4_000;
const INDEX_LOCK = 72_707_373;

/**
 * Workspaces in which somebody may want to hear of ends of runs: by a rule, by a trigger, by a workflow for all of them. Documents are
 * searched as text: one that cannot be read as JSON must not keep all others from being told, and a fact too many does no harm.
 */
const LISTENING = `
SELECT workspace_id, bool_or(failed) AS failed, bool_or(succeeded) AS succeeded FROM (
  SELECT workspace_id, 'run.failed' = ANY (listens), 'run.succeeded' = ANY (listens) FROM notification_rule WHERE enabled
  UNION ALL
  SELECT workspace_id, strpos(config::text, '"runFailed"') > 0, strpos(config::text, '"runSucceeded"') > 0 FROM trigger WHERE kind = 'event' AND (mode <> 'disabled' AND retired_at IS NULL OR is_draft AND capture_until > clock_timestamp())
  UNION ALL
  SELECT workspace_id, strpos(value::text, '"errorWorkflow"') > 0, strpos(value::text, '"successWorkflow"') > 0 FROM scoped_setting WHERE key = '${HANDLERS_SETTING}'
) AS l(workspace_id, failed, succeeded) GROUP BY workspace_id`;

const IS_WANTED = `(
  EXISTS (SELECT FROM notification_rule WHERE enabled AND listens && ARRAY['run.failed', 'run.succeeded'])
  OR EXISTS (SELECT FROM trigger WHERE kind = 'event' AND (mode <> 'disabled' AND retired_at IS NULL OR is_draft AND capture_until > clock_timestamp()))
  OR EXISTS (SELECT FROM scoped_setting WHERE key = '${HANDLERS_SETTING}')
  OR EXISTS (SELECT FROM workflow_version WHERE error_workflow IS NOT NULL)) AND EXISTS (SELECT FROM run_change)`;

// What is new or has ended is counted once: its search row says whether it was.
// What has ended is a fact of the platform where somebody listens. The run's own transaction pays nothing for it.
const FOLLOW = `
WITH taken AS (
  DELETE FROM run_change WHERE ctid = ANY (ARRAY(SELECT ctid FROM run_change LIMIT $1 FOR UPDATE SKIP LOCKED)) RETURNING run_id
),
due AS (SELECT DISTINCT run_id FROM taken),
used AS (
  INSERT INTO usage_change (run_id, workspace_id, made, ended)
  SELECT r.id, r.workspace_id, s.run_id IS NULL, r.finished_at IS NOT NULL AND NOT coalesce(s.counted, false)
  FROM due JOIN run r ON r.id = due.run_id LEFT JOIN run_search s ON s.run_id = r.id
  WHERE s.run_id IS NULL OR (r.finished_at IS NOT NULL AND NOT s.counted)
),
written AS (
  INSERT INTO run_search (run_id, workspace_id, created_at, duration_ms, facets, content, counted)
  SELECT r.id, r.workspace_id, r.created_at, t.duration_ms,
    ARRAY(SELECT run_facet(r.workspace_id, run_month(r.created_at), f) FROM unnest(
      ARRAY['', 'm:' || r.mode, 't:' || r.trigger_kind, 'w:' || r.workflow_id, 'v:' || r.version_id, 'p:' || r.started_by_id,
        CASE WHEN r.finished_at IS NOT NULL THEN 's:' || r.status END, 'd:' || run_duration_bucket(t.duration_ms)]
      || ARRAY(SELECT 'l:' || key || '=' || value FROM jsonb_each_text(r.labels))) AS f WHERE f IS NOT NULL),
    run_content(r.input, r.output, r.error), r.finished_at IS NOT NULL
  FROM due JOIN run r ON r.id = due.run_id
  CROSS JOIN LATERAL (SELECT run_duration_ms(coalesce(r.started_at, r.created_at), r.finished_at) AS duration_ms) t
  ON CONFLICT (run_id) DO UPDATE SET duration_ms = excluded.duration_ms, facets = excluded.facets, content = excluded.content, counted = run_search.counted OR excluded.counted
),
listening AS MATERIALIZED (${LISTENING}),
noted AS (
  INSERT INTO platform_fact (workspace_id, kind, key, subject_id, at)
  SELECT r.workspace_id, 'run.' || r.status, 'run ' || r.id, r.id, r.finished_at
  FROM due JOIN run r ON r.id = due.run_id
  LEFT JOIN listening l ON l.workspace_id = r.workspace_id
  WHERE r.finished_at IS NOT NULL AND r.mode = 'production' AND r.parent_run_id IS NULL AND CASE r.status
    WHEN 'failed' THEN l.failed OR EXISTS (SELECT FROM workflow_version v WHERE v.id = r.version_id AND v.error_workflow IS NOT NULL)
    WHEN 'succeeded' THEN l.succeeded END
  ORDER BY r.finished_at, r.id
  ON CONFLICT (workspace_id, key) DO NOTHING
)
SELECT count(*)::int AS taken FROM taken`;

/** Runs have changed and somebody may listen. While nobody does, search rows may wait for the next turn of the scheduler. */
export function isAnybodyListening(): Promise<boolean> {
  return ask(IS_WANTED);
}

/**
 * Writes the search rows of new and ended runs, and the facts of those that somebody wants to hear of, in the transaction that
 * takes their notes away. One process at a time: an older state never comes after a newer one.
 */
export async function followRuns(): Promise<number> {
  const begun = performance.now();
  let indexed = 0;
  for (let batch = FIRST_BATCH; ; ) {
    const batchBegun = performance.now();
    const taken = await inTransaction(sharedPool(), async (client) => {
      const { rows: locks } = await client.query<{ mine: boolean }>("select pg_try_advisory_xact_lock($1) as mine", [INDEX_LOCK]);
      if (locks[0]?.mine !== true) return 0;
      const { rows } = await client.query<{ taken: number }>(FOLLOW, [batch]);
      crashPoint("runs-followed");
      return rows[0]?.taken ?? 0;
    });
    indexed += taken;
    if (taken < batch || performance.now() - begun > TURN_MS) return indexed;
    batch = performance.now() - batchBegun > BATCH_MS ? FIRST_BATCH : Math.min(MAX_BATCH, 2 * batch);
  }
}
