import { HttpFailure, type HttpResponse } from "@/server/http/client";
import { retryAfterSeconds } from "@/server/http/retry-after";
import type { NodeRunner, StepContext, StepResult } from "@/server/nodes/runner";
import { failed, failedForNow, succeeded } from "@/server/nodes/results";
import { buildRequest, type PageOverride } from "./build-request";
import { readPages } from "./pages";
import { readResponse, UnreadableBody, type ReadResponse } from "./read-response";
import { UnexpectedStatus } from "./unexpected-status";
import type { HttpConfig } from "./spec";

export const httpRunner: NodeRunner<HttpConfig> = {
  effect: "effect",
  async run(ctx) {
    try {
      const output = ctx.config.pagination === undefined ? await call(ctx) : await readPages(ctx, ctx.config.pagination, (over) => call(ctx, over));
      return succeeded(output);
    } catch (error) {
      return failure(ctx, error);
    }
  },
};

async function call(ctx: StepContext<HttpConfig>, over?: PageOverride): Promise<ReadResponse> {
  const response = await ctx.services.http.send(await buildRequest(ctx, over));
  if (!isExpected(ctx.config, response.status)) {
    const wait = retryAfterSeconds(response.headers["retry-after"], response.headers.date, Date.now());
    throw new UnexpectedStatus(await readForError(ctx, response), wait);
  }
  return readResponse(ctx, response);
}

function isExpected({ expectedStatus }: HttpConfig, status: number): boolean {
  return expectedStatus.some((pattern) => (pattern.endsWith("xx") ? pattern[0] === String(status)[0] : pattern === String(status)));
}

/** An error page need not be what the step would have parsed. */
async function readForError(ctx: StepContext<HttpConfig>, response: HttpResponse): Promise<ReadResponse> {
  try {
    const { services, run, config } = ctx;
    return await readResponse({ services, run, config: { ...config, parse: config.parse === "bytes" ? "text" : "auto" } }, response);
  } catch (error) {
    if (!(error instanceof UnreadableBody)) throw error;
    return { status: response.status, headers: response.headers, body: Buffer.from(response.body).toString(), url: response.url };
  }
}

function failure(ctx: StepContext<HttpConfig>, error: unknown): StepResult {
  if (error instanceof UnexpectedStatus) return error.result();
  if (error instanceof UnreadableBody) return failed("unreadable_response", error.message);
  if (!(error instanceof HttpFailure)) throw error;
  if (error.code === "aborted" && ctx.signal.aborted) throw error;
  const where = error.code === "invalid_url" || error.code === "blocked_address" ? { field: "/url" } : {};
  return error.retryable ? failedForNow(`http_${error.code}`, error.message) : failed(error.code === "blocked_address" ? error.code : `http_${error.code}`, error.message, where);
}
