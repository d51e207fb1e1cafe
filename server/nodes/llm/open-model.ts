import { adapterSchemas, type LlmAdapterRow } from "@/server/llm/adapter";
import { LlmFailure, type ChatModel } from "@/server/llm/chat";
import { createMockModel } from "@/server/llm/mock";
import { SecretText } from "@/server/expressions/secret-text";
import type { StepContext } from "@/server/nodes/runner";
import type { LlmConfig } from "./spec";

type Context = StepContext<LlmConfig>;

export interface OpenModel {
  chat: ChatModel;
  name: string;
  prices: Record<string, { input: number; output: number }>;
}

/** The adapter with its secrets put in, ready to be asked. */
export async function openModel(ctx: Context, adapter: LlmAdapterRow): Promise<OpenModel> {
  const { config, attempt, services } = ctx;
  if (adapter.provider === "mock") {
    const settings = configOf(adapterSchemas.mock.safeParse(adapter.config), adapter);
    return { chat: createMockModel({ replies: config.mockReplies ?? [], skip: attempt - 1 }), name: config.model ?? settings.model, prices: settings.prices };
  }
  const settings = configOf(adapterSchemas[adapter.provider].safeParse(adapter.config), adapter);
  const apiKey = settings.apiKeySecret === undefined ? null : await ctx.secret(new SecretText([{ name: settings.apiKeySecret }]));
  // Their libraries are no burden to a process that asks nobody.
  const create = adapter.provider === "openai" ? (await import("@/server/llm/openai")).createOpenAiModel : (await import("@/server/llm/anthropic")).createAnthropicModel;
  return { chat: create(settings, apiKey, settings.headers, services.http.fetch), name: config.model ?? settings.model, prices: settings.prices };
}

function configOf<Config>(parsed: { success: true; data: Config } | { success: false; error: { issues: { path: PropertyKey[]; message: string }[] } }, { name }: LlmAdapterRow): Config {
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new LlmFailure("invalid_adapter", `the settings of the LLM adapter "${name}" are not valid: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`, false);
}
