import { sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";

/** Search rows of so many runs are written in one transaction. */
const BATCH = 1_000;
/** One turn of the scheduler spends no more on it; what is left waits for the next one. */
const TURN_MS = 4_000;
const INDEX_LOCK = 72_707_373;

const INDEX = `
WITH taken AS (
  DELETE FROM run_change WHERE ctid = ANY (ARRAY(SELECT ctid FROM run_change LIMIT $1 FOR UPDATE SKIP LOCKED)) RETURNING run_id
),
due AS (SELECT DISTINCT run_id FROM taken),
written AS (
  INSERT INTO run_search (run_id, workspace_id, created_at, duration_ms, facets, content)
  SELECT r.id, r.workspace_id, r.created_at, t.duration_ms,
    ARRAY(SELECT run_facet(r.workspace_id, run_month(r.created_at), f) FROM unnest(
      ARRAY['', 'm:' || r.mode, 't:' || r.trigger_kind, 'w:' || r.workflow_id, 'v:' || r.version_id, 'p:' || r.started_by_id,
        CASE WHEN r.finished_at IS NOT NULL THEN 's:' || r.status END, 'd:' || run_duration_bucket(t.duration_ms)]
      || ARRAY(SELECT 'l:' || key || '=' || value FROM jsonb_each_text(r.labels))) AS f WHERE f IS NOT NULL),
    run_content(r.input, r.output, r.error)
  FROM due JOIN run r ON r.id = due.run_id
  CROSS JOIN LATERAL (SELECT run_duration_ms(coalesce(r.started_at, r.created_at), r.finished_at) AS duration_ms) t
  ON CONFLICT (run_id) DO UPDATE SET duration_ms = excluded.duration_ms, facets = excluded.facets, content = excluded.content
)
SELECT count(*)::int AS taken FROM taken`;

/** Writes the search rows of new and ended runs. One process at a time: an older state never comes after a newer one. */
export async function indexRuns(): Promise<number> {
  const begun = performance.now();
  let indexed = 0;
  for (;;) {
    const taken = await inTransaction(sharedPool(), async (client) => {
      const { rows: locks } = await client.query<{ mine: boolean }>("select pg_try_advisory_xact_lock($1) as mine", [INDEX_LOCK]);
      if (locks[0]?.mine !== true) return 0;
      const { rows } = await client.query<{ taken: number }>(INDEX, [BATCH]);
      return rows[0]?.taken ?? 0;
    });
    indexed += taken;
    if (taken < BATCH || performance.now() - begun > TURN_MS) return indexed;
  }
}
