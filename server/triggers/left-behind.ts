import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import { tellTriggerChanged } from "./activity";
import type { AbandonedView, LeftoverView } from "./contract";
import { placeOf } from "./leftovers";
import { MAKING_KINDS } from "./sources";

interface Context {
  scope: Scope;
}

interface Row extends Omit<LeftoverView, "place" | "nextAt"> {
  config: Record<string, unknown> | null;
  nextAt: Date | null;
}

const SHOWN = 50;
const ABANDONED_DAYS = 30;

/** What a trigger has at servers that it does not use any more; without one, what those that are gone have. */
export async function findLeftovers(tx: Tx, triggerId: string | null): Promise<LeftoverView[]> {
  const rows = await tx.$queryRaw<Row[]>`
    select t.id as "triggerId", t.name, t.kind, l.config, l.problem, l.due_at as "nextAt" from trigger_leftover l join trigger t on t.id = l.trigger_id
    where case when ${triggerId}::uuid is null then t.deleted_at is not null else t.id = ${triggerId}::uuid end
    union all
    select t.id, t.name, t.kind, t.config, t.error ->> 'message', (t.health ->> 'retryAt')::timestamptz from trigger t join workflow w on w.id = t.workflow_id
    where t.kind = any (${[...MAKING_KINDS]}::text[]) and t.health is not null and t.error ->> 'code' = 'clean_up_failed'
      and (t.mode = 'disabled' or t.retired_at is not null or t.dormant or w.archived_at is not null or w.deleted_at is not null)
      and case when ${triggerId}::uuid is null then t.deleted_at is not null else t.id = ${triggerId}::uuid end
    union all
    select s.id, s.name, s.kind, null::json, s.error ->> 'message', s.due_at from trigger_subscription s left join trigger t on t.id = s.id and t.deleted_at is null
    where not s.is_wanted and s.error is not null and case when ${triggerId}::uuid is null then t.id is null else t.id = ${triggerId}::uuid end
    order by name, "triggerId", "nextAt" nulls last limit ${SHOWN}`;
  return rows.map(({ config, nextAt, ...row }) => ({ ...row, place: config === null ? null : placeOf(row.kind, config), nextAt: nextAt?.toISOString() ?? null }));
}

export function listLeftovers({ scope }: Context): Promise<{ left: LeftoverView[]; abandoned: AbandonedView[] }> {
  return scope.db.transaction(async (tx) => {
    const abandoned = await tx.$queryRaw<{ name: string | null; place: string | null; problem: string | null; at: Date }[]>`
      select resource_name as name, after ->> 'place' as place, after ->> 'problem' as problem, at from audit_event
      where action in ('trigger.leftover_abandoned', 'trigger.subscription_abandoned') and workspace_id = ${scope.workspaceId}::uuid and at > now() - make_interval(days => ${ABANDONED_DAYS})
      order by at desc, id desc limit ${SHOWN}`;
    return { left: await findLeftovers(tx, null), abandoned: abandoned.map(({ at, ...one }) => ({ ...one, name: one.name ?? "", at: at.toISOString() })) };
  });
}

/** Workers look every ten seconds for what is due. */
export async function takeAwayAgain({ scope }: Context, { triggerId }: { triggerId: string }): Promise<{ count: number }> {
  const count = await scope.db.transaction(async (tx) => {
    const [first] = await findLeftovers(tx, triggerId).then(async (own) => (own.length > 0 ? own : (await findLeftovers(tx, null)).filter((one) => one.triggerId === triggerId)));
    if (first === undefined) throw new DomainError("not_found", { what: "leftover", id: triggerId });
    const due = [
      await tx.$executeRaw`update trigger_leftover set due_at = date_trunc('milliseconds', (select clock_timestamp())) where trigger_id = ${triggerId}::uuid and problem is not null`,
      await tx.$executeRaw`update trigger set health = (health::jsonb - 'retryAt')::json where id = ${triggerId}::uuid and error ->> 'code' = 'clean_up_failed' and health is not null`,
      await tx.$executeRaw`update trigger_subscription set due_at = date_trunc('milliseconds', (select clock_timestamp())) where id = ${triggerId}::uuid and not is_wanted and error is not null`,
    ];
    await recordAudit(tx, scope, { action: "trigger.leftover_retried", resource: { type: "trigger", id: triggerId, name: first.name } });
    return due.reduce((sum, one) => sum + one, 0);
  });
  tellTriggerChanged(scope.workspaceId, triggerId);
  return { count };
}
