import { z } from "zod";
import type { FactKind } from "@/server/facts/contract";
import { environmentNameSchema } from "@/server/environments/contract";
import { momentSchema, pageInput, pageOf } from "@/server/paging/contract";

const named = z.object({ id: z.string(), name: z.string() });
const nameSchema = z.string().trim().min(1).max(200);

// Rules ----------------------------------------------------------------------------------------------------------

export const conditionSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("runFailed") }),
  /** Told once, at the n-th failure of a workflow without a success between. */
  z.strictObject({ type: z.literal("failuresInRow"), count: z.int().min(2).max(1_000) }),
  /** The first success after a failure; a trigger that works again; a queue that is short again. */
  z.strictObject({ type: z.literal("recovered") }),
  /** Told once until the trigger works again. */
  z.strictObject({ type: z.literal("triggerError") }),
  z.strictObject({ type: z.literal("scheduleMissed") }),
  z.strictObject({ type: z.literal("approvalRequested") }),
  z.strictObject({ type: z.literal("approvalExpired") }),
  /** A run of what the rule is about has waited in the queue for longer than this. */
  z.strictObject({ type: z.literal("queueAge"), seconds: z.int().min(10).max(86_400) }),
  z.strictObject({ type: z.literal("workerLost") }),
  /** Once a month each: at the percentage that it warns at, and when it is used up; of the workspace and of its organization. */
  z.strictObject({ type: z.literal("quotaUsed") }),
]);
export type Condition = z.output<typeof conditionSchema>;
export type ConditionType = Condition["type"];

/** Facts that a condition needs: what nobody listens for is not written. */
export const FACTS_OF_CONDITION = {
  runFailed: ["run.failed"],
  failuresInRow: ["run.failed", "run.succeeded"],
  recovered: ["run.failed", "run.succeeded", "trigger.error", "trigger.recovered", "queue.recovered"],
  triggerError: ["trigger.error", "trigger.recovered"],
  scheduleMissed: ["schedule.missed"],
  approvalRequested: ["approval.requested"],
  approvalExpired: ["approval.expired"],
  queueAge: ["queue.old", "queue.recovered"],
  workerLost: ["worker.lost"],
  quotaUsed: ["quota.warning", "quota.reached"],
} as const satisfies Record<ConditionType, readonly FactKind[]>;

/** About the workspace as a whole: in no folder, and in no environment. */
export const OF_WORKSPACE: readonly ConditionType[] = ["workerLost", "quotaUsed"];

export const scopeTypeSchema = z.enum(["workspace", "folder", "workflow", "trigger"]);

const ruleFields = {
  name: nameSchema,
  enabled: z.boolean().default(true),
  scopeType: scopeTypeSchema.default("workspace"),
  scopeId: z.uuid().nullable().default(null),
  /** What happens in this environment only; null: in all of them. */
  environmentId: z.uuid().nullable().default(null),
  conditions: z.array(conditionSchema).min(1).max(10),
  channelIds: z.array(z.uuid()).max(50).default([]),
  /** In the inbox of people, and by mail, as they prefer. */
  inApp: z.boolean().default(true),
};
export const createRuleInput = z.object(ruleFields);
export const updateRuleInput = z.object({ ruleId: z.uuid(), ...ruleFields });
export const ruleRefInput = z.object({ ruleId: z.uuid() });

export const ruleSchema = z.object({
  id: z.string(),
  name: z.string(),
  enabled: z.boolean(),
  scopeType: scopeTypeSchema,
  /** Null: the whole workspace; without a name: it is gone. */
  scope: z.object({ id: z.string(), name: z.string().nullable() }).nullable(),
  environment: environmentNameSchema.nullable(),
  conditions: z.array(conditionSchema),
  channels: z.array(named.extend({ kind: z.string() })),
  inApp: z.boolean(),
});
export type RuleView = z.output<typeof ruleSchema>;

// Channels -------------------------------------------------------------------------------------------------------

const address = z.email().max(320);
const webAddress = z.url({ protocol: /^https?$/ }).max(2_000);

/** Addresses of Slack webhooks and keys go in and never come out. */
export const channelConfigSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("email"), to: z.array(address).min(1).max(50) }),
  z.strictObject({ kind: z.literal("slack"), url: webAddress.optional() }),
  z.strictObject({ kind: z.literal("webhook"), url: webAddress, signingSecret: z.string().regex(/^whsec_[A-Za-z0-9+/=]{32,128}$/, "must begin with whsec_, followed by base64").optional() }),
]);
export type ChannelConfig = z.output<typeof channelConfigSchema>;

export const createChannelInput = z.object({ name: nameSchema, config: channelConfigSchema });
export const updateChannelInput = z.object({ channelId: z.uuid(), name: nameSchema.optional(), enabled: z.boolean().optional(), config: channelConfigSchema.optional() });
export const channelRefInput = z.object({ channelId: z.uuid() });

export const deliveryStatusSchema = z.enum(["pending", "sent", "failed", "cancelled"]);

