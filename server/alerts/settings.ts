import type { z } from "zod";
import type { Prisma } from "@/prisma/generated/client";
import { recordAudit } from "@/server/audit/service";
import { findAccess } from "@/server/auth/access";
import { boundOf } from "@/server/auth/acting/run-identity";
import { rightsOfAuthor } from "@/server/auth/acting/start-identity";
import { kindOf } from "@/server/auth/roles-held";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { env } from "@/server/env";
import { DomainError } from "@/server/errors/domain-error";
import { requireNaming } from "@/server/secrets/service";
import { HANDLERS_SETTING } from "@/server/facts/contract";
import { type alertSettingsSchema, CATEGORIES, type handlersSettingSchema, mailSettingSchema, type MailSetting, type preferencesSchema, type RolePreferences, type setPreferenceInput } from "./contract";
import { MAIL_SETTING } from "./mail-setting";
import { readRolePreferences, ROLES_SETTING, wantsOf } from "./preferences";

interface Context {
  scope: Scope;
}
type Settings = z.output<typeof alertSettingsSchema>;
type Handlers = z.output<typeof handlersSettingSchema>;

export function getAlertSettings({ scope }: Context): Promise<Settings> {
  return scope.db.transaction(async (tx) => {
    const { errorWorkflow, successWorkflow } = ((await readSetting(tx, scope, HANDLERS_SETTING)) ?? {}) as Partial<Handlers>;
    const mail = mailSettingSchema.safeParse(await readSetting(tx, scope, MAIL_SETTING));
    return {
      handlers: { errorWorkflow: errorWorkflow ?? null, successWorkflow: successWorkflow ?? null },
      mail: mail.success ? mail.data : null,
      installationSendsMail: env.SMTP_URL !== undefined,
      roles: readRolePreferences(await readSetting(tx, scope, ROLES_SETTING)),
    };
  });
}

export async function setHandlers(context: Context, handlers: Handlers): Promise<Settings> {
  const given = Object.entries(handlers).filter((entry): entry is [string, string] => entry[1] !== null);
  if (given.length > 0) context.scope.require("run:start");
  await context.scope.db.transaction(async (tx) => {
    for (const [field, id] of given) {
      const workflow = await tx.workflow.findFirst({ where: { id, deletedAt: null }, select: { publishedVersionId: true } });
      if (workflow === null) throw new DomainError("not_found", { what: "workflow", id });
      if (workflow.publishedVersionId === null) throw new DomainError("invalid_input", { field, reason: "names a workflow that is not published" });
    }
    await writeSetting(tx, context.scope, HANDLERS_SETTING, given.length === 0 ? null : { ...Object.fromEntries(given), setterRights: boundOf(rightsOfAuthor(context.scope)) as Prisma.InputJsonObject });
  });
  return getAlertSettings(context);
}

export async function setMail(context: Context, mail: MailSetting | null): Promise<Settings> {
  requireNaming(context.scope, "mail.passwordSecret", mail?.passwordSecret);
  await context.scope.db.transaction(async (tx) => {
    if (mail?.passwordSecret != null && (await tx.secret.count({ where: { name: mail.passwordSecret } })) === 0) throw new DomainError("invalid_input", { field: "mail.passwordSecret", reason: `is ${mail.passwordSecret}, which is no secret of this workspace` });
    await writeSetting(tx, context.scope, MAIL_SETTING, mail);
  });
  return getAlertSettings(context);
}

export async function setRoles(context: Context, roles: RolePreferences): Promise<Settings> {
  await context.scope.db.transaction((tx) => writeSetting(tx, context.scope, ROLES_SETTING, roles));
  return getAlertSettings(context);
}

async function readSetting(tx: Tx, { workspaceId }: Scope, key: string): Promise<unknown> {
  const row = await tx.scopedSetting.findFirst({ where: { key, scopeType: "workspace", scopeId: workspaceId }, select: { value: true } });
  return row?.value ?? null;
}

async function writeSetting(tx: Tx, scope: Scope, key: string, value: Prisma.InputJsonObject | null): Promise<void> {
  const { workspaceId } = scope;
  const before = await readSetting(tx, scope, key);
  await tx.scopedSetting.deleteMany({ where: { key, scopeType: "workspace", scopeId: workspaceId } });
  if (value !== null) await tx.scopedSetting.create({ data: { id: newId(), key, scopeType: "workspace", scopeId: workspaceId, workspaceId, value, updatedById: scope.userId } });
  await recordAudit(tx, scope, { action: "notifications.settings_changed", resource: { type: "workspace", id: workspaceId, name: key }, before: { value: before }, after: { value } });
}

const NOTHING_CHOSEN = { inApp: null, email: null };

/** Of a person with a role in folders or on single workflows alone: as that one has it, which is what they hear of. */
export async function getPreferences({ scope }: Context): Promise<z.output<typeof preferencesSchema>> {
  const access = scope.userId === null ? null : await findAccess(scope.userId, { id: scope.workspaceId });
  const held = access === null ? [] : [...access.held.map(kindOf), ...(access.organizationRole === null || access.organizationRole === "member" ? [] : [access.organizationRole])];
  return scope.db.transaction(async (tx) => {
    const roles = readRolePreferences(await readSetting(tx, scope, ROLES_SETTING));
    const mail = mailSettingSchema.safeParse(await readSetting(tx, scope, MAIL_SETTING));
    const userId = scope.userId ?? "00000000-0000-0000-0000-000000000000";
    const rows = await tx.notificationPreference.findMany({ where: { userId } });
    const person = await tx.user.findFirst({ where: { id: userId }, select: { email: true } });
    const chosen = CATEGORIES.map((category) => {
      const row = rows.find((one) => one.category === category);
      return { category, own: row === undefined ? NOTHING_CHOSEN : { inApp: row.inApp, email: row.email } };
    });
    const [alerts, approvals] = chosen.map(({ category, own }) => ({ own, effective: wantsOf(held, category, roles, own) }));
    return {
      own: { alerts: alerts!.own, approvals: approvals!.own },
      effective: { alerts: alerts!.effective, approvals: approvals!.effective },
      email: person?.email ?? null,
      mailIsSetUp: mail.success || env.SMTP_URL !== undefined,
    };
  });
}

export async function setPreference(context: Context, { category, ...wants }: z.output<typeof setPreferenceInput>): Promise<z.output<typeof preferencesSchema>> {
  const { userId, workspaceId, db } = context.scope;
  if (userId === null) throw new DomainError("invalid_input", { field: "category", reason: "can be chosen by people only" });
  await db.transaction(async (tx) => {
    const where = { workspaceId, userId, category };
    const before = await tx.notificationPreference.findFirst({ where });
    const next = { inApp: before?.inApp ?? null, email: before?.email ?? null, ...wants };
    await tx.notificationPreference.deleteMany({ where });
    if (next.inApp !== null || next.email !== null) await tx.notificationPreference.create({ data: { ...where, ...next } });
  });
  return getPreferences(context);
}
