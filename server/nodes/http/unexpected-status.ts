import type { StepResult } from "@/server/nodes/runner";
import type { ReadResponse } from "./read-response";

const RETRYABLE = [408, 425, 429];

/** An answer with a status that the step does not expect. */
export class UnexpectedStatus extends Error {
  override name = "UnexpectedStatus";

  constructor(
    readonly response: ReadResponse,
    readonly retryAfterSeconds: number | null,
  ) {
    super(`${response.url.split("?")[0] ?? ""} answered with status ${response.status}`);
  }

  result(): StepResult {
    const { status, headers, body } = this.response;
    const retryAfter = this.retryAfterSeconds === null ? {} : { retryAfterSeconds: this.retryAfterSeconds };
    return {
      type: "failed",
      error: { code: "http_status", message: this.message, details: { status, headers, body, ...retryAfter } },
      retryable: status >= 500 || RETRYABLE.includes(status),
      ...retryAfter,
    };
  }
}
