import { z } from "zod";
import { momentSchema } from "@/server/paging/contract";

export const adapterConfigSchema = z.record(z.string(), z.unknown());

/** An LLM adapter: a row that says how one provider is reached. */
export const catalogItemSchema = z.object({
  id: z.string(),
  kind: z.enum(["adapter", "module", "connector"]),
  name: z.string(),
  title: z.string(),
  description: z.string(),
  /** Built in, or belonging to the organization or workspace. */
  origin: z.enum(["built-in", "organization", "workspace"]),
  enabled: z.boolean(),
  config: adapterConfigSchema,
  configSchema: z.record(z.string(), z.unknown()).nullable(),
  updatedAt: momentSchema,
});
export type CatalogItemView = z.output<typeof catalogItemSchema>;

export const listCatalogInput = z.object({ kind: z.enum(["adapter", "module", "connector"]).default("adapter") });
export const catalogRefInput = z.object({ itemId: z.uuid() });
export const createAdapterInput = z.object({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, "must begin with a letter and hold only lower-case letters, digits and -"),
  title: z.string().trim().min(1).max(200),
  description: z.string().max(2_000).default(""),
  config: adapterConfigSchema,
});
export const updateAdapterInput = catalogRefInput.extend({
  title: z.string().trim().min(1).max(200).optional(),
  enabled: z.boolean().optional(),
  config: adapterConfigSchema.optional(),
});
