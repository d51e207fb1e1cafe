import OpenAI from "openai";
import type { z } from "zod";
import type { adapterSchemas } from "./adapter";
import { emptyAnswer, LlmFailure, type ChatAnswer, type ChatModel, type ChatRequest } from "./chat";
import { schemaPrompt } from "./json-answer";
import { modelOf } from "./sdk-failure";

type Config = z.output<typeof adapterSchemas.openai>;

const OPENAI_URL = "https://api.openai.com/v1";

/** OpenAI, and the many servers that speak its chat completions protocol. */
export function createOpenAiModel(config: Config, apiKey: string | null, headers: Record<string, string>, fetch: typeof globalThis.fetch): ChatModel {
  const client = new OpenAI({
    apiKey: apiKey ?? "none",
    baseURL: config.baseUrl ?? OPENAI_URL,
    defaultHeaders: headers,
    fetch,
    // Retries are the engine's. What the SDK would read from the environment is set to nothing.
    maxRetries: 0,
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: "off",
  });
  return modelOf((request, onText, signal) => complete(client, config, request, onText, signal));
}

async function complete(client: OpenAI, config: Config, request: ChatRequest, onText: (chunk: string) => void, signal: AbortSignal): Promise<ChatAnswer> {
  const stream = await client.chat.completions.create(bodyOf(config, request), { signal });
  let text = "";
  let refusal = "";
  let finish: string | null = null;
  const answer: ChatAnswer = emptyAnswer(request);
  for await (const chunk of stream) {
    answer.model = chunk.model || answer.model;
    const [choice] = chunk.choices;
    if (choice?.delta.content) {
      text += choice.delta.content;
      onText(choice.delta.content);
    }
    refusal += choice?.delta.refusal ?? "";
    finish = choice?.finish_reason ?? finish;
    if (chunk.usage) answer.usage = { inputTokens: chunk.usage.prompt_tokens, outputTokens: chunk.usage.completion_tokens };
  }
  if (finish === null && text === "") throw new LlmFailure("llm_no_answer", "the provider ended the stream without an answer", true);
  return { ...answer, text: refusal === "" ? text : refusal, finishReason: refusal !== "" ? "refusal" : finishReasonOf(finish) };
}

function bodyOf(config: Config, request: ChatRequest): OpenAI.ChatCompletionCreateParamsStreaming {
  const system = request.schema === null || config.jsonMode === "schema" ? request.system : schemaPrompt(request.system, request.schema);
  // OpenAI's newer models refuse the old name of this field, other servers do not know the new one.
  const limit = config.baseUrl === undefined ? { max_completion_tokens: request.maxTokens } : { max_tokens: request.maxTokens };
  return {
    model: request.model,
    messages: [...(system === null ? [] : [{ role: "system" as const, content: system }]), ...request.messages],
    stream: true,
    stream_options: { include_usage: true },
    ...limit,
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...(request.stop === undefined ? {} : { stop: request.stop }),
    ...formatOf(config, request),
  };
}

function formatOf({ jsonMode }: Config, { schema }: ChatRequest): Pick<OpenAI.ChatCompletionCreateParamsStreaming, "response_format"> {
  if (schema === null || jsonMode === "prompt") return {};
  if (jsonMode === "object" || typeof schema === "boolean") return { response_format: { type: "json_object" } };
  return { response_format: { type: "json_schema", json_schema: { name: "answer", schema: { ...schema } } } };
}

function finishReasonOf(reason: string | null): ChatAnswer["finishReason"] {
  if (reason === "stop" || reason === "length") return reason;
  return reason === "content_filter" ? "refusal" : "other";
}
