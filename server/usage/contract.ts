import { z } from "zod";
import { METRICS, MONTHS_SHOWN } from "./constants";

export const usageSchema = z.object({
  runs: z.number(),
  /** Attempts at steps, without containers and what was skipped. */
  steps: z.number(),
  /** Time that steps were at work; waiting for people, clocks and other runs does not count. */
  computeSeconds: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  /** As LLM providers charge it, in US dollars. */
  llmCost: z.number(),
  /** The most that large values and files took, in bytes. */
  storage: z.number(),
});
export type Usage = z.output<typeof usageSchema>;

/** `2026-11` */
export const monthSchema = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, "must be a month such as 2026-11");
export const monthUsageSchema = usageSchema.extend({ month: monthSchema });
export type MonthUsage = z.output<typeof monthUsageSchema>;

export const quotaSchema = z.object({
  metric: z.enum(METRICS),
  amount: z.number(),
  used: z.number(),
  warnPercent: z.int(),
  isHard: z.boolean(),
  /** Of the workspace alone, or of all workspaces of the organization together. */
  of: z.enum(["workspace", "organization"]),
});
export type QuotaView = z.output<typeof quotaSchema>;

export const usageViewSchema = z.object({
  /** The newest first; months without any use are among them. */
  months: z.array(monthUsageSchema),
  quotas: z.array(quotaSchema),
  /** The hard quota that is used up, in words; null: none is. */
  quotaReached: z.string().nullable(),
  /** Events that wait for room. */
  heldEvents: z.int(),
});
export type UsageView = z.output<typeof usageViewSchema>;

const MOST = 1e15;
export const quotaValueFields = {
  metric: z.enum(METRICS),
  /** Null: no quota. */
  amount: z.number().min(0).max(MOST).nullable(),
  warnPercent: z.int().min(1).max(100).default(80),
  isHard: z.boolean().default(false),
};
export const setWorkspaceQuotaInput = z.object({ workspaceId: z.uuid(), ...quotaValueFields });
export const workspaceQuotasInput = z.object({ workspaceId: z.uuid() });
export const exportUsageInput = z.object({ months: z.coerce.number().int().min(1).max(120).default(MONTHS_SHOWN) });
