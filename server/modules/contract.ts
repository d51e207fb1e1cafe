import { z } from "zod";
import { momentSchema } from "@/server/paging/contract";
import { draftDocumentSchema, personSchema } from "@/server/workflows/contract";

export const moduleSlugSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "must hold only lower-case letters, digits and - (63 at most)");
const noteSchema = z.string().max(2_000).default("");

/** Steps of a workspace that workflows use by name and version. */
export const moduleSchema = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  description: z.string(),
  /** Number of the newest version. */
  latest: z.int(),
  /** JSON Schema of the newest version's input. */
  inputSchema: z.unknown(),
  updatedAt: momentSchema,
});
export type ModuleView = z.output<typeof moduleSchema>;

export const moduleVersionSchema = z.object({
  module: z.string(),
  number: z.int(),
  note: z.string(),
  author: personSchema.nullable(),
  createdAt: momentSchema,
  inputSchema: z.unknown(),
  definition: draftDocumentSchema,
});
export type ModuleVersion = z.output<typeof moduleVersionSchema>;

export const moduleVersionLineSchema = moduleVersionSchema.pick({ number: true, note: true, author: true, createdAt: true });
export type ModuleVersionLine = z.output<typeof moduleVersionLineSchema>;

export const moduleDetailSchema = moduleSchema.extend({
  /** The newest; `modules.versions` goes on from the last of them. */
  versions: z.array(moduleVersionLineSchema),
  /** The draft of the next version, once somebody has begun one. */
  draft: z.object({ workflowId: z.string(), updatedAt: momentSchema, changed: z.boolean() }).nullable(),
});
export type ModuleDetail = z.output<typeof moduleDetailSchema>;

export const moduleUseSchema = z.object({
  workflowId: z.string(),
  name: z.string(),
  nodeId: z.string(),
  origin: z.enum(["draft", "published"]),
  /** The version that the step names; null where it names none. */
  version: z.int().nullable(),
});
export type ModuleUse = z.output<typeof moduleUseSchema>;

export const moduleRefInput = z.object({ module: moduleSlugSchema });
export const moduleVersionInput = moduleRefInput.extend({ version: z.int().min(1) });
/** `cursor`: only those before this number. */
export const listModuleVersionsInput = moduleRefInput.extend({ cursor: z.coerce.number().int().min(1).optional() });
export const createModuleInput = z.object({
  slug: moduleSlugSchema,
  name: z.string().trim().min(1).max(200),
  description: z.string().max(2_000).default(""),
  definition: draftDocumentSchema,
  note: noteSchema,
});
export const renameModuleInput = moduleRefInput.extend({ name: z.string().trim().min(1).max(200), description: z.string().max(2_000) });
export const addModuleVersionInput = moduleRefInput.extend({
  definition: draftDocumentSchema,
  note: noteSchema,
  /** The newest version that the change began from; another one now is a `version_conflict`. */
  latest: z.int().min(1),
});
export const updateUseInput = moduleVersionInput.extend({ workflowId: z.uuid(), nodeId: z.string().min(1).max(200) });
export const draftRefInput = z.object({ workflowId: z.uuid() });
