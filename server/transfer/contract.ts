import { z } from "zod";
import { problemSchema } from "@/server/workflows/contract";

export const FILE_FORMATS = ["yaml", "json"] as const;
const formatSchema = z.enum(FILE_FORMATS);

export const FILE_WORKFLOWS_MAX = 200;
export const exportInput = z.object({ workflowIds: z.array(z.uuid()).min(1).max(FILE_WORKFLOWS_MAX), format: formatSchema.default("yaml") });
/** For programs: by slug, or everything that is not archived. */
export const exportManyInput = z.object({ slugs: z.array(z.string().max(63)).max(FILE_WORKFLOWS_MAX).default([]), format: formatSchema.default("yaml") });
export const exportOneInput = z.object({ workflowId: z.uuid(), format: formatSchema.default("yaml") });
export const exportedFileSchema = z.object({ fileName: z.string(), contentType: z.string(), text: z.string() });

/** Text of a file: YAML documents, one JSON value, or a JSON list of them. */
const source = { text: z.string().min(1), fileName: z.string().max(300).default("import") };
export const previewInput = z.object(source);
export const importInput = z.object({
  ...source,
  /** Below this folder; the folders that the file names are made in it. */
  folderId: z.uuid().nullable().default(null),
  /** For a file with one workflow: another name. */
  name: z.string().trim().min(1).max(200).optional(),
});

export const importedProblemSchema = problemSchema.extend({ line: z.int() });
/** Something that is named and not there. */
const missingSchema = z.object({ type: z.enum(["secret", "variable", "workflow", "adapter", "block"]), name: z.string(), nodeIds: z.array(z.string()) });
/** What a workflow of the file will become. */
export const importEntrySchema = z.object({
  name: z.string(),
  slug: z.string(),
  /** The slug that the file asks for is taken. */
  renamedFrom: z.string().nullable(),
  steps: z.int(),
  folder: z.array(z.string()),
  tags: z.array(z.string()),
  problems: z.array(importedProblemSchema),
  /** What it refers to by name and this workspace does not have. */
  missing: z.array(missingSchema),
});
export type ImportEntry = z.output<typeof importEntrySchema>;
/** What a block that the file carries will become. */
export const importBlockSchema = z.object({
  name: z.string(),
  slug: z.string(),
  /** Another block of this name is there already. */
  renamedFrom: z.string().nullable(),
  versions: z.int(),
  /** The workspace has the same block: nothing is made. */
  present: z.boolean(),
  problems: z.array(importedProblemSchema),
});
export type ImportBlock = z.output<typeof importBlockSchema>;
export const previewSchema = z.object({ entries: z.array(importEntrySchema), blocks: z.array(importBlockSchema) });
export const importedSchema = z.object({ workflows: z.array(importEntrySchema.extend({ id: z.string() })), blocks: z.array(importBlockSchema) });

export const missingInDraftInput = z.object({ workflowId: z.uuid() });
export const missingInDraftSchema = z.object({
  /** `version`: of what is there otherwise. A step's id is empty for what is no step's. */
  missing: z.array(missingSchema.extend({ version: z.number().optional() })),
  /** Whoever asks sees a part of the workspace. */
  isPart: z.boolean(),
});
export type MissingInDraft = z.output<typeof missingInDraftSchema>;
