import { z } from "zod";
import { momentSchema, pageInput, pageOf } from "@/server/paging/contract";
import { waitSummarySchema } from "@/server/runs/contract";

export const listWaitsInput = z.object({
  ...pageInput,
  status: z.enum(["open", "closed"]).default("open"),
  kind: z.enum(["delay", "signal", "approval", "child", "turn"]).optional(),
  runId: z.uuid().optional(),
});
/** The inbox of a person: open approvals that this person may answer. */
export const myWaitsInput = z.object({ ...pageInput });
export const waitPageSchema = pageOf(waitSummarySchema);
/** With what the person answered, newest answer first. */
export const answeredPageSchema = pageOf(
  waitSummarySchema.extend({ answer: z.object({ decision: z.enum(["approved", "rejected"]), comment: z.string(), at: momentSchema }) }),
);
/** Open approvals: `mine` wait for the caller, `others` for somebody else. Of many only the newest are looked at: `atLeast`. */
export const waitCountsSchema = z.object({ mine: z.int(), others: z.int(), atLeast: z.boolean() });

export const waitRefInput = z.object({ waitId: z.uuid() });

export const waitResponseSchema = z.object({
  id: z.string(),
  by: z.string(),
  decision: z.enum(["approved", "rejected"]),
  values: z.unknown(),
  comment: z.string(),
  at: momentSchema,
});

export const waitDetailSchema = waitSummarySchema.extend({
  responses: z.array(waitResponseSchema),
  /** Whether the caller may answer now, and if not, why. */
  mayAnswer: z.boolean(),
  refusal: z.string().nullable(),
  /** Whether links by which it can be answered concern the caller. */
  seesLinks: z.boolean(),
  /** Who was asked: people by address, or roles; empty: everybody who may answer in the workspace. */
  asked: z.array(z.object({ who: z.string(), kind: z.enum(["person", "role"]), name: z.string().nullable(), answered: z.boolean() })),
  /** When the people who have not answered are reminded, and when they were. */
  remindAt: momentSchema.nullable(),
  remindedAt: momentSchema.nullable(),
});
export type WaitDetail = z.output<typeof waitDetailSchema>;

const answer = {
  decision: z.enum(["approved", "rejected"]).default("approved"),
  /** What was filled into the form. */
  values: z.unknown().optional(),
  comment: z.string().max(5_000).default(""),
};
export const answerWaitInput = waitRefInput.extend(answer);
export const answerWaitOutput = z.object({ waitId: z.string(), answers: z.int(), requiredAnswers: z.int(), closed: z.boolean() });

/** REST: ends a signal wait with a payload, or answers an approval. */
export const resumeWaitInput = waitRefInput.extend({ payload: z.unknown().optional(), ...answer });

/** Signed links: the bearer of the link is the one who answers. */
const linkToken = z.string().min(20).max(200);
export const linkRefInput = z.object({ token: linkToken });
export const linkViewSchema = z.object({
  /** Why nothing can be answered any more; null: it can. */
  ended: z.enum(["used", "expired", "answered", "cancelled"]).nullable(),
  title: z.string(),
  message: z.string(),
  workflowName: z.string(),
  isTest: z.boolean(),
  form: waitSummarySchema.shape.form,
  requiredAnswers: z.int(),
  answers: z.int(),
  until: momentSchema.nullable(),
  /** Whom a mailed link answers for: by name where it is a member's. */
  owner: z.object({ name: z.string().nullable(), address: z.string() }).nullable(),
  /** Somebody else, who is signed in where it was opened. */
  signedInAs: z.string().nullable(),
});
export type LinkView = z.output<typeof linkViewSchema>;
export const answerLinkInput = linkRefInput.extend({ ...answer, name: z.string().trim().max(200).default("") });

export const createLinkInput = waitRefInput.extend({ recipient: z.string().max(320).default("") });
export const createLinkOutput = z.object({ url: z.string() });

export const openLinkSchema = z.object({ id: z.string(), recipient: z.string(), madeBy: z.string().nullable(), mailed: z.boolean(), mayRevoke: z.boolean(), createdAt: momentSchema, expiresAt: momentSchema.nullable() });
export type OpenLink = z.output<typeof openLinkSchema>;
export const revokeLinkInput = waitRefInput.extend({ linkId: z.uuid() });
