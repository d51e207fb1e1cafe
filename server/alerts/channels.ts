import type { z } from "zod";
import type { Prisma } from "@/prisma/generated/client";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { isUniqueViolation } from "@/server/db/unique-violation";
import { DomainError } from "@/server/errors/domain-error";
import { BlockedAddress } from "@/server/http/guard";
import { tellAlertsChanged } from "./alert-notices";
import { type ChannelSecrets, openChannelSecrets, sealChannelSecrets } from "./channel-secrets";
import type * as contract from "./contract";
import { deliverNow } from "./deliver";
import { SWITCHED_OFF } from "./delivery-rows";
import { alertGuard } from "./outbound";
import { newSigningSecret } from "./sign";

interface Context {
  scope: Scope;
}
type Input<Schema extends z.ZodType> = z.output<Schema>;

const WITH_LAST = { deliveries: { orderBy: [{ createdAt: "desc" }, { id: "desc" }], take: 1, select: { status: true, createdAt: true, sentAt: true, error: true } } } satisfies Prisma.NotificationChannelInclude;
type ChannelRow = Prisma.NotificationChannelGetPayload<{ include: typeof WITH_LAST }>;

export async function listChannels({ scope }: Context): Promise<contract.ChannelView[]> {
  const rows = await scope.db.notificationChannel.findMany({ include: WITH_LAST, orderBy: { name: "asc" } });
  return rows.map(toView);
}

function toView({ id, name, kind, enabled, config, deliveries: [last] }: ChannelRow): contract.ChannelView {
  const { to, url, host } = config as { to?: string[]; url?: string; host?: string };
  return {
    id,
    name,
    kind: kind as contract.ChannelView["kind"],
    enabled,
    to: to ?? [url ?? host ?? ""],
    last: last === undefined ? null : { status: last.status as contract.DeliveryView["status"], at: (last.sentAt ?? last.createdAt).toISOString(), error: last.error },
  };
}

export async function createChannel({ scope }: Context, { name, config }: Input<typeof contract.createChannelInput>): Promise<Input<typeof contract.createdChannelSchema>> {
  if (config.kind === "slack" && config.url === undefined) throw new DomainError("invalid_input", { field: "config.url", reason: "is needed for a new channel" });
  refuseForbidden(config);
  const signingSecret = config.kind === "webhook" ? (config.signingSecret ?? newSigningSecret()) : null;
  const view = await scope.db.transaction(async (tx) => {
    const id = newId();
    const { workspaceId } = scope;
    const secrets = config.kind === "slack" ? { url: config.url } : signingSecret === null ? null : { signingSecret };
    const sealed = secrets === null ? {} : await sealChannelSecrets(tx, { id, workspaceId }, secrets);
    await tx.notificationChannel.create({ data: { id, workspaceId, name, kind: config.kind, config: shownPart(config), ...sealed, createdById: scope.userId, updatedById: scope.userId } });
    await recordAudit(tx, scope, { action: "channel.created", resource: { type: "notification_channel", id, name }, after: { kind: config.kind } });
    return toView(await findChannel(tx, id));
  }).catch(nameTaken(name));
  // Given by whoever made it: they have it already.
  return { ...view, signingSecret: config.kind === "webhook" && config.signingSecret === undefined ? signingSecret : null };
}

export async function updateChannel({ scope }: Context, { channelId, name, enabled, config }: Input<typeof contract.updateChannelInput>): Promise<contract.ChannelView> {
  if (config !== undefined) refuseForbidden(config);
  return scope.db.transaction(async (tx) => {
    const row = await findChannel(tx, channelId);
    const changes = config === undefined ? {} : await changesOf(tx, row, config);
    await tx.notificationChannel.update({ where: { id: channelId }, data: { name, enabled, ...changes, updatedById: scope.userId } });
    if (enabled === false) await tx.notificationDelivery.updateMany({ where: { channelId, status: "pending" }, data: { status: "cancelled", error: SWITCHED_OFF } });
    await recordAudit(tx, scope, { action: "channel.changed", resource: { type: "notification_channel", id: channelId, name: name ?? row.name }, before: { enabled: row.enabled, config: row.config }, after: { enabled: enabled ?? row.enabled, ...(config === undefined ? {} : { config: shownPart(config) }) } });
    return toView(await findChannel(tx, channelId));
  }).catch(nameTaken(name ?? ""));
}

