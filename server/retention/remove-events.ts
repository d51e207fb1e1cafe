import { sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import { holdLease, type Lease } from "./lease";
import { loosenBlobs } from "./loosen-blobs";
import { recordRemoved } from "./record";

const EVENTS_PER_BATCH = 500;

export async function findTriggers(workspaceId: string): Promise<{ id: string; workflowId: string }[]> {
  const { rows } = await sharedPool().query<{ id: string; workflowId: string }>('SELECT id, workflow_id AS "workflowId" FROM trigger WHERE workspace_id = $1', [workspaceId]);
  return rows;
}

// Not those that are still to become a run, whose run is waited for, or whose files a run reads that is there.
const REMOVE = `
DELETE FROM trigger_event WHERE id IN (
  SELECT e.id FROM trigger_event e
  WHERE e.trigger_id = $1 AND e.received_at < $2 AND e.processed_at IS NOT NULL
    AND NOT (e.watched AND e.outcome IS NULL AND EXISTS (SELECT FROM run_queue q WHERE q.run_id = e.run_id))
    AND NOT (EXISTS (SELECT FROM blob b WHERE b.owner_type = 'trigger_event' AND b.owner_id = e.id) AND EXISTS (SELECT FROM run r WHERE r.id = e.run_id))
  ORDER BY e.received_at LIMIT ${EVENTS_PER_BATCH} FOR UPDATE OF e SKIP LOCKED)
RETURNING id`;

/** One batch of old events of a trigger. Answers whether there may be more. */
export function removeEvents(lease: Lease, trigger: { id: string; workflowId: string }, cutoff: Date): Promise<boolean> {
  return inTransaction(sharedPool(), async (client) => {
    await holdLease(client, lease);
    const { rows } = await client.query<{ id: string }>(REMOVE, [trigger.id, cutoff]);
    if (rows.length === 0) return false;
    const loosened = await loosenBlobs(client, { events: rows.map(({ id }) => id) });
    await recordRemoved(client, lease.workspaceId, trigger.workflowId, { events: rows.length, ...loosened });
    return rows.length === EVENTS_PER_BATCH;
  });
}
