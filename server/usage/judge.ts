import type pg from "pg";
import { tellAlertsChanged, tellOfQuota } from "@/server/alerts/service";
import { sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import { insertFacts } from "@/server/queue/platform-facts";
import { METRIC_LABELS, type Metric } from "./constants";
import { formatAmount, type Told, toldOf } from "./tell-quota";

const JUDGE_LOCK = 72_707_392;
const EVENTS_PER_TURN = 1_000;

// Quotas are few, and so are the rows of a month: nothing here grows with the number of runs.
const MEASURE = `
WITH now AS (SELECT date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC')::date AS month),
measured AS (
  SELECT q.id, coalesce(CASE q.metric WHEN 'runs' THEN sum(m.runs) WHEN 'steps' THEN sum(m.steps) WHEN 'computeSeconds' THEN sum(m.compute_ms) / 1000
    WHEN 'llmTokens' THEN sum(m.input_tokens + m.output_tokens) WHEN 'llmCost' THEN sum(m.cost) ELSE sum(s.bytes) END, 0) AS used
  FROM usage_quota q CROSS JOIN now
  JOIN workspace w ON w.organization_id = q.organization_id AND (q.workspace_id IS NULL OR w.id = q.workspace_id)
  LEFT JOIN usage_month m ON m.workspace_id = w.id AND m.month = now.month
  LEFT JOIN usage_storage s ON s.workspace_id = w.id
  GROUP BY q.id, q.metric
)
UPDATE usage_quota q SET used = d.used FROM measured d, now WHERE q.id = d.id
RETURNING q.id::text AS id, q.organization_id::text AS "organizationId", q.workspace_id::text AS "workspaceId", q.metric, q.amount::float8 AS amount, q.used::float8 AS used,
  q.warn_percent AS "warnPercent", q.is_hard AS "isHard", to_char(now.month, 'YYYY-MM-DD') AS month,
  to_char(q.warned_for, 'YYYY-MM-DD') AS "warnedFor", to_char(q.reached_for, 'YYYY-MM-DD') AS "reachedFor"`;

export interface JudgedQuota {
  id: string;
  organizationId: string;
  workspaceId: string | null;
  metric: Metric;
  amount: number;
  used: number;
  warnPercent: number;
  isHard: boolean;
  month: string;
  warnedFor: string | null;
  reachedFor: string | null;
}

/** Compares what is used with what may be: tells people once a month, and stops and starts workspaces whose hard quota is used up or has room again. */
export async function judgeQuotas(): Promise<number> {
  const told = await inTransaction(sharedPool(), async (client) => {
    // Waits for the other, so that who has changed a quota sees what follows from it.
    await client.query("SELECT pg_advisory_xact_lock($1)", [JUDGE_LOCK]);
    const { rows } = await client.query<JudgedQuota>(MEASURE);
    const workspaces: (string | null)[] = [];
    for (const quota of rows) workspaces.push(await tell(client, quota, toldOf(quota)));
    await stop(client, rows);
    await goOn(client);
    return workspaces;
  });
  for (const workspaceId of new Set(told)) if (workspaceId !== null) tellAlertsChanged(workspaceId);
  return told.length;
}

async function tell(client: pg.ClientBase, quota: JudgedQuota, told: Told | null): Promise<string | null> {
  if (told === null) return null;
  const workspaceId = await tellOfQuota(client, quota, told);
  await noteForRules(client, quota, told);
  await client.query(`UPDATE usage_quota SET warned_for = $2${told.event === "quotaReached" ? ", reached_for = $2" : ""} WHERE id = $1`, [quota.id, quota.month]);
  return workspaceId;
}

// Of an organization every workspace of it hears that has a rule for it.
const LISTENING = `
SELECT DISTINCT r.workspace_id::text AS id FROM notification_rule r JOIN workspace w ON w.id = r.workspace_id
WHERE r.enabled AND $3 = ANY (r.listens) AND w.deleted_at IS NULL AND w.organization_id = $1 AND ($2::uuid IS NULL OR w.id = $2) ORDER BY 1`;

/** What channels and people hear by a rule follows from a fact, as all else does. */
async function noteForRules(client: pg.ClientBase, { id, organizationId, workspaceId, metric, amount, used, isHard, month }: JudgedQuota, { event, title, text }: Told): Promise<void> {
  const kind = event === "quotaReached" ? "quota.reached" : "quota.warning";
  const { rows } = await client.query<{ id: string }>(LISTENING, [organizationId, workspaceId, kind]);
  const body = { of: workspaceId === null ? "organization" : "workspace", metric, amount, used, isHard, month: month.slice(0, 7), says: title, text };
  await insertFacts(client, rows.map((workspace) => ({ workspaceId: workspace.id, kind, key: `${kind} ${id} ${month}`, subjectId: id, body })));
}

/** Where several are used up, the workspace's own is named. */
async function stop(client: pg.ClientBase, quotas: readonly JudgedQuota[]): Promise<void> {
  const full = quotas.filter(({ isHard, used, amount }) => isHard && used >= amount).sort((one, other) => Number(other.workspaceId === null) - Number(one.workspaceId === null));
  const wordsOf = ({ metric, amount, workspaceId }: JudgedQuota) => `${METRIC_LABELS[metric]} of this ${workspaceId === null ? "organization" : "workspace"}${metric === "storage" ? "" : " this month"} (${formatAmount(metric, amount)})`;
  await client.query(
    `WITH full_quota AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[]) WITH ORDINALITY AS f(organization_id, workspace_id, reason, ord)),
     state AS (
       SELECT w.id, (SELECT f.reason FROM full_quota f WHERE f.organization_id = w.organization_id AND (f.workspace_id IS NULL OR f.workspace_id = w.id) ORDER BY f.ord DESC LIMIT 1) AS reason
       FROM workspace w WHERE w.quota_reached IS NOT NULL OR w.organization_id IN (SELECT organization_id FROM full_quota))
     UPDATE workspace w SET quota_reached = s.reason FROM state s WHERE w.id = s.id AND w.quota_reached IS DISTINCT FROM s.reason`,
    [full.map(({ organizationId }) => organizationId), full.map(({ workspaceId }) => workspaceId), full.map(wordsOf)],
  );
  await client.query(
    `UPDATE trigger t SET over_quota = w.quota_reached IS NOT NULL FROM workspace w
     WHERE w.id = t.workspace_id AND t.over_quota <> (w.quota_reached IS NOT NULL) AND (w.quota_reached IS NOT NULL OR t.over_quota)`,
  );
}

/** What was held for want of room goes on, the oldest first; events of triggers that somebody has suspended or paused meanwhile stay held by that. */
async function goOn(client: pg.ClientBase): Promise<void> {
  await client.query(
    `UPDATE trigger_event e SET held_by_quota = false, held_by_pause = t.mode <> 'suspended' AND coalesce(t.paused_until > clock_timestamp(), false),
       status = CASE WHEN t.mode = 'suspended' OR t.paused_until > clock_timestamp() THEN 'held' ELSE 'received' END, due_at = date_trunc('milliseconds', clock_timestamp())
     FROM trigger t WHERE t.id = e.trigger_id AND t.workspace_id = e.workspace_id AND e.id IN (
       SELECT h.id FROM workspace w JOIN trigger_event h ON h.workspace_id = w.id AND h.status = 'held' AND h.held_by_quota
       WHERE w.quota_reached IS NULL ORDER BY h.received_at LIMIT ${EVENTS_PER_TURN})`,
  );
}
