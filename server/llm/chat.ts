import type { LlmUsage } from "./adapter";

/** One request to a model, in the words that all providers share. */
export interface ChatRequest {
  model: string;
  system: string | null;
  messages: ChatMessage[];
  maxTokens: number;
  temperature?: number;
  stop?: string[];
  /** JSON Schema that the answer has to fit. */
  schema: object | boolean | null;
}

export interface ChatMessage {
  role: "user" | "assistant";
  content: string;
}

export interface ChatAnswer {
  text: string;
  /** As the provider names it. */
  model: string;
  usage: LlmUsage;
  finishReason: "stop" | "length" | "refusal" | "other";
}

export function emptyAnswer({ model }: ChatRequest): ChatAnswer {
  return { text: "", model, usage: { inputTokens: 0, outputTokens: 0 }, finishReason: "other" };
}

export interface ChatModel {
  /** Streams the text as it comes; throws `LlmFailure`. */
  ask(request: ChatRequest, onText: (chunk: string) => void, signal: AbortSignal): Promise<ChatAnswer>;
}

export class LlmFailure extends Error {
  override name = "LlmFailure";

  constructor(
    readonly code: string,
    message: string,
    readonly retryable: boolean,
    readonly details: { status?: number; retryAfterSeconds?: number } = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
