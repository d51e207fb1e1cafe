import { z } from "zod";

/** Lists that have saved views. */
export const viewPageSchema = z.enum(["runs"]);

export const savedViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** Query string of the page's address, without the question mark. */
  query: z.string(),
  shared: z.boolean(),
  owner: z.string().nullable(),
  /** Whether the caller may change or delete it. */
  mayChange: z.boolean(),
});
export type SavedView = z.output<typeof savedViewSchema>;

export const listViewsInput = z.object({ page: viewPageSchema });

const viewFields = {
  name: z.string().trim().min(1).max(100),
  query: z.string().max(4_000).regex(/^[^?#\s]*$/, "must be the query of an address"),
  shared: z.boolean(),
};
export const createViewInput = z.object({ page: viewPageSchema, ...viewFields, shared: viewFields.shared.default(false) });
export const updateViewInput = z.object({ viewId: z.uuid(), name: viewFields.name.optional(), query: viewFields.query.optional(), shared: viewFields.shared.optional() });
export const viewRefInput = z.object({ viewId: z.uuid() });
