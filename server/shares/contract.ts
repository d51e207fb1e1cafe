import { z } from "zod";
import { momentSchema } from "@/server/paging/contract";
import { draftDocumentSchema, personSchema } from "@/server/workflows/contract";

export const SHARE_DAYS_MAX = 365;

/** A link to a read-only view of one workflow. Its address is known only to those who were given it. */
export const shareSchema = z.object({
  id: z.string(),
  /** For whom it was made. */
  note: z.string(),
  showsRuns: z.boolean(),
  createdBy: personSchema.nullable(),
  createdAt: momentSchema,
  expiresAt: momentSchema,
  lastViewedAt: momentSchema.nullable(),
  expired: z.boolean(),
});
export type Share = z.output<typeof shareSchema>;

export const listSharesInput = z.object({ workflowId: z.uuid() });
export const createShareInput = z.object({
  workflowId: z.uuid(),
  note: z.string().trim().max(200).default(""),
  showsRuns: z.boolean().default(false),
  expiresInDays: z.int().min(1).max(SHARE_DAYS_MAX).default(30),
});
export const createdShareSchema = z.object({ share: shareSchema, /** Shown this once. */ url: z.string() });
export const shareRefInput = z.object({ shareId: z.uuid() });

/** What whoever opens the link sees: definitions without credentials, never a value of a run. */
export const sharedWorkflowSchema = z.object({
  name: z.string(),
  description: z.string(),
  workspaceName: z.string(),
  sharedBy: z.string().nullable(),
  expiresAt: momentSchema,
  archived: z.boolean(),
  /** Of the workflow itself, for members of its workspace. */
  href: z.string().nullable(),
  published: z.object({ number: z.int(), publishedAt: momentSchema, definition: draftDocumentSchema }).nullable(),
  draft: z.object({ updatedAt: momentSchema, definition: draftDocumentSchema }),
  /** Null: the link does not show them. */
  runs: z.array(z.object({ status: z.string(), createdAt: momentSchema, startedAt: momentSchema.nullable(), finishedAt: momentSchema.nullable() })).nullable(),
});
export type SharedWorkflow = z.output<typeof sharedWorkflowSchema>;
