import { z } from "zod";
import { jsonSchemaSchema } from "@/server/engine/definition";

/**
 * `WaitSpec.detail` by kind of wait, and the payload that ends the wait: the contract between runners, the driver, and
 * the module that takes answers.
 */
export const approvalDetailSchema = z.object({
  title: z.string(),
  message: z.string(),
  /** JSON Schema of what the answer is asked to fill in; null: nothing but the decision. */
  form: jsonSchemaSchema.nullable(),
  /** E-mail addresses or role names; empty: everybody who may answer waits in the workspace. */
  approvers: z.array(z.string()),
  requiredAnswers: z.int().min(1),
  /** Whoever started the run does not answer. Waits of before have no such word. */
  excludesStarter: z.boolean().default(false),
});
export type ApprovalDetail = z.output<typeof approvalDetailSchema>;

/** Of a `turn`: which limit of its node the step waits for. */
export const turnDetailSchema = z.discriminatedUnion("limit", [
  z.object({ limit: z.literal("throttle"), most: z.int(), periodSeconds: z.number() }),
  /** `count`: steps that it stands for. */
  z.object({ limit: z.literal("debounce"), count: z.int() }),
  z.object({ limit: z.literal("concurrency"), most: z.int() }),
]);
export type TurnDetail = z.output<typeof turnDetailSchema>;

export const approvalAnswerSchema = z.object({
  by: z.string(),
  decision: z.enum(["approved", "rejected"]),
  values: z.unknown(),
  comment: z.string().default(""),
  /** ISO 8601. */
  at: z.string(),
});
export type ApprovalAnswer = z.output<typeof approvalAnswerSchema>;

/** Payload of the message that closes an approval: every answer, in the order given. */
export const approvalPayloadSchema = z.object({ answers: z.array(approvalAnswerSchema).min(1) });

/** One rejection decides at once; approval takes the required number. Null: still open. */
export function tallyAnswers(answers: readonly Pick<ApprovalAnswer, "decision">[], requiredAnswers: number): "approved" | "rejected" | null {
  if (answers.some((answer) => answer.decision === "rejected")) return "rejected";
  return answers.length >= requiredAnswers ? "approved" : null;
}

/** A run that a step starts. `startChild` makes it with the wait; detached ones start with the step's result. */
export interface ChildDetail {
  /** Null: the version belongs to no workflow, as those of blocks. */
  workflowId: string | null;
  versionId: string;
  input: unknown;
  labels: Record<string, string>;
  /** As its version says; else as the run that starts it. */
  pool?: string;
  priority?: number;
}

/** Payload of the message that a finished child run sends to its parent. */
export const childPayloadSchema = z.object({
  runId: z.string(),
  status: z.enum(["succeeded", "failed", "cancelled"]),
  output: z.unknown(),
  error: z.unknown(),
});
export type ChildPayload = z.output<typeof childPayloadSchema>;
