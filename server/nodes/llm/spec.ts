import { z } from "zod";
import type { KindSpec } from "@/server/nodes/kind";
import { choice, jsonSchema, longText, requiredText, text, value } from "@/server/nodes/fields";
import { ONLY_OUT } from "@/server/nodes/outputs";

const message = z.strictObject({ role: choice({ user: "User", assistant: "Assistant" }), content: longText() });

export const config = z.strictObject({
  adapter: requiredText(100).default("mock").describe("Name of an LLM adapter in the settings; `mock` is built in and needs no network."),
  model: text(200).optional().describe("Default: the adapter's."),
  system: longText().optional(),
  prompt: longText().optional().describe("One user message; added after `messages` when both are given."),
  messages: z.array(message).max(1_000).default([]),
  temperature: z.number().min(0).max(2).optional(),
  maxTokens: z.int().min(1).max(1_000_000).default(4_096),
  stop: z.array(z.string().min(1)).max(16).optional(),
  outputSchema: jsonSchema().optional().describe("The answer must be JSON of this schema; it is in `value` of the output."),
  repairAttempts: z.int().min(0).max(5).default(2).describe("How often the model is told what is wrong with its JSON and asked again."),
  mockReplies: z.array(value()).max(100).optional().describe("Mock adapter: its answers, one for each request in turn; the last repeats."),
  timeoutSeconds: z.number().min(0.05).max(3_600).default(120).describe("Of each request."),
});
export type LlmConfig = z.output<typeof config>;

function check(unchecked: Record<string, unknown>): { path: string; message: string }[] {
  const { prompt, messages } = unchecked;
  const hasMessages = typeof messages === "string" || (Array.isArray(messages) && messages.length > 0);
  return prompt === undefined && !hasMessages ? [{ path: "/prompt", message: "give a prompt or messages" }] : [];
}

export const llm = {
  kind: "llm",
  version: 1,
  role: "task",
  title: "Language model",
  summary: "Asks a language model; tokens stream to the run page. The output is `{ text, value, model, usage, cost, finishReason }`.",
  group: "AI",
  icon: "sparkles",
  config,
  ports: ONLY_OUT,
  rawFields: ["outputSchema"],
  schemaFields: ["outputSchema"],
  check,
} as const satisfies KindSpec<LlmConfig>;
