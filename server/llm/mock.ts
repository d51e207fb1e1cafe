import type { ChatAnswer, ChatModel, ChatRequest } from "./chat";
import { sampleOf } from "./sample";

/** Scripted answers; `skip` of them were used up by earlier attempts. */
export interface MockScript {
  replies: readonly unknown[];
  skip: number;
}

const CHARACTERS_PER_TOKEN = 4;

/** A model without network that always answers the same: its script, else a value of the wanted schema, else an echo. */
export function createMockModel({ replies, skip }: MockScript): ChatModel {
  let asked = skip;
  return {
    ask(request, onText, signal) {
      signal.throwIfAborted();
      const text = answerTo(request, replies[Math.min(asked++, replies.length - 1)]);
      for (const chunk of text.match(/^\s+|\S+\s*/g) ?? []) onText(chunk);
      return Promise.resolve(answerOf(request, text));
    },
  };
}

function answerTo({ messages, schema }: ChatRequest, reply: unknown): string {
  if (reply !== undefined) return typeof reply === "string" ? reply : JSON.stringify(reply);
  if (schema !== null) return JSON.stringify(sampleOf(schema));
  return `Echo: ${messages.findLast((message) => message.role === "user")?.content ?? ""}`;
}

function answerOf({ model, system, messages }: ChatRequest, text: string): ChatAnswer {
  const asked = (system ?? "") + messages.map((message) => message.content).join("");
  return { text, model, usage: { inputTokens: tokens(asked), outputTokens: tokens(text) }, finishReason: "stop" };
}

const tokens = (text: string) => Math.ceil(text.length / CHARACTERS_PER_TOKEN);
