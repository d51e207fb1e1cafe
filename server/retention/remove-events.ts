import { sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import { MAKING_KINDS } from "@/server/triggers/service";
import { holdLease, type Lease } from "./lease";
import { loosenBlobs } from "./loosen-blobs";
import { recordRemoved } from "./record";

const EVENTS_PER_BATCH = 500;

interface EventsOf {
  id: string;
  workflowId: string;
  isDeleted: boolean;
}

export async function findTriggers(workspaceId: string): Promise<EventsOf[]> {
  const { rows } = await sharedPool().query<EventsOf>('SELECT id, workflow_id AS "workflowId", deleted_at IS NOT NULL AS "isDeleted" FROM trigger WHERE workspace_id = $1 ORDER BY id', [workspaceId]);
  return rows;
}

// An event that is removed within its window leaves its key, for as long as that lasts.
const KEEP_KEYS = `
INSERT INTO trigger_key (trigger_id, workspace_id, key, event_id, run_id, status, received_at, until)
SELECT trigger_id, workspace_id, dedupe_key, id, run_id, status, received_at, key_until FROM trigger_event WHERE id = ANY ($1::uuid[]) AND key_until > clock_timestamp()
ON CONFLICT (trigger_id, key) DO UPDATE SET event_id = excluded.event_id, run_id = excluded.run_id, status = excluded.status, received_at = excluded.received_at, until = excluded.until`;

// Not those that are still to become a run, whose run is waited for, or whose files a run reads that is there.
const OLD = `
SELECT e.id FROM trigger_event e
WHERE e.trigger_id = $1 AND e.received_at < $2 AND e.processed_at IS NOT NULL
  AND NOT (e.watched AND e.outcome IS NULL AND EXISTS (SELECT FROM run_queue q WHERE q.run_id = e.run_id))
  AND NOT (EXISTS (SELECT FROM blob b WHERE b.owner_type = 'trigger_event' AND b.owner_id = e.id) AND EXISTS (SELECT FROM run r WHERE r.id = e.run_id))
  AND ($3::uuid[] IS NULL OR e.id = ANY ($3))
ORDER BY e.received_at LIMIT ${EVENTS_PER_BATCH} FOR UPDATE OF e SKIP LOCKED`;

// Of a deleted trigger, whatever became of them. Whose files a run reads stays as long as that is there.
const OF_DELETED = `
SELECT e.id FROM trigger_event e
WHERE e.trigger_id = $1 AND NOT (EXISTS (SELECT FROM blob b WHERE b.owner_type = 'trigger_event' AND b.owner_id = e.id) AND EXISTS (SELECT FROM run r WHERE r.id = e.run_id))
LIMIT ${EVENTS_PER_BATCH} FOR UPDATE OF e SKIP LOCKED`;

/** One batch of old events of a trigger (null: of whatever age). Answers whether there may be more. */
export async function removeEvents(lease: Lease, trigger: Pick<EventsOf, "id" | "workflowId">, cutoff: Date | null): Promise<boolean> {
  const kept = cutoff === null ? null : await keepKeys(lease, trigger, cutoff);
  if (kept?.length === 0) return false;
  return inTransaction(sharedPool(), async (client) => {
    await holdLease(client, lease);
    const { rows } = cutoff === null ? await client.query<{ id: string }>(OF_DELETED, [trigger.id]) : await client.query<{ id: string }>(OLD, [trigger.id, cutoff, kept]);
    // Those of this batch are somebody else's by now, or stay; others may come after them.
    if (rows.length === 0) return kept?.length === EVENTS_PER_BATCH;
    const ids = rows.map(({ id }) => id);
    await client.query("DELETE FROM trigger_event WHERE id = ANY ($1::uuid[])", [ids]);
    const loosened = await loosenBlobs(client, { events: ids });
    await recordRemoved(client, lease.workspaceId, trigger.workflowId, { events: rows.length, ...loosened });
    return (kept ?? rows).length === EVENTS_PER_BATCH;
  });
}

/** Committed before its event goes: the same event that comes while that is removed finds one of both. Answers whose keys are safe. */
function keepKeys(lease: Lease, trigger: Pick<EventsOf, "id">, cutoff: Date): Promise<string[]> {
  return inTransaction(sharedPool(), async (client) => {
    await holdLease(client, lease);
    const { rows } = await client.query<{ id: string }>(OLD, [trigger.id, cutoff, null]);
    const ids = rows.map(({ id }) => id);
    if (ids.length > 0) await client.query(KEEP_KEYS, [ids]);
    return ids;
  });
}

const SEEN = "DELETE FROM trigger_seen WHERE (trigger_id, key) IN (SELECT trigger_id, key FROM trigger_seen WHERE trigger_id = $1 LIMIT $2)";
const KEYS = "DELETE FROM trigger_key WHERE (trigger_id, key) IN (SELECT trigger_id, key FROM trigger_key WHERE trigger_id = $1 LIMIT $2)";
const OVER_KEYS = "DELETE FROM trigger_key WHERE (trigger_id, key) IN (SELECT trigger_id, key FROM trigger_key WHERE workspace_id = $1 AND until < clock_timestamp() LIMIT $2)";
// `health` stands for what its listener may have left at the other side.
const EMPTY = `
DELETE FROM trigger t WHERE t.id = $1 AND t.deleted_at IS NOT NULL AND (t.health IS NULL OR t.kind <> ALL ($2::text[]))
  AND NOT EXISTS (SELECT FROM trigger_event e WHERE e.trigger_id = t.id) AND NOT EXISTS (SELECT FROM trigger_leftover l WHERE l.trigger_id = t.id)`;
const ROWS_PER_BATCH = 5_000;

/** One batch of what a deleted trigger remembers; its row when nothing is left. Answers whether there may be more. */
export async function removeDeleted({ id }: Pick<EventsOf, "id">): Promise<boolean> {
  for (const sql of [SEEN, KEYS]) if ((await sharedPool().query(sql, [id, ROWS_PER_BATCH])).rowCount === ROWS_PER_BATCH) return true;
  await sharedPool().query(EMPTY, [id, MAKING_KINDS]);
  return false;
}

/** One batch of keys whose window is over. */
export async function removeKeys(workspaceId: string): Promise<boolean> {
  return (await sharedPool().query(OVER_KEYS, [workspaceId, ROWS_PER_BATCH])).rowCount === ROWS_PER_BATCH;
}
