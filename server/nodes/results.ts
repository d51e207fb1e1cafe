import type { StepError, StepResult } from "@/server/nodes/runner";

export function succeeded(output: unknown, port?: string): StepResult {
  return port === undefined ? { type: "succeeded", output } : { type: "succeeded", output, port };
}

/** A failure that another attempt would meet again. */
export function failed(code: string, message: string, more: Partial<StepError> = {}): StepResult {
  return { type: "failed", error: { code, message, ...more }, retryable: false };
}

/** A failure that may be gone next time. */
export function failedForNow(code: string, message: string, more: Partial<StepError> = {}): StepResult {
  return { type: "failed", error: { code, message, ...more }, retryable: true };
}