/** What is not given anew stays as it is. */
async function changesOf(tx: Tx, row: ChannelRow, config: contract.ChannelConfig) {
  if (config.kind !== row.kind) throw new DomainError("invalid_input", { field: "config.kind", reason: `must stay ${row.kind}` });
  const given: ChannelSecrets = config.kind === "slack" ? { url: config.url } : config.kind === "webhook" ? { signingSecret: config.signingSecret } : {};
  if (Object.values(given).every((value) => value === undefined)) return config.kind === "slack" ? {} : { config: shownPart(config) };
  const secrets = { ...(await openChannelSecrets(row)), ...given };
  return { config: shownPart(config), ...(await sealChannelSecrets(tx, row, secrets)) };
}

function shownPart(config: contract.ChannelConfig): Prisma.InputJsonObject {
  switch (config.kind) {
    case "email":
      return { to: config.to };
    case "slack":
      return { host: new URL(config.url ?? "https://unknown.invalid").host };
    case "webhook":
      return { url: config.url };
  }
}

/** At once for addresses that are numbers; names are judged each time something is sent, when they have been looked up. */
function refuseForbidden(config: contract.ChannelConfig): void {
  if (config.kind === "email" || config.url === undefined) return;
  try {
    alertGuard().check(new URL(config.url).hostname);
  } catch (error) {
    if (error instanceof BlockedAddress) throw new DomainError("invalid_input", { field: "config.url", reason: `names an address that ${error.message.replace(/^\S+ /, "")}` }, { cause: error });
    throw error;
  }
}

export async function removeChannel({ scope }: Context, { channelId }: { channelId: string }): Promise<{ ok: true }> {
  await scope.db.transaction(async (tx) => {
    const { name } = await findChannel(tx, channelId);
    await tx.notificationChannel.delete({ where: { id: channelId } });
    await recordAudit(tx, scope, { action: "channel.deleted", resource: { type: "notification_channel", id: channelId, name } });
  });
  return { ok: true };
}

/** A delivery like any other, sent now; its outcome is the answer. */
export async function testChannel({ scope }: Context, { channelId }: { channelId: string }): Promise<Input<typeof contract.outcomeSchema>> {
  const { name } = await scope.db.transaction((tx) => findChannel(tx, channelId));
  return sendTest(scope, `A test of the channel ${name}`, { channelId });
}

export async function testMail({ scope }: Context, { to }: { to: string }): Promise<Input<typeof contract.outcomeSchema>> {
  return sendTest(scope, "A test of the mail server", { recipient: to });
}

async function sendTest(scope: Scope, title: string, to: { channelId: string } | { recipient: string }): Promise<Input<typeof contract.outcomeSchema>> {
  const { workspaceId } = scope;
  const id = newId();
  await scope.db.transaction(async (tx) => {
    const notificationId = newId();
    const text = `Sent by ${scope.actor.name}. Nothing is wrong.`;
    await tx.notification.create({ data: { id: notificationId, workspaceId, key: `test ${notificationId}`, category: "alerts", event: "test", severity: "info", title, text, path: "/settings/notifications", payload: { event: "test", workspace: { id: workspaceId, slug: scope.workspace.slug, name: scope.workspace.name } } } });
    await tx.notificationDelivery.create({ data: { id, workspaceId, notificationId, ...to } });
    await recordAudit(tx, scope, { action: "notification.tested", resource: { type: "notification", id: notificationId, name: title }, after: to });
  });
  await deliverNow(id);
  tellAlertsChanged(workspaceId);
  const { status, error } = await scope.db.notificationDelivery.findFirstOrThrow({ where: { id }, select: { status: true, error: true } });
  return { status: status as contract.DeliveryView["status"], error };
}

async function findChannel(tx: Tx, id: string): Promise<ChannelRow> {
  const row = await tx.notificationChannel.findFirst({ where: { id }, include: WITH_LAST });
  if (row === null) throw new DomainError("not_found", { what: "channel", id });
  return row;
}

function nameTaken(name: string) {
  return (error: unknown): never => {
    throw isUniqueViolation(error) ? new DomainError("name_taken", { what: "channel", name, field: "name" }, { cause: error }) : error;
  };
}
