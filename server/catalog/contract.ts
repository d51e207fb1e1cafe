import { z } from "zod";
import { momentSchema } from "@/server/paging/contract";

export const CATALOG_TYPES = ["adapter", "module", "connector"] as const;
export const adapterConfigSchema = z.record(z.string(), z.unknown());
const slugSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "must hold only lower-case letters, digits and - (63 at most)");

/** An LLM adapter: a row that says how one provider is reached. Its config names secrets; it holds none. */
export const catalogItemSchema = z.object({
  id: z.string(),
  type: z.enum(CATALOG_TYPES),
  /** What it is made for, such as `llm`. */
  kind: z.string(),
  /** What it is made with: `mock`, `openai`, `anthropic`. */
  provider: z.string(),
  /** What workflows call it. */
  slug: z.string(),
  name: z.string(),
  description: z.string(),
  /** `built-in` and `organization` items are changed above the workspace. */
  origin: z.enum(["built-in", "organization", "workspace"]),
  enabled: z.boolean(),
  config: adapterConfigSchema,
  /** JSON Schema of the config, for the form. */
  configSchema: z.record(z.string(), z.unknown()).nullable(),
  updatedAt: momentSchema,
});
export type CatalogItemView = z.output<typeof catalogItemSchema>;

export const listCatalogInput = z.object({ type: z.enum(CATALOG_TYPES).default("adapter") });
/** JSON Schema of each provider's config. */
export const providersSchema = z.array(z.object({ provider: z.string(), configSchema: z.record(z.string(), z.unknown()) }));
export const catalogRefInput = z.object({ itemId: z.uuid() });
export const createAdapterInput = z.object({
  slug: slugSchema,
  provider: z.string().max(50),
  name: z.string().trim().min(1).max(200),
  description: z.string().max(2_000).default(""),
  config: adapterConfigSchema,
});
export const updateAdapterInput = catalogRefInput.extend({
  name: z.string().trim().min(1).max(200).optional(),
  description: z.string().max(2_000).optional(),
  enabled: z.boolean().optional(),
  config: adapterConfigSchema.optional(),
});
