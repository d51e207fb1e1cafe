import { z } from "zod";
import { momentSchema, pageOf, searchedPageInput } from "@/server/paging/contract";
import { monthSchema, quotaSchema, quotaValueFields, usageSchema } from "@/server/usage/contract";

export const okSchema = z.object({ ok: z.literal(true) });

export const healthCheckSchema = z.object({
  name: z.string(),
  status: z.enum(["ok", "warning", "danger"]),
  says: z.string(),
  /** What to do about it; empty: nothing. */
  advice: z.string(),
});
export type HealthCheck = z.output<typeof healthCheckSchema>;

export const overviewSchema = z.object({
  checks: z.array(healthCheckSchema),
  counts: z.object({ organizations: z.int(), workspaces: z.int(), people: z.int(), workers: z.int(), queued: z.int(), heldEvents: z.int(), databaseBytes: z.number() }),
});
export type Overview = z.output<typeof overviewSchema>;

const searchField = z.string().trim().max(200).default("");

export const organizationsInput = z.object(searchedPageInput);
export const organizationRowSchema = z.object({ id: z.string(), slug: z.string(), name: z.string(), createdAt: momentSchema, people: z.int(), workspaces: z.int(), deletedWorkspaces: z.int(), quotas: z.int(), stopped: z.boolean(), usage: usageSchema });
export type OrganizationRow = z.output<typeof organizationRowSchema>;
export const organizationsSchema = pageOf(organizationRowSchema);

export const usageInput = z.object({ month: monthSchema, organizationId: z.uuid().optional() });
export const workspaceUsageSchema = usageSchema.extend({ workspaceId: z.string(), workspace: z.string(), organizationId: z.string(), organization: z.string(), deleted: z.boolean(), quotaReached: z.string().nullable() });
export type WorkspaceUsage = z.output<typeof workspaceUsageSchema>;
export const usageListSchema = z.object({ items: z.array(workspaceUsageSchema), hasMore: z.boolean() });

export const organizationRef = z.object({ organizationId: z.uuid() });
export const quotasSchema = z.array(quotaSchema);
export const setOrganizationQuotaInput = z.object({ organizationId: z.uuid(), ...quotaValueFields });

export const workersSchema = z.object({
  workers: z.array(z.object({
    id: z.string(), name: z.string(), hostname: z.string(), pools: z.array(z.string()), slots: z.int(), busy: z.int(), heldRuns: z.int(), version: z.string(),
    cpu: z.number().nullable(), memoryBytes: z.number().nullable(), startedAt: momentSchema, lastSeenAt: momentSchema,
    status: z.enum(["alive", "draining", "silent", "lost", "stopped"]),
    /** It drains, and that can be taken back. */
    mayKeep: z.boolean(),
  })),
  /** Of every pool that a worker serves or a run waits for. */
  pools: z.array(z.object({ name: z.string(), workers: z.int(), slots: z.int(), queued: z.int(), running: z.int(), waiting: z.int(), blocked: z.int(), oldestSeconds: z.number().nullable() })),
  workspaces: z.array(z.object({ workspace: z.string(), organization: z.string(), queued: z.int(), running: z.int(), waiting: z.int(), blocked: z.int() })),
  /** Unfinished runs that were looked at; when there are more, the numbers are lower bounds. */
  counted: z.int(),
  isCut: z.boolean(),
});
export type WorkersView = z.output<typeof workersSchema>;
export const workerRef = z.object({ workerId: z.uuid() });

const place = { workspace: z.string(), organization: z.string() };
export const eventsSchema = z.object({
  schedules: z.object({ active: z.int(), dueSoon: z.int(), late: z.array(z.object({ ...place, kind: z.string(), dueAt: momentSchema })) }),
  inbox: z.array(z.object({ ...place, due: z.int(), held: z.int(), heldByQuota: z.int() })),
  listeners: z.array(z.object({ ...place, kind: z.string(), problem: z.enum(["failing", "silent", "unattended"]), since: momentSchema.nullable() })),
});
export type EventsView = z.output<typeof eventsSchema>;

export const databaseSchema = z.object({
  version: z.string(),
  bytes: z.number(),
  connections: z.int(),
  maxConnections: z.int(),
  oldestTransactionSeconds: z.number().nullable(),
  tables: z.array(z.object({ name: z.string(), bytes: z.number(), indexBytes: z.number(), rows: z.number(), deadRows: z.number() })),
});
export type DatabaseView = z.output<typeof databaseSchema>;

export const administratorSchema = z.object({ userId: z.string(), name: z.string(), email: z.string(), since: momentSchema, isDisabled: z.boolean() });
export type Administrator = z.output<typeof administratorSchema>;
export const grantInput = z.object({ email: z.string().trim().max(320) });
export const personRef = z.object({ userId: z.uuid() });

export const usersInput = z.object({ search: searchField });
export const userSchema = z.object({ id: z.string(), name: z.string(), email: z.string(), createdAt: momentSchema, lastSeenAt: momentSchema.nullable(), isDisabled: z.boolean(), sessions: z.int(), organizations: z.array(z.string()), isAdministrator: z.boolean() });
export type UserRow = z.output<typeof userSchema>;
export const usersSchema = z.object({ items: z.array(userSchema), hasMore: z.boolean() });
export const setDisabledInput = personRef.extend({ disabled: z.boolean() });
export const endedSchema = z.object({ ended: z.int() });

export const administratorRulesSchema = z.object({
  secondFactorRequired: z.boolean(),
  /** Administrators who have none. */
  withoutFactor: z.int(),
  /** Whoever asks has shown one in this session. */
  hasShownFactor: z.boolean(),
});
export type AdministratorRules = z.output<typeof administratorRulesSchema>;
export const setRulesInput = z.object({ secondFactorRequired: z.boolean() });