export const channelSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(["email", "slack", "webhook"]),
  enabled: z.boolean(),
  /** Addresses, the address of a webhook, or the host of a Slack webhook. */
  to: z.array(z.string()),
  last: z.object({ status: deliveryStatusSchema, at: momentSchema, error: z.string().nullable() }).nullable(),
});
export type ChannelView = z.output<typeof channelSchema>;

/** The key is shown this once. */
export const createdChannelSchema = channelSchema.extend({ signingSecret: z.string().nullable() });
export const outcomeSchema = z.object({ status: deliveryStatusSchema, error: z.string().nullable() });

// Deliveries -----------------------------------------------------------------------------------------------------

export const deliverySchema = z.object({
  id: z.string(),
  title: z.string(),
  event: z.string(),
  severity: z.enum(["error", "warning", "info", "success"]),
  path: z.string(),
  /** Null: a person's own mailbox. */
  channel: named.extend({ kind: z.string() }).nullable(),
  recipient: z.string().nullable(),
  rule: z.string().nullable(),
  status: deliveryStatusSchema,
  attempts: z.int(),
  error: z.string().nullable(),
  createdAt: momentSchema,
  /** When it is tried next, while it is pending. */
  dueAt: momentSchema,
  sentAt: momentSchema.nullable(),
});
export type DeliveryView = z.output<typeof deliverySchema>;
export const listDeliveriesInput = z.object({ ...pageInput, status: deliveryStatusSchema.optional() });
export const deliveryPageSchema = pageOf(deliverySchema);
export const deliveryRefInput = z.object({ deliveryId: z.uuid() });

// Settings -------------------------------------------------------------------------------------------------------

export const CATEGORIES = ["alerts", "approvals"] as const;
export type Category = (typeof CATEGORIES)[number];
export const wantsSchema = z.object({ inApp: z.boolean(), email: z.boolean() });
export type Wants = z.output<typeof wantsSchema>;
const wantsByCategory = z.object({ alerts: wantsSchema, approvals: wantsSchema });
export const rolePreferencesSchema = z.object({ owner: wantsByCategory, admin: wantsByCategory, builder: wantsByCategory, operator: wantsByCategory, viewer: wantsByCategory });
export type RolePreferences = z.output<typeof rolePreferencesSchema>;

/** Workflows that start for every failed and every successful run of the workspace. */
export const handlersSettingSchema = z.object({ errorWorkflow: z.uuid().nullable(), successWorkflow: z.uuid().nullable() });

export const mailSettingSchema = z.object({
  host: z.string().trim().min(1).max(253),
  port: z.int().min(1).max(65_535),
  security: z.enum(["tls", "starttls", "none"]),
  user: z.string().max(320).nullable(),
  /** Name of the secret that holds the password. */
  passwordSecret: z.string().max(100).nullable(),
  from: z.string().trim().min(3).max(320),
});
export type MailSetting = z.output<typeof mailSettingSchema>;

export const alertSettingsSchema = z.object({
  handlers: handlersSettingSchema,
  /** Null: the installation's mail server, if there is one. */
  mail: mailSettingSchema.nullable(),
  installationSendsMail: z.boolean(),
  roles: rolePreferencesSchema,
});
export const setMailInput = z.object({ mail: mailSettingSchema.nullable() });
export const testMailInput = z.object({ to: address });

// Inbox ----------------------------------------------------------------------------------------------------------

export const inboxItemSchema = z.object({
  id: z.string(),
  category: z.enum(CATEGORIES),
  event: z.string(),
  severity: z.enum(["error", "warning", "info", "success"]),
  title: z.string(),
  text: z.string(),
  path: z.string(),
  at: momentSchema,
  isRead: z.boolean(),
});
export type InboxItemView = z.output<typeof inboxItemSchema>;
export const listInboxInput = z.object({ ...pageInput, unread: z.boolean().default(false) });
export const inboxPageSchema = pageOf(inboxItemSchema);
export const unreadSchema = z.object({ count: z.int() });
/** Without ids: all. */
/** Without ids all of one's own; `at`: only what was marked at that moment. */
export const markReadInput = z.object({ ids: z.array(z.uuid()).max(200).optional(), read: z.boolean().default(true), at: momentSchema.optional() });
/** `at` says to a later call which ones these were. */
export const markedSchema = z.object({ count: z.int(), at: momentSchema.nullable() });

/** What a person chose; null: as their role has it, which `effective` tells. */
export const preferencesSchema = z.object({
  own: z.object({ alerts: z.object({ inApp: z.boolean().nullable(), email: z.boolean().nullable() }), approvals: z.object({ inApp: z.boolean().nullable(), email: z.boolean().nullable() }) }),
  effective: wantsByCategory,
  email: z.string().nullable(),
  mailIsSetUp: z.boolean(),
});
export const setPreferenceInput = z.object({ category: z.enum(CATEGORIES), inApp: z.boolean().nullable().optional(), email: z.boolean().nullable().optional() });
