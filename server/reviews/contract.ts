import { z } from "zod";
import { environmentNameSchema, environmentRefSchema } from "@/server/environments/contract";
import { momentSchema, pageInput, pageOf } from "@/server/paging/contract";
import { draftDocumentSchema, workflowIdSchema } from "@/server/workflows/contract";

export const reviewStatusSchema = z.enum(["open", "approved", "changes_requested", "published", "deployed", "withdrawn"]);
const personSchema = z.object({ id: z.string(), name: z.string() });

export const reviewSummarySchema = z.object({
  id: z.string(),
  workflow: z.object({ id: z.string(), name: z.string() }),
  status: reviewStatusSchema,
  /** The draft has changed since, or the environment has another version: what was approved cannot be done any more. */
  isStale: z.boolean(),
  /** Of a draft that is to be published. */
  draftRevision: z.int().nullable(),
  /** Where a version is to come to, and which. */
  environment: environmentNameSchema.nullable(),
  version: z.object({ id: z.string(), number: z.int() }).nullable(),
  note: z.string(),
  requestedBy: personSchema,
  decidedBy: personSchema.nullable(),
  createdAt: momentSchema,
});
export type ReviewSummary = z.output<typeof reviewSummarySchema>;

export const reviewDetailSchema = reviewSummarySchema.extend({
  /** As it is to be published or promoted. */
  definition: draftDocumentSchema,
  /** The version that it is compared with; null: there was none. */
  base: z.object({ number: z.int().nullable(), definition: draftDocumentSchema }).nullable(),
  entries: z.array(z.object({ id: z.string(), kind: z.enum(["comment", "approved", "changes_requested", "withdrawn", "published", "deployed"]), author: z.string(), text: z.string(), createdAt: momentSchema })),
  /** Why the person may not decide; null: they may. */
  refusal: z.string().nullable(),
  mayWithdraw: z.boolean(),
  mayComment: z.boolean(),
  /** It is approved and still holds, and whoever asks may bring the version to the environment. */
  mayPromote: z.boolean(),
});
export type ReviewDetail = z.output<typeof reviewDetailSchema>;

/** How a workflow stands with the rules that protect it, for whoever edits it. */
export const protectionStateSchema = z.object({
  isLocked: z.boolean(),
  needsReview: z.boolean(),
  mayBypass: z.boolean(),
  /** The one under way. */
  review: reviewSummarySchema.nullable(),
});
export type ProtectionState = z.output<typeof protectionStateSchema>;

const text = z.string().trim().max(5_000);
export const workflowInput = z.object({ workflowId: workflowIdSchema });
export const requestReviewInput = z.object({
  workflowId: workflowIdSchema, note: text.default(""), revision: z.int().optional(),
  environment: environmentRefSchema.optional().describe("Ask for what comes to this environment, in place of the draft; without a version: what the environment before it has."),
  from: environmentRefSchema.optional(),
  versionId: z.uuid().optional(),
});
export const reviewRefInput = z.object({ reviewId: z.uuid() });
export const listReviewsInput = z.object({
  ...pageInput,
  /** `waiting`: for a decision of whoever asks; `mine`: asked for by them. */
  which: z.enum(["waiting", "mine", "all"]).default("waiting"),
});
export const reviewPageSchema = pageOf(reviewSummarySchema);
export const commentInput = z.object({ reviewId: z.uuid(), text: text.min(1) });
export const decideInput = z.object({ reviewId: z.uuid(), decision: z.enum(["approved", "changes_requested"]), text: text.default("") });
