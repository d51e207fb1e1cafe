import Anthropic from "@anthropic-ai/sdk";
import type { z } from "zod";
import type { adapterSchemas } from "./adapter";
import { emptyAnswer, type ChatAnswer, type ChatModel, type ChatRequest } from "./chat";
import { schemaPrompt } from "./json-answer";
import { modelOf } from "./sdk-failure";

type Config = z.output<typeof adapterSchemas.anthropic>;

const ANTHROPIC_URL = "https://api.anthropic.com";

export function createAnthropicModel(config: Config, apiKey: string | null, headers: Record<string, string>, fetch: typeof globalThis.fetch): ChatModel {
  const client = new Anthropic({
    // Always given, so that the SDK never looks for credentials in the environment or on disk.
    apiKey: apiKey ?? "none",
    authToken: null,
    webhookKey: null,
    baseURL: config.baseUrl ?? ANTHROPIC_URL,
    defaultHeaders: headers,
    fetch,
    maxRetries: 0,
    logLevel: "off",
  });
  return modelOf((request, onText, signal) => complete(client, config, request, onText, signal));
}

async function complete(client: Anthropic, config: Config, request: ChatRequest, onText: (chunk: string) => void, signal: AbortSignal): Promise<ChatAnswer> {
  const answer: ChatAnswer = emptyAnswer(request);
  for await (const event of await client.messages.create(bodyOf(config, request), { signal })) {
    switch (event.type) {
      case "message_start":
        answer.model = event.message.model;
        answer.usage = inputUsage(event.message.usage);
        break;
      case "content_block_delta":
        if (event.delta.type !== "text_delta") break;
        answer.text += event.delta.text;
        onText(event.delta.text);
        break;
      case "message_delta":
        answer.usage.outputTokens = event.usage.output_tokens;
        answer.finishReason = finishReasonOf(event.delta.stop_reason);
        break;
      default:
        break;
    }
  }
  return answer;
}

/** Tokens read from or written to the provider's cache are input as well. */
function inputUsage(usage: Anthropic.Usage): ChatAnswer["usage"] {
  return { inputTokens: usage.input_tokens + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0), outputTokens: usage.output_tokens };
}

function bodyOf(config: Config, request: ChatRequest): Anthropic.MessageCreateParamsStreaming {
  const { schema } = request;
  const native = config.jsonMode === "schema" && schema !== null && typeof schema !== "boolean";
  const system = schema === null || native ? request.system : schemaPrompt(request.system, schema);
  return {
    model: request.model,
    max_tokens: request.maxTokens,
    messages: request.messages,
    stream: true,
    ...(system === null ? {} : { system }),
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...(request.stop === undefined ? {} : { stop_sequences: request.stop }),
    ...(native ? { output_config: { format: { type: "json_schema" as const, schema: { ...schema } } } } : {}),
  };
}

function finishReasonOf(reason: string | null): ChatAnswer["finishReason"] {
  if (reason === "end_turn" || reason === "stop_sequence") return "stop";
  if (reason === "max_tokens") return "length";
  return reason === "refusal" ? "refusal" : "other";
}
