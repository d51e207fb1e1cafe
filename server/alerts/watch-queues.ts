import type { PoolClient } from "pg";
import { sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import { insertFacts } from "@/server/queue/platform-facts";
import { PRIORITY_STEP_MS } from "@/server/queue/rank";
import { conditionSchema } from "./contract";

const WATCH_LOCK = 72_707_376;
/** Of a pool, and of those who wait for a place or their turn: those that wait longest stand first, up to what priority is worth. */
const LOOKED_AT = 1_000;
/** The same for a rule of a part, whose runs stand among those of others. */
const LOOKED_AT_OF = 10_000;

const RULES = `
SELECT r.id, r.workspace_id AS "workspaceId", r.conditions, r.scope_type AS "scopeType", r.scope_id AS "scopeId", r.environment_id AS "environmentId",
  CASE r.scope_type WHEN 'folder' THEN (SELECT f.name FROM folder f WHERE f.id = r.scope_id) WHEN 'workflow' THEN (SELECT w.name FROM workflow w WHERE w.id = r.scope_id)
    WHEN 'trigger' THEN (SELECT t.name FROM trigger t WHERE t.id = r.scope_id) END AS place, s.told_at IS NOT NULL AS "isTold" FROM notification_rule r
LEFT JOIN notification_state s ON s.rule_id = r.id AND s.subject = 'queue' WHERE r.enabled AND 'queue.old' = ANY (r.listens)`;

// A run that is blocked, or put off by a limit over time, is in the queue for people; one that is scheduled for later is not.
const looked = (limit: number) => `
place AS (
  (SELECT pool FROM run_queue WHERE state = 'queued' ORDER BY pool LIMIT 1)
  UNION ALL SELECT (SELECT q.pool FROM run_queue q WHERE q.state = 'queued' AND q.pool > p.pool ORDER BY q.pool LIMIT 1) FROM place p WHERE p.pool IS NOT NULL
),
looked AS (
  SELECT q.* FROM place p CROSS JOIN LATERAL (
    SELECT run_id, rank FROM run_queue WHERE state = 'queued' AND pool = p.pool AND workspace_id = $1 ORDER BY rank LIMIT ${limit}) q
  UNION ALL (
    SELECT run_id, rank FROM run_queue
    WHERE (state = 'blocked' OR state = 'waiting' AND started_at IS NULL AND wait_reason IS NOT NULL) AND workspace_id = $1 ORDER BY rank LIMIT ${limit})
)`;

const OLDEST = `
WITH RECURSIVE ${looked(LOOKED_AT)}
SELECT false AS "isPart", coalesce(max(extract(epoch FROM clock_timestamp()) - (q.rank + r.priority * ${PRIORITY_STEP_MS}) / 1000.0), 0)::float8 AS seconds
FROM looked q CROSS JOIN LATERAL (SELECT priority FROM run WHERE id = q.run_id LIMIT 1) r`;

// Of a part of the workspace: of its workflows, a trigger or an environment. `isPart`: there is more in the queue than was looked at.
const OLDEST_OF = `
WITH RECURSIVE below AS (
  SELECT id FROM folder WHERE workspace_id = $1 AND id = $3 AND $2 = 'folder'
  UNION SELECT f.id FROM below b JOIN folder f ON f.parent_id = b.id AND f.workspace_id = $1
), ${looked(LOOKED_AT_OF)}
SELECT (SELECT count(*) FROM looked) >= ${LOOKED_AT_OF} AS "isPart", coalesce(max(extract(epoch FROM clock_timestamp()) - (q.rank + r.priority * ${PRIORITY_STEP_MS}) / 1000.0), 0)::float8 AS seconds
FROM looked q CROSS JOIN LATERAL (SELECT priority, environment_id, workflow_id, trigger_id FROM run WHERE id = q.run_id LIMIT 1) r
WHERE ($4::uuid IS NULL OR r.environment_id = $4) AND CASE $2
    WHEN 'workflow' THEN r.workflow_id = $3 WHEN 'trigger' THEN r.trigger_id = $3
    WHEN 'folder' THEN r.workflow_id IN (SELECT i.item_id FROM folder_item i WHERE i.workspace_id = $1 AND i.item_type = 'workflow' AND i.folder_id IN (SELECT id FROM below))
    ELSE true END`;

const TOLD = "INSERT INTO notification_state (rule_id, subject, workspace_id, told_at) VALUES ($1, 'queue', $2, clock_timestamp()) ON CONFLICT (rule_id, subject) DO NOTHING";
const OVER = "DELETE FROM notification_state WHERE rule_id = $1 AND subject = 'queue'";

interface Row {
  id: string;
  workspaceId: string;
  conditions: unknown[];
  scopeType: string;
  scopeId: string | null;
  environmentId: string | null;
  /** What a rule of a part is about. */
  place: string | null;
  isTold: boolean;
}

/** Facts of queues that became too old, and of those that are short again: once each, for the rule that wants to know. */
export async function watchQueues(): Promise<void> {
  await inTransaction(sharedPool(), async (client) => {
    const { rows: locks } = await client.query<{ mine: boolean }>("SELECT pg_try_advisory_xact_lock($1) AS mine", [WATCH_LOCK]);
    if (locks[0]?.mine !== true) return;
    const { rows } = await client.query<Row>({ name: "queue-rules", text: RULES });
    for (const rule of rows) await watch(client, rule);
  });
}

async function watch(client: PoolClient, { id, workspaceId, conditions, scopeType, scopeId, environmentId, place, isTold }: Row): Promise<void> {
  const limits = conditions.flatMap((condition) => {
    const { data } = conditionSchema.safeParse(condition);
    return data?.type === "queueAge" ? [data.seconds] : [];
  });
  const limitSeconds = Math.min(...limits);
  const isWhole = scopeType === "workspace" && environmentId === null;
  const oldest = isWhole ? { name: "queue-oldest", text: OLDEST, values: [workspaceId] } : { name: "queue-oldest-of", text: OLDEST_OF, values: [workspaceId, scopeType, scopeId, environmentId] };
  const { rows } = await client.query<{ seconds: number; isPart: boolean }>(oldest);
  const oldestSeconds = Math.max(0, rows[0]?.seconds ?? 0);
  const isOld = oldestSeconds > limitSeconds;
  // That it is over is not known where its runs may stand behind what was looked at.
  if (isOld === isTold || (!isOld && rows[0]?.isPart === true)) return;
  const kind = isOld ? "queue.old" : "queue.recovered";
  await insertFacts(client, [{ workspaceId, kind, key: `${kind} ${id} ${new Date().toISOString()}`, subjectId: id, body: { oldestSeconds, limitSeconds, place } }]);
  await (isOld ? client.query(TOLD, [id, workspaceId]) : client.query(OVER, [id]));
}
