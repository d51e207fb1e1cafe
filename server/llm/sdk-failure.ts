import { retryAfterSeconds } from "@/server/http/retry-after";
import { LlmFailure, type ChatModel } from "./chat";

const CODES: Record<number, string> = { 400: "llm_bad_request", 401: "llm_unauthorized", 403: "llm_forbidden", 404: "llm_not_found", 413: "llm_too_large", 429: "llm_rate_limited" };

/** A model whose SDK's errors are told in our words. */
export function modelOf(ask: ChatModel["ask"]): ChatModel {
  return {
    ask: (request, onText, signal) =>
      ask(request, onText, signal).then(
        (answer) => {
          // An SDK whose stream was cut by us ends it as if that were all.
          if (signal.aborted) throw failureOf(signal.reason, signal);
          return answer;
        },
        (error: unknown) => {
          throw failureOf(error, signal);
        },
      ),
  };
}

/** Both SDKs raise errors with a `status` for answers, and without one when there was no answer. */
export function failureOf(error: unknown, signal: AbortSignal): LlmFailure {
  if (error instanceof LlmFailure) return error;
  if (signal.aborted) return new LlmFailure("llm_timeout", "the model did not answer in time", true, {}, { cause: error });
  const blocked = causes(error).find((cause) => cause.name === "BlockedAddress");
  if (blocked) return new LlmFailure("blocked_address", blocked.message, false, {}, { cause: error });
  const message = error instanceof Error ? error.message : String(error);
  const status = statusOf(error);
  if (status === undefined) return new LlmFailure("llm_unavailable", `the model's provider cannot be reached: ${messageOfRoot(error)}`, true, {}, { cause: error });
  const retryable = status === 408 || status === 409 || status === 429 || status >= 500;
  return new LlmFailure(CODES[status] ?? "llm_error", message, retryable, { status, ...retryAfter(error) }, { cause: error });
}

function statusOf(error: unknown): number | undefined {
  return typeof error === "object" && error !== null && "status" in error && typeof error.status === "number" ? error.status : undefined;
}

function retryAfter(error: unknown): { retryAfterSeconds?: number } {
  const headers = typeof error === "object" && error !== null && "headers" in error ? error.headers : null;
  if (typeof headers !== "object" || headers === null || !("get" in headers) || typeof headers.get !== "function") return {};
  const [retryAfter, date] = ["retry-after", "date"].map((name) => (headers as Headers).get(name));
  const seconds = retryAfterSeconds(retryAfter, date, Date.now());
  return seconds === null ? {} : { retryAfterSeconds: seconds };
}

function causes(error: unknown): Error[] {
  const found: Error[] = [];
  for (let cause = error; cause instanceof Error && found.length < 10; cause = cause.cause) found.push(cause);
  return found;
}

function messageOfRoot(error: unknown): string {
  const root = causes(error).at(-1);
  return root === undefined ? String(error) : root.message || root.name;
}
