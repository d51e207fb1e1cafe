import type { StepResult } from "@/server/nodes/runner";
import type { ReadResponse } from "./read-response";

const RETRYABLE = [408, 425, 429];
const MAX_RETRY_AFTER_SECONDS = 86_400;

/** An answer with a status that the step does not expect. */
export class UnexpectedStatus extends Error {
  override name = "UnexpectedStatus";

  constructor(
    readonly response: ReadResponse,
    retryAfter: string | undefined,
    now: number,
  ) {
    super(`${response.url.split("?")[0] ?? ""} answered with status ${response.status}`);
    this.retryAfterSeconds = retryAfter === undefined ? null : secondsUntil(retryAfter, now);
  }

  readonly retryAfterSeconds: number | null;

  result(): StepResult {
    const { status, headers, body } = this.response;
    const retryAfter = this.retryAfterSeconds === null ? {} : { retryAfterSeconds: this.retryAfterSeconds };
    return {
      type: "failed",
      error: { code: "http_status", message: this.message, details: { status, headers, body, ...retryAfter } },
      retryable: status >= 500 || RETRYABLE.includes(status),
    };
  }
}

/** Retry-After is a number of seconds or a date. */
function secondsUntil(text: string, now: number): number | null {
  const seconds = /^\d+$/.test(text.trim()) ? Number(text) : (Date.parse(text) - now) / 1_000;
  return Number.isFinite(seconds) ? Math.min(Math.max(Math.ceil(seconds), 0), MAX_RETRY_AFTER_SECONDS) : null;
}
