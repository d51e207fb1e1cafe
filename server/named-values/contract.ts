import { z } from "zod";
import { momentSchema } from "@/server/paging/contract";

/** Null: the whole workspace's. */
export const folderIdSchema = z.uuid().nullable().default(null);
/** Null: for every environment that has no value of its own in that place. */
export const environmentIdSchema = z.uuid().nullable().default(null);

export const useSchema = z.object({
  kind: z.enum(["workflow", "trigger", "adapter", "setting"]),
  id: z.string(),
  name: z.string(),
  /** Of triggers too; null: it belongs to none. */
  workflowId: z.string().nullable(),
  /** For workflows: the draft, the published version, or both. */
  inDraft: z.boolean(),
  publishedVersion: z.int().nullable(),
});
export type Use = z.output<typeof useSchema>;

export const lastUseSchema = z.object({
  at: momentSchema,
  runId: z.string().nullable(),
  workflow: z.object({ id: z.string(), name: z.string() }).nullable(),
});
export type LastUse = z.output<typeof lastUseSchema>;

export const usesSchema = z.object({ uses: z.array(useSchema), last: z.array(lastUseSchema) });
export type Uses = z.output<typeof usesSchema>;

/** Where something lies, and how it stands to others of its name. */
export const placeSchema = z.object({
  folderId: z.string().nullable(),
  environmentId: z.string().nullable(),
  /** Folder of the one that it stands before: null is the workspace, left out: it stands before none. */
  overrides: z.string().nullable().optional(),
  overriddenIn: z.array(z.string()),
});
