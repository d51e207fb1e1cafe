import { z } from "zod";
import { momentSchema } from "@/server/paging/contract";
import { workflowIdSchema } from "@/server/workflows/contract";

export const MAX_DAYS = 3_650;
/** Days after which something goes; null: never. */
const daysSchema = z.int().min(1).max(MAX_DAYS).nullable();

export const RETENTION_KINDS = ["runDays", "logDays", "eventDays", "blobDays"] as const;
export type RetentionKind = (typeof RETENTION_KINDS)[number];

export const policySchema = z.object({ runDays: daysSchema, logDays: daysSchema, eventDays: daysSchema, blobDays: daysSchema });
export type Policy = z.output<typeof policySchema>;
/** What is left out comes from the level above: workflow, workspace, default. */
export const overridesSchema = policySchema.partial();
export type Overrides = z.output<typeof overridesSchema>;

export const DEFAULT_POLICY: Policy = { runDays: 90, logDays: 30, eventDays: 30, blobDays: 90 };

export const setRetentionInput = z.object({
  /** Without one: the workspace's. */
  workflowId: workflowIdSchema.optional(),
  days: overridesSchema,
});

export const retentionViewSchema = z.object({
  defaults: policySchema,
  workspace: overridesSchema,
  workflows: z.array(z.object({ workflowId: z.string(), name: z.string(), days: overridesSchema, effective: policySchema })),
  /** When the last round ended, and the next begins; null: none yet. */
  lastAt: momentSchema.nullable(),
  nextAt: momentSchema.nullable(),
  error: z.string().nullable(),
});
export type RetentionView = z.output<typeof retentionViewSchema>;

const amountSchema = z.object({ rows: z.number(), bytes: z.number() });
export const sizeReportSchema = z.object({
  workflows: z.array(z.object({
    /** Null: runs of definitions that are no workflow. */
    workflow: z.object({ id: z.string(), name: z.string(), deleted: z.boolean() }).nullable(),
    runs: amountSchema,
    steps: amountSchema,
    logs: amountSchema,
    events: amountSchema,
    blobs: amountSchema,
    keptRuns: z.int(),
    oldestRunAt: momentSchema.nullable(),
    /** False: more runs than were looked at; steps, logs, blobs and bytes are worked out from those. */
    exact: z.boolean(),
  })),
});
export type SizeReport = z.output<typeof sizeReportSchema>;

export const removalsSchema = z.array(z.object({
  day: z.string(),
  workflow: z.object({ id: z.string(), name: z.string() }).nullable(),
  runs: z.number(),
  logs: z.number(),
  events: z.number(),
  blobs: z.number(),
  blobBytes: z.number(),
}));
export type Removals = z.output<typeof removalsSchema>;
