import type { PoolClient } from "pg";
import { sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import { insertFacts } from "@/server/queue/platform-facts";
import { PRIORITY_STEP_MS } from "@/server/queue/rank";
import { conditionSchema } from "./contract";

const WATCH_LOCK = 72_707_376;
/** Those that wait longest stand first, up to what priority is worth. */
const LOOKED_AT = 1_000;

const RULES = `
SELECT r.id, r.workspace_id AS "workspaceId", r.conditions, s.told_at IS NOT NULL AS "isTold" FROM notification_rule r
LEFT JOIN notification_state s ON s.rule_id = r.id AND s.subject = 'queue' WHERE r.enabled AND 'queue.old' = ANY (r.listens)`;

const OLDEST = `
SELECT coalesce(max(extract(epoch FROM clock_timestamp()) - (q.rank + r.priority * ${PRIORITY_STEP_MS}) / 1000.0), 0)::float8 AS seconds
FROM (SELECT run_id, rank FROM run_queue WHERE workspace_id = $1 AND state = 'queued' ORDER BY rank LIMIT ${LOOKED_AT}) q JOIN run r ON r.id = q.run_id`;

const TOLD = "INSERT INTO notification_state (rule_id, subject, workspace_id, told_at) VALUES ($1, 'queue', $2, clock_timestamp()) ON CONFLICT (rule_id, subject) DO NOTHING";
const OVER = "DELETE FROM notification_state WHERE rule_id = $1 AND subject = 'queue'";

interface Row {
  id: string;
  workspaceId: string;
  conditions: unknown[];
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

async function watch(client: PoolClient, { id, workspaceId, conditions, isTold }: Row): Promise<void> {
  const limits = conditions.flatMap((condition) => {
    const { data } = conditionSchema.safeParse(condition);
    return data?.type === "queueAge" ? [data.seconds] : [];
  });
  const limitSeconds = Math.min(...limits);
  const { rows } = await client.query<{ seconds: number }>({ name: "queue-oldest", text: OLDEST, values: [workspaceId] });
  const oldestSeconds = Math.max(0, rows[0]?.seconds ?? 0);
  const isOld = oldestSeconds > limitSeconds;
  if (isOld === isTold) return;
  const kind = isOld ? "queue.old" : "queue.recovered";
  await insertFacts(client, [{ workspaceId, kind, key: `${kind} ${id} ${new Date().toISOString()}`, subjectId: id, body: { oldestSeconds, limitSeconds } }]);
  await (isOld ? client.query(TOLD, [id, workspaceId]) : client.query(OVER, [id]));
}
