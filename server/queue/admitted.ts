import type { AdmissionAnswer } from "@/server/engine/ports";
import type { Enqueued } from "@/server/queue/enqueue";
import type { Delivered } from "@/server/queue/messages";

/** What the way of a run through its limits comes to, and what others have to hear of after the commit. */
export interface Admitted {
  answer: AdmissionAnswer;
  delivered: Delivered[];
  /** Runs that ended because this one took their place. */
  ended: { runId: string; workspaceId: string }[];
  ready: Enqueued[];
}

export const only = (answer: AdmissionAnswer): Admitted => ({ answer, delivered: [], ended: [], ready: [] });

/**
 * Whoever counts the holders of a key locks it first, and always after the runs' rows; so no run is blocked after the last
 * place was given back.
 */
export const LOCK_KEY = "SELECT pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 0))";

/**
 * The time that a run spends behind its limits is none of its own. One that has passed them before has begun; so has a re-run made when
 * the clock of its journal was this column.
 */
export const STARTED_AT = `CASE WHEN gate = 4 OR has_history AND NOT EXISTS (
  SELECT FROM run r WHERE r.id = run_queue.run_id AND r.options -> 'rerun' -> 'at' IS NOT NULL) THEN started_at END`;

/** The run comes back at a later time (milliseconds since 1970); its own time begins then. */
export const DELAY = `
UPDATE run_queue SET gate = $2, state = 'waiting', due_at = to_timestamp($3::float8 / 1000), lease_owner = NULL, lease_until = NULL, wait_reason = $4,
  started_at = ${STARTED_AT}
WHERE run_id = $1`;
