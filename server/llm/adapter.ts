import { z } from "zod";

/** Dollars for a million tokens; what a provider charges is set beside the adapter, never guessed. */
export const priceSchema = z.strictObject({ input: z.number().min(0), output: z.number().min(0) });

const shared = {
  /** Model used when a step names none. */
  model: z.string().min(1).max(200),
  /** By model name. */
  prices: z.record(z.string(), priceSchema).default({}),
};
const remote = {
  ...shared,
  /** Name of the workspace secret that holds the key. */
  apiKeySecret: z.string().min(1).max(200).optional(),
  baseUrl: z.url({ protocol: /^https?$/ }).optional(),
  headers: z.record(z.string(), z.string()).default({}),
  /** How an answer of a JSON Schema is asked for; whatever the way, the answer is checked. `prompt` works with every model. */
  jsonMode: z.enum(["prompt", "object", "schema"]).default("prompt"),
};

/** Config of an adapter row, by provider. It names secrets; it holds none. */
export const adapterSchemas = {
  /** Answers without network, from the step's own replies. */
  mock: z.strictObject({ ...shared, model: z.string().min(1).max(200).default("mock") }),
  openai: z.strictObject(remote),
  anthropic: z.strictObject(remote),
} as const;

export const LLM_PROVIDERS = ["mock", "openai", "anthropic"] as const;
export type LlmProvider = (typeof LLM_PROVIDERS)[number];

/** An LLM adapter as the catalog holds it. */
export interface LlmAdapterRow {
  /** Null for one that is built in. */
  id: string | null;
  name: string;
  provider: LlmProvider;
  config: Record<string, unknown>;
}

/** There without any setting. */
export const BUILT_IN_MOCK: LlmAdapterRow = { id: null, name: "mock", provider: "mock", config: {} };

export interface LlmUsage {
  inputTokens: number;
  outputTokens: number;
}

/** One call to a model as the request log keeps it; secrets are redacted before it gets here. */
export interface LlmRequestEntry {
  workspaceId: string;
  runId: string;
  path: string;
  attempt: number;
  adapterId: string | null;
  provider: LlmProvider;
  model: string;
  status: "succeeded" | "failed" | "cancelled";
  request: unknown;
  response: unknown;
  error: unknown;
  usage: LlmUsage | null;
  /** Dollars; null when the adapter states no price for the model. */
  cost: number | null;
  startedAt: number;
  finishedAt: number;
}
