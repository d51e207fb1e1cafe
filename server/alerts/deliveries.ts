import type { z } from "zod";
import type { Prisma } from "@/prisma/generated/client";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { after, decodePlace, pageFrom } from "@/server/db/keyset";
import { DomainError } from "@/server/errors/domain-error";
import type { Page } from "@/server/paging/contract";
import { tellAlertsChanged } from "./alert-notices";
import type { DeliveryView, listDeliveriesInput, outcomeSchema } from "./contract";
import { deliverNow } from "./deliver";

interface Context {
  scope: Scope;
}

const WITH = { channel: { select: { id: true, name: true, kind: true } }, notification: { select: { title: true, event: true, severity: true, path: true, ruleId: true } } } satisfies Prisma.NotificationDeliveryInclude;
type Row = Prisma.NotificationDeliveryGetPayload<{ include: typeof WITH }>;

/** The newest first. */
export function listDeliveries({ scope }: Context, { status, cursor, limit }: z.output<typeof listDeliveriesInput>): Promise<Page<DeliveryView>> {
  return scope.db.transaction(async (tx) => {
    const rows = await tx.notificationDelivery.findMany({ where: { status, AND: [after("createdAt", decodePlace(cursor))] }, include: WITH, orderBy: [{ createdAt: "desc" }, { id: "desc" }], take: limit + 1 });
    const ruleIds = rows.flatMap(({ notification }) => notification.ruleId ?? []);
    const rules = await tx.notificationRule.findMany({ where: { id: { in: ruleIds } }, select: { id: true, name: true } });
    const nameOf = new Map(rules.map(({ id, name }) => [id, name]));
    return pageFrom(rows, limit, ({ createdAt, id }) => ({ at: createdAt, id }), (row) => toView(row, nameOf));
  });
}

function toView({ notification, ...row }: Row, nameOf: ReadonlyMap<string, string>): DeliveryView {
  const { title, event, severity, path, ruleId } = notification;
  return {
    id: row.id, title, event, path,
    severity: severity as DeliveryView["severity"],
    channel: row.channel,
    recipient: row.recipient,
    rule: ruleId === null ? null : (nameOf.get(ruleId) ?? null),
    status: row.status as DeliveryView["status"],
    attempts: row.attempts,
    error: row.error,
    createdAt: row.createdAt.toISOString(),
    dueAt: row.dueAt.toISOString(),
    sentAt: row.sentAt?.toISOString() ?? null,
  };
}

/** Tries one that failed, or that is not due yet, now. */
export async function retryDelivery({ scope }: Context, { deliveryId }: { deliveryId: string }): Promise<z.output<typeof outcomeSchema>> {
  await scope.db.transaction(async (tx) => {
    const { count } = await tx.notificationDelivery.updateMany({ where: { id: deliveryId, status: { in: ["failed", "pending"] } }, data: { status: "pending", attempts: 0, dueAt: new Date() } });
    if (count === 0) throw new DomainError("not_found", { what: "delivery", id: deliveryId });
    await recordAudit(tx, scope, { action: "notification.resent", resource: { type: "notification_delivery", id: deliveryId } });
  });
  await deliverNow(deliveryId);
  tellAlertsChanged(scope.workspaceId);
  const { status, error } = await scope.db.notificationDelivery.findFirstOrThrow({ where: { id: deliveryId }, select: { status: true, error: true } });
  return { status: status as DeliveryView["status"], error };
}
