import type { z } from "zod";
import type { Prisma } from "@/prisma/generated/client";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { findEnvironment } from "@/server/environments/service";
import { DomainError } from "@/server/errors/domain-error";
import { type Condition, type createRuleInput, FACTS_OF_CONDITION, OF_WORKSPACE, type RuleView, type updateRuleInput } from "./contract";

interface Context {
  scope: Scope;
}
type Fields = Omit<z.output<typeof createRuleInput>, "environmentId"> & { environmentId?: string | null };

const WITH_CHANNELS = { environment: true, channels: { include: { channel: { select: { id: true, name: true, kind: true } } } } } satisfies Prisma.NotificationRuleInclude;
type RuleRow = Prisma.NotificationRuleGetPayload<{ include: typeof WITH_CHANNELS }>;

export function listRules({ scope }: Context): Promise<RuleView[]> {
  return scope.db.transaction(async (tx) => {
    const rows = await tx.notificationRule.findMany({ include: WITH_CHANNELS, orderBy: [{ name: "asc" }, { id: "asc" }] });
    const names = await namesOf(tx, rows);
    return rows.map((row) => toView(row, names));
  });
}

export function createRule({ scope }: Context, fields: Fields): Promise<RuleView> {
  return scope.db.transaction(async (tx) => {
    const id = newId();
    await requireThings(tx, fields);
    await tx.notificationRule.create({ data: { id, workspaceId: scope.workspaceId, ...columnsOf(fields), createdById: scope.userId, updatedById: scope.userId } });
    await setChannels(tx, scope, id, fields.channelIds);
    await recordAudit(tx, scope, { action: "rule.created", resource: { type: "notification_rule", id, name: fields.name }, after: { conditions: fields.conditions, ...(fields.environmentId == null ? {} : { environmentId: fields.environmentId }) } });
    return view(tx, id);
  });
}

export function updateRule({ scope }: Context, { ruleId, ...fields }: Fields & Pick<z.output<typeof updateRuleInput>, "ruleId">): Promise<RuleView> {
  return scope.db.transaction(async (tx) => {
    const before = await findRule(tx, ruleId);
    await requireThings(tx, fields);
    await tx.notificationRule.update({ where: { id: ruleId }, data: { ...columnsOf(fields), updatedById: scope.userId } });
    await setChannels(tx, scope, ruleId, fields.channelIds);
    // What it told of before says nothing about what it is to tell now.
    if (JSON.stringify(before.conditions) !== JSON.stringify(fields.conditions) || before.environmentId !== (fields.environmentId ?? null)) await tx.notificationState.deleteMany({ where: { ruleId } });
    await recordAudit(tx, scope, { action: "rule.changed", resource: { type: "notification_rule", id: ruleId, name: fields.name }, before: { conditions: before.conditions, environmentId: before.environmentId, enabled: before.enabled }, after: { conditions: fields.conditions, environmentId: fields.environmentId ?? null, enabled: fields.enabled } });
    return view(tx, ruleId);
  });
}

export async function removeRule({ scope }: Context, { ruleId }: { ruleId: string }): Promise<{ ok: true }> {
  await scope.db.transaction(async (tx) => {
    const { name } = await findRule(tx, ruleId);
    await tx.notificationRule.delete({ where: { id: ruleId } });
    await recordAudit(tx, scope, { action: "rule.deleted", resource: { type: "notification_rule", id: ruleId, name } });
  });
  return { ok: true };
}

function columnsOf({ name, enabled, scopeType, scopeId, environmentId = null, conditions, inApp }: Fields) {
  const listens = [...new Set(conditions.flatMap(({ type }): readonly string[] => FACTS_OF_CONDITION[type]))];
  return { name, enabled, scopeType, scopeId: scopeType === "workspace" ? null : scopeId, environmentId, conditions: conditions as Prisma.InputJsonArray, listens, inApp };
}

async function requireThings(tx: Tx, { scopeType, scopeId, environmentId = null, channelIds, conditions }: Fields): Promise<void> {
  const ofWorkspace = conditions.find(({ type }) => OF_WORKSPACE.includes(type));
  if ((scopeType !== "workspace" || environmentId !== null) && ofWorkspace !== undefined) throw new DomainError("invalid_input", { field: "conditions", reason: `can hold ${ofWorkspace.type} only for the whole workspace, with all its environments` });
  if (environmentId !== null) await findEnvironment(tx, environmentId);
  if (new Set(conditions.map(({ type }) => type)).size < conditions.length) throw new DomainError("invalid_input", { field: "conditions", reason: "holds one of them twice" });
  if (scopeType !== "workspace") {
    if (scopeId === null) throw new DomainError("invalid_input", { field: "scopeId", reason: `is needed for a ${scopeType}` });
    if ((await nameOf(tx, scopeType, scopeId)) === null) throw new DomainError("not_found", { what: scopeType, id: scopeId });
  }
  const found = await tx.notificationChannel.count({ where: { id: { in: channelIds } } });
  if (found < new Set(channelIds).size) throw new DomainError("not_found", { what: "channel" });
}

async function setChannels(tx: Tx, { workspaceId }: Scope, ruleId: string, channelIds: readonly string[]): Promise<void> {
  await tx.notificationRuleChannel.deleteMany({ where: { ruleId } });
  await tx.notificationRuleChannel.createMany({ data: [...new Set(channelIds)].map((channelId) => ({ ruleId, channelId, workspaceId })) });
}

async function nameOf(tx: Tx, scopeType: string, id: string): Promise<string | null> {
  const where = { id, deletedAt: null };
  const select = { name: true } as const;
  const found = scopeType === "folder" ? await tx.folder.findFirst({ where, select }) : scopeType === "workflow" ? await tx.workflow.findFirst({ where, select }) : await tx.trigger.findFirst({ where: { ...where, workflow: { deletedAt: null } }, select });
  return found?.name ?? null;
}

async function namesOf(tx: Tx, rows: readonly RuleRow[]): Promise<ReadonlyMap<string, string | null>> {
  const names = new Map<string, string | null>();
  for (const { scopeType, scopeId } of rows) if (scopeId !== null && !names.has(scopeId)) names.set(scopeId, await nameOf(tx, scopeType, scopeId));
  return names;
}

function toView({ id, name, enabled, scopeType, scopeId, environment, conditions, channels, inApp }: RuleRow, names: ReadonlyMap<string, string | null>): RuleView {
  return {
    id, name, enabled, inApp,
    scopeType: scopeType as RuleView["scopeType"],
    scope: scopeId === null ? null : { id: scopeId, name: names.get(scopeId) ?? null },
    environment: environment && { id: environment.id, name: environment.name, slug: environment.slug, color: environment.color as NonNullable<RuleView["environment"]>["color"] },
    conditions: conditions as Condition[],
    channels: channels.map(({ channel }) => channel).sort((one, other) => one.name.localeCompare(other.name)),
  };
}

async function view(tx: Tx, id: string): Promise<RuleView> {
  const row = await findRule(tx, id);
  return toView(row, await namesOf(tx, [row]));
}

async function findRule(tx: Tx, id: string): Promise<RuleRow> {
  const row = await tx.notificationRule.findFirst({ where: { id }, include: WITH_CHANNELS });
  if (row === null) throw new DomainError("not_found", { what: "rule", id });
  return row;
}
