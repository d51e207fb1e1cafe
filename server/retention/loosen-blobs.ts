import type { ClientBase } from "pg";

const counted = (update: string) => `WITH loosened AS (${update} RETURNING b.size) SELECT count(*)::int AS blobs, coalesce(sum(size), 0)::float8 AS "blobBytes" FROM loosened`;

// What belongs to runs that go, and what they read of runs and events that are gone already, unless a run that stays reads it too.
const OF_REMOVED_RUNS = counted(`
UPDATE blob b SET owner_type = NULL, owner_id = NULL
WHERE b.id IN (
    SELECT id FROM blob WHERE owner_type = 'run' AND owner_id = ANY($1::uuid[])
    UNION SELECT s.blob_id FROM blob_share s JOIN blob o ON o.id = s.blob_id
      WHERE s.run_id = ANY($1::uuid[]) AND (o.owner_type = 'run' AND NOT EXISTS (SELECT FROM run r WHERE r.id = o.owner_id)
        OR o.owner_type = 'trigger_event' AND NOT EXISTS (SELECT FROM trigger_event e WHERE e.id = o.owner_id)))
  AND NOT EXISTS (SELECT FROM blob_share s JOIN run r ON r.id = s.run_id WHERE s.blob_id = b.id AND r.id <> ALL($1::uuid[]))`);

// Runs that stay without their large values and files, unless one that is younger, kept or at work reads them.
const OF_OLD_RUNS = counted(`
UPDATE blob b SET owner_type = NULL, owner_id = NULL
WHERE b.owner_type = 'run' AND b.owner_id = ANY($1::uuid[])
  AND NOT EXISTS (SELECT FROM blob_share s JOIN run r ON r.id = s.run_id WHERE s.blob_id = b.id AND (r.kept OR r.finished_at IS NULL OR r.finished_at >= $2))`);

const OF_EVENTS = counted(`
UPDATE blob b SET owner_type = NULL, owner_id = NULL
WHERE b.owner_type = 'trigger_event' AND b.owner_id = ANY($1::uuid[])
  AND NOT EXISTS (SELECT FROM blob_share s JOIN run r ON r.id = s.run_id WHERE s.blob_id = b.id)`);

interface Loosened {
  blobs: number;
  blobBytes: number;
}

/**
 * Takes their owner away from blobs that nobody needs any more; the sweep, which removes what has none, finds them by an index. Contents may
 * lie outside the database, so they cannot go in the transaction that removes their owner: this mark can.
 */
export async function loosenBlobs(client: ClientBase, which: { removedRuns: readonly string[] } | { oldRuns: readonly string[]; before: Date } | { events: readonly string[] }): Promise<Loosened> {
  const { rows } =
    "removedRuns" in which
      ? await client.query<Loosened>(OF_REMOVED_RUNS, [which.removedRuns])
      : "events" in which
        ? await client.query<Loosened>(OF_EVENTS, [which.events])
        : await client.query<Loosened>(OF_OLD_RUNS, [which.oldRuns, which.before]);
  return rows[0] ?? { blobs: 0, blobBytes: 0 };
}
