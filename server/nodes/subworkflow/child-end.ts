import { failed, failedForNow, succeeded } from "@/server/nodes/results";
import type { StepContext, StepError, StepResult } from "@/server/nodes/runner";
import { childPayloadSchema } from "@/server/nodes/wait-details";

/** The child's error in short: the whole of it stays with the child. */
function causeOf(error: unknown): StepError | undefined {
  if (typeof error !== "object" || error === null || !("code" in error) || !("message" in error)) return undefined;
  return { code: String(error.code), message: String(error.message) };
}

interface Limited {
  expiresAfterSeconds?: number | undefined;
}

/** How long a step waits for its child. */
export function childUntil({ expiresAfterSeconds }: Limited, now: number): { until?: number } {
  return expiresAfterSeconds === undefined ? {} : { until: now + Math.ceil(expiresAfterSeconds * 1_000) };
}

/** What the end of a child run, or that it did not come in time, means for the step that waited for it. `what` names the child. */
export function endOfChild(resume: StepContext<unknown>["resume"], what: string, { expiresAfterSeconds = 0 }: Limited): StepResult {
  if (resume?.resumption.cause === "elapsed") return failedForNow("timeout", `${what} had not ended after ${expiresAfterSeconds} seconds, and is cancelled`);
  const parsed = childPayloadSchema.safeParse(resume?.payload);
  if (!parsed.success) return failed("child_lost", `${what} ended without a readable result`);
  const { status, output, error, runId } = parsed.data;
  if (status === "succeeded") return succeeded(output ?? null);
  const cause = causeOf(error);
  const more = { details: { runId }, ...(cause === undefined ? {} : { cause }) };
  if (status === "cancelled") return failed("child_cancelled", `${what} was cancelled`, more);
  return { type: "failed", error: { code: "child_failed", message: `${what} failed${cause ? `: ${cause.message}` : ""}`, ...more }, retryable: true };
}
