import type { ClientBase } from "pg";

const loosen = (which: string) => `
WITH loosened AS (UPDATE blob b SET owner_type = NULL, owner_id = NULL WHERE b.id IN (${which}) RETURNING b.size)
SELECT count(*)::int AS blobs, coalesce(sum(size), 0)::float8 AS "blobBytes" FROM loosened`;

// What belongs to runs that are gone, and what they read of other runs and events that are gone, unless a run that is there reads it too.
const OF_REMOVED_RUNS = loosen(`
SELECT c.id FROM (
  SELECT id FROM blob WHERE owner_type = 'run' AND owner_id = ANY($1::uuid[])
  UNION ALL SELECT s.blob_id FROM blob_share s JOIN blob o ON o.id = s.blob_id
    WHERE s.run_id = ANY($1::uuid[]) AND (o.owner_type = 'run' AND NOT EXISTS (SELECT FROM run r WHERE r.id = o.owner_id)
      OR o.owner_type = 'trigger_event' AND NOT EXISTS (SELECT FROM trigger_event e WHERE e.id = o.owner_id))) AS c
WHERE NOT EXISTS (SELECT FROM blob_share s JOIN run r ON r.id = s.run_id WHERE s.blob_id = c.id) LIMIT $2`);

// Runs that stay without their large values and files, unless one that is younger, kept or at work reads them.
const OF_OLD_RUNS = loosen(`
SELECT o.id FROM blob o WHERE o.owner_type = 'run' AND o.owner_id = ANY($1::uuid[])
  AND NOT EXISTS (SELECT FROM blob_share s JOIN run r ON r.id = s.run_id WHERE s.blob_id = o.id AND (r.kept OR r.finished_at IS NULL OR r.finished_at >= $3)) LIMIT $2`);

const OF_EVENTS = loosen(`
SELECT o.id FROM blob o WHERE o.owner_type = 'trigger_event' AND o.owner_id = ANY($1::uuid[])
  AND NOT EXISTS (SELECT FROM blob_share s JOIN run r ON r.id = s.run_id WHERE s.blob_id = o.id)`);

interface Loosened {
  blobs: number;
  blobBytes: number;
}

type Which = { removedRuns: readonly string[]; most: number } | { oldRuns: readonly string[]; before: Date; most: number } | { events: readonly string[] };

/**
 * Takes their owner away from blobs that nobody needs any more; the sweep, which removes what has none, finds them by an index. Contents may
 * lie outside the database, so they cannot go in the transaction that removes their owner: this mark can.
 */
export async function loosenBlobs(client: ClientBase, which: Which): Promise<Loosened> {
  const { rows } =
    "removedRuns" in which
      ? await client.query<Loosened>(OF_REMOVED_RUNS, [which.removedRuns, which.most])
      : "events" in which
        ? await client.query<Loosened>(OF_EVENTS, [which.events])
        : await client.query<Loosened>(OF_OLD_RUNS, [which.oldRuns, which.most, which.before]);
  return rows[0] ?? { blobs: 0, blobBytes: 0 };
}
