import { failed, succeeded } from "@/server/nodes/results";
import type { StepError, StepResult } from "@/server/nodes/runner";
import { childPayloadSchema } from "@/server/nodes/wait-details";

/** The child's error in short: the whole of it stays with the child. */
function causeOf(error: unknown): StepError | undefined {
  if (typeof error !== "object" || error === null || !("code" in error) || !("message" in error)) return undefined;
  return { code: String(error.code), message: String(error.message) };
}

/** What the end of a child run means for the step that waited for it. `what` names the child. */
export function endOfChild(payload: unknown, what: string): StepResult {
  const parsed = childPayloadSchema.safeParse(payload);
  if (!parsed.success) return failed("child_lost", `${what} ended without a readable result`);
  const { status, output, error, runId } = parsed.data;
  if (status === "succeeded") return succeeded(output ?? null);
  const cause = causeOf(error);
  const more = { details: { runId }, ...(cause === undefined ? {} : { cause }) };
  if (status === "cancelled") return failed("child_cancelled", `${what} was cancelled`, more);
  return { type: "failed", error: { code: "child_failed", message: `${what} failed${cause ? `: ${cause.message}` : ""}`, ...more }, retryable: true };
}
