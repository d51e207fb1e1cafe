import { BUILT_IN_MOCK, type LlmAdapterRow } from "@/server/llm/adapter";
import { LlmFailure, type ChatMessage, type ChatRequest } from "@/server/llm/chat";
import { readJsonAnswer, repairPrompt } from "@/server/llm/json-answer";
import type { NodeRunner, StepContext, StepResult } from "@/server/nodes/runner";
import { failed, succeeded } from "@/server/nodes/results";
import { Conversation } from "./conversation";
import { openModel } from "./open-model";
import type { LlmConfig } from "./spec";

type Context = StepContext<LlmConfig>;

export const llmRunner: NodeRunner<LlmConfig> = {
  effect: "effect",
  async run(ctx) {
    const adapter = await findAdapter(ctx);
    if (adapter === null) return failed("adapter_not_found", `there is no enabled LLM adapter "${ctx.config.adapter}"`, { field: "/adapter" });
    try {
      return await converse(ctx, adapter);
    } catch (error) {
      if (!(error instanceof LlmFailure) || ctx.signal.aborted) throw error;
      const { retryAfterSeconds: wait } = error.details;
      return { type: "failed", error: { code: error.code, message: error.message, details: error.details }, retryable: error.retryable, ...(wait === undefined ? {} : { retryAfterSeconds: wait }) };
    }
  },
};

async function findAdapter({ config, run, services }: Context): Promise<LlmAdapterRow | null> {
  const found = await services.llm.findAdapter(run.workspaceId, config.adapter);
  return found ?? (config.adapter === BUILT_IN_MOCK.name ? BUILT_IN_MOCK : null);
}

/** Asks until the answer fits the schema or the repairs are used up. */
async function converse(ctx: Context, adapter: LlmAdapterRow): Promise<StepResult> {
  const { config } = ctx;
  const conversation = new Conversation(ctx, adapter, await openModel(ctx, adapter));
  const messages = messagesOf(config);
  for (let repairs = 0; ; repairs++) {
    const answer = await conversation.ask(requestOf(config, conversation.model, messages));
    if (answer.finishReason === "refusal") return failed("llm_refused", `the model refused to answer: ${answer.text.slice(0, 500)}`);
    if (config.outputSchema === undefined) return succeeded(conversation.output(answer, null));
    const read = readJsonAnswer(answer.text, config.outputSchema);
    if (read.ok) return succeeded(conversation.output(answer, read.value));
    ctx.log("warn", "the answer does not fit the schema", { problems: read.problems });
    if (repairs >= config.repairAttempts) return invalidAnswer(answer.text, answer.finishReason, read.problems);
    ctx.stream("\n\n");
    messages.push({ role: "assistant", content: answer.text || "(no answer)" }, { role: "user", content: repairPrompt(read.problems) });
  }
}

function messagesOf({ messages, prompt }: LlmConfig): ChatMessage[] {
  return prompt === undefined ? [...messages] : [...messages, { role: "user", content: prompt }];
}

function requestOf({ system, maxTokens, temperature, stop, outputSchema }: LlmConfig, model: string, messages: ChatMessage[]): ChatRequest {
  return {
    model,
    system: system ?? null,
    messages: [...messages],
    maxTokens,
    schema: outputSchema ?? null,
    ...(temperature === undefined ? {} : { temperature }),
    ...(stop === undefined ? {} : { stop }),
  };
}

function invalidAnswer(text: string, finishReason: string, problems: string[]): StepResult {
  const why = finishReason === "length" ? "it was cut off at maxTokens" : (problems[0] ?? "");
  return { type: "failed", error: { code: "llm_invalid_answer", message: `the answer does not fit the schema: ${why}`, details: { text, problems } }, retryable: true };
}
