import { v5 } from "uuid";
import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { rawDb } from "@/server/db/client";
import { DomainError } from "@/server/errors/domain-error";
import { requireUnlocked } from "@/server/protection/service";
import { ask } from "@/server/queue/ask";
import { tellTriggerChanged } from "./activity";
import type { pauseInput, TriggerDetail } from "./contract";
import { getTrigger } from "./manage";
import { IS_PAUSED } from "./pause-rows";
import { lockTrigger, type TriggerRow } from "./queries";

interface Context {
  scope: Scope;
}

/** Until a moment at which it goes on by itself, or somebody lets it. */
export function pauseTrigger(context: Context, { triggerId, until, policy }: z.output<typeof pauseInput>): Promise<TriggerDetail> {
  const pausedUntil = new Date(until);
  return change(context, triggerId, "trigger.paused", (row) => {
    if (pausedUntil.getTime() <= Date.now()) throw new DomainError("invalid_input", { field: "until", reason: "is over already" });
    if (row.mode === "disabled") throw new DomainError("invalid_input", { field: "triggerId", reason: "is disabled: nothing comes in anyway" });
    return { pausedUntil, pausePolicy: policy };
  });
}

/** What was held meanwhile goes on as soon as a worker looks: within a second. */
export function resumeTrigger(context: Context, { triggerId }: { triggerId: string }): Promise<TriggerDetail> {
  return change(context, triggerId, "trigger.resumed", () => ({ pausedUntil: null, pausePolicy: null }));
}

type Pause = Pick<TriggerRow, "pausedUntil" | "pausePolicy">;

async function change({ scope }: Context, triggerId: string, action: string, pauseOf: (row: TriggerRow) => Pause): Promise<TriggerDetail> {
  await scope.db.transaction(async (tx) => {
    const row = await lockTrigger(tx, triggerId);
    await requireUnlocked(tx, scope, { workflowIds: [row.workflowId] });
    const pause = pauseOf(row);
    if (row.pausedUntil?.getTime() === pause.pausedUntil?.getTime() && row.pausePolicy === pause.pausePolicy) return;
    await tx.trigger.update({ where: { id: triggerId }, data: { ...pause, updatedById: scope.userId } });
    await recordAudit(tx, scope, { action, resource: { type: "trigger", id: triggerId, name: row.name }, before: told(row), after: told(pause) });
  });
  tellTriggerChanged(scope.workspaceId, triggerId);
  return getTrigger({ scope }, { triggerId });
}

const told = ({ pausedUntil, pausePolicy }: Pause) => ({ pausedUntil: pausedUntil?.toISOString() ?? null, policy: pausePolicy });

const AT_ONCE = 1_000;

// A schedule whose slots are missed meanwhile has to have looked at all of them.
const IS_OVER = `t.paused_until <= (SELECT clock_timestamp()) AND (t.kind <> 'schedule' OR t.pause_policy = 'hold' OR t.next_fire_at IS NULL OR t.next_fire_at >= t.paused_until)`;
const END = `
UPDATE trigger t SET paused_until = NULL, pause_policy = NULL, updated_at = (SELECT clock_timestamp()) FROM workspace s, (SELECT t.id, t.paused_until FROM trigger t WHERE ${IS_OVER} ORDER BY t.id LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED) o
WHERE t.id = o.id AND s.id = t.workspace_id
RETURNING t.id, t.workspace_id AS "workspaceId", t.name, s.organization_id AS "organizationId", o.paused_until AS "pausedUntil"`;

// One index descent for each trigger. What was recorded just before a pause ended is seen the next time.
const HOLDING = `
WITH RECURSIVE holding AS (
  (SELECT trigger_id FROM trigger_event WHERE status = 'held' AND held_by_pause ORDER BY trigger_id LIMIT 1)
  UNION ALL
  SELECT n.trigger_id FROM holding h CROSS JOIN LATERAL (SELECT e.trigger_id FROM trigger_event e WHERE e.status = 'held' AND e.held_by_pause AND e.trigger_id > h.trigger_id ORDER BY e.trigger_id LIMIT 1) n)`;
const OF_OVER = `FROM holding h JOIN trigger t ON t.id = h.trigger_id WHERE NOT ${IS_PAUSED}`;
const ANY = `EXISTS (SELECT FROM trigger t WHERE ${IS_OVER}) OR EXISTS (${HOLDING} SELECT ${OF_OVER})`;

const RELEASE = `${HOLDING},
over AS MATERIALIZED (SELECT t.id, t.mode, t.over_quota ${OF_OVER}),
oldest AS MATERIALIZED (
  SELECT e.id FROM over o CROSS JOIN LATERAL (SELECT id, received_at FROM trigger_event WHERE trigger_id = o.id AND status = 'held' AND held_by_pause ORDER BY received_at LIMIT ${AT_ONCE}) e
  ORDER BY e.received_at, e.id LIMIT ${AT_ONCE}),
mine AS MATERIALIZED (SELECT id, trigger_id FROM trigger_event WHERE id = ANY (ARRAY(SELECT id FROM oldest)) AND status = 'held' AND held_by_pause ORDER BY id FOR UPDATE SKIP LOCKED)
UPDATE trigger_event e SET held_by_pause = false, held_by_quota = o.over_quota AND o.mode = 'enabled', status = CASE WHEN o.mode = 'enabled' AND NOT o.over_quota THEN 'received' ELSE 'held' END, due_at = date_trunc('milliseconds', (SELECT clock_timestamp()))
FROM mine m JOIN over o ON o.id = m.trigger_id WHERE e.id = m.id RETURNING e.workspace_id AS "workspaceId", e.trigger_id AS "triggerId"`;

interface Ended {
  id: string;
  workspaceId: string;
  name: string;
  organizationId: string;
  pausedUntil: Date;
}

/** Ends pauses whose time has come; what they held becomes runs, the oldest first. Of a trigger that is not enabled by then it stays held. Anybody may call it at any time. */
export async function endPauses(): Promise<void> {
  while (await ask(ANY)) {
    const ended = await rawDb().$transaction(async (tx) => {
      const rows = await tx.$queryRawUnsafe<Ended[]>(END);
      for (const { id, workspaceId, name, organizationId, pausedUntil } of rows) {
        const actor = { type: "system", id, name: `Trigger ${name}` } as const;
        await recordAudit(tx, { organizationId, workspaceId, actor }, { id: v5(pausedUntil.toISOString(), id), action: "trigger.resumed", resource: { type: "trigger", id, name }, before: { pausedUntil: pausedUntil.toISOString() }, after: { pausedUntil: null } });
      }
      return rows;
    });
    const released = await rawDb().$queryRawUnsafe<{ workspaceId: string; triggerId: string }[]>(RELEASE);
    const changed = new Map([...ended.map(({ id, workspaceId }) => [id, workspaceId] as const), ...released.map(({ triggerId, workspaceId }) => [triggerId, workspaceId] as const)]);
    for (const [id, workspaceId] of changed) tellTriggerChanged(workspaceId, id);
    if (ended.length < AT_ONCE && released.length < AT_ONCE) return;
  }
}
