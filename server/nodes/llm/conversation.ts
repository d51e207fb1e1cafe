import type { LlmAdapterRow, LlmUsage } from "@/server/llm/adapter";
import { LlmFailure, type ChatAnswer, type ChatRequest } from "@/server/llm/chat";
import type { StepContext } from "@/server/nodes/runner";
import type { OpenModel } from "./open-model";
import type { LlmConfig } from "./spec";

const TOKENS_PER_PRICE = 1_000_000;

/** The requests of one step to one model: each is streamed, timed, logged and counted. */
export class Conversation {
  #usage: LlmUsage = { inputTokens: 0, outputTokens: 0 };

  constructor(
    private readonly ctx: StepContext<LlmConfig>,
    private readonly adapter: LlmAdapterRow,
    private readonly opened: OpenModel,
  ) {}

  get model(): string {
    return this.opened.name;
  }

  async ask(request: ChatRequest): Promise<ChatAnswer> {
    const { ctx, opened } = this;
    const startedAt = Date.now();
    const signal = AbortSignal.any([ctx.signal, AbortSignal.timeout(ctx.config.timeoutSeconds * 1_000)]);
    try {
      const answer = await opened.chat.ask(request, (piece) => (signal.aborted ? undefined : ctx.stream(piece)), signal);
      this.#usage.inputTokens += answer.usage.inputTokens;
      this.#usage.outputTokens += answer.usage.outputTokens;
      await this.#record(request, startedAt, { answer });
      return answer;
    } catch (error) {
      await this.#record(request, startedAt, { error });
      throw error;
    }
  }

  output(answer: ChatAnswer, value: unknown): Record<string, unknown> {
    const { adapter } = this;
    return { text: answer.text, value, model: answer.model, adapter: adapter.name, usage: { ...this.#usage }, cost: this.#costOf(this.#usage), finishReason: answer.finishReason };
  }

  /** Dollars; null when no price is set for the model. */
  #costOf({ inputTokens, outputTokens }: LlmUsage): number | null {
    const price = Object.hasOwn(this.opened.prices, this.opened.name) ? this.opened.prices[this.opened.name] : undefined;
    return price === undefined ? null : (inputTokens * price.input + outputTokens * price.output) / TOKENS_PER_PRICE;
  }

  /** The log must not fail the step that it tells of. */
  async #record(request: ChatRequest, startedAt: number, { answer, error }: { answer?: ChatAnswer; error?: unknown }): Promise<void> {
    const { ctx, adapter } = this;
    try {
      await ctx.services.llm.recordRequest({
        workspaceId: ctx.run.workspaceId,
        runId: ctx.run.id,
        path: ctx.path,
        attempt: ctx.attempt,
        adapterId: adapter.id,
        provider: adapter.provider,
        model: answer?.model ?? request.model,
        status: answer !== undefined ? "succeeded" : ctx.signal.aborted ? "cancelled" : "failed",
        request: ctx.redact({ ...request }),
        response: answer === undefined ? null : ctx.redact({ text: answer.text, finishReason: answer.finishReason }),
        error: error === undefined ? null : ctx.redact(describe(error)),
        usage: answer?.usage ?? null,
        cost: answer === undefined ? null : this.#costOf(answer.usage),
        startedAt,
        finishedAt: Date.now(),
      });
    } catch (failure) {
      ctx.log("warn", `the request was not written to the request log: ${failure instanceof Error ? failure.message : String(failure)}`);
    }
  }
}

function describe(error: unknown): Record<string, unknown> {
  if (error instanceof LlmFailure) return { code: error.code, message: error.message, ...error.details };
  return { code: "unexpected_error", message: error instanceof Error ? error.message : String(error) };
}
