import { z } from "zod";
import { LAST_RUN_STATES, MAX_CHANGED_TOGETHER, PUBLISH_STATES, WORKFLOW_SORTS } from "./constants";
import { tagSchema } from "@/server/organizing/contract";
import { momentSchema, pageInput, pageOf } from "@/server/paging/contract";

export const workflowIdSchema = z.uuid();
const nameSchema = z.string().trim().min(1).max(200);
const descriptionSchema = z.string().max(10_000);

/** The draft as it was saved: any JSON object, so that unfinished work is never lost. Publishing asks for a valid one. */
export const draftDocumentSchema = z.record(z.string(), z.unknown());

/** Test outputs by node id, kept beside the draft, never in a version. */
export const pinsSchema = z.record(z.string(), z.unknown());

export const problemSchema = z.object({
  severity: z.enum(["error", "warning"]),
  code: z.string(),
  message: z.string(),
  nodeId: z.string().optional(),
  edgeIndex: z.int().optional(),
  /** JSON pointer into the definition. */
  path: z.string(),
  /** Where in the text that the pointer names, for expressions. */
  offset: z.int().optional(),
});
export type WorkflowProblem = z.output<typeof problemSchema>;

export const personSchema = z.object({ id: z.string(), name: z.string() });

export const versionSummarySchema = z.object({
  id: z.string(),
  number: z.int(),
  hash: z.string(),
  note: z.string(),
  author: personSchema.nullable(),
  createdAt: momentSchema,
  /** The version that new runs use. */
  current: z.boolean(),
});
export type VersionSummary = z.output<typeof versionSummarySchema>;

export const versionDetailSchema = versionSummarySchema.extend({ workflowId: z.string(), definition: draftDocumentSchema });

export const workflowSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  /** Name for programs, unique in the workspace. */
  slug: z.string(),
  description: z.string(),
  kind: z.string(),
  /** Kinds of the draft's trigger nodes. */
  triggers: z.array(z.string()),
  published: z.object({ versionId: z.string(), number: z.int(), publishedAt: momentSchema }).nullable(),
  /** The draft was saved after the version was published from it. */
  draftChanged: z.boolean(),
  lastRun: z.object({ id: z.string(), status: z.string(), createdAt: momentSchema }).nullable(),
  createdAt: momentSchema,
  updatedAt: momentSchema,
  archivedAt: momentSchema.nullable(),
  deletedAt: momentSchema.nullable(),
  folderId: z.string().nullable(),
  tags: z.array(tagSchema),
  /** Of the person who asks. */
  favorite: z.boolean(),
});
export type WorkflowSummary = z.output<typeof workflowSummarySchema>;

/** Where a search found something: in the description, or in a node's name, notes or configuration. */
export const searchMatchSchema = z.object({
  nodeId: z.string().nullable(),
  /** Name of the node; null: of the workflow itself. */
  nodeName: z.string().nullable(),
  /** Of a node `name`, `id`, `notes`, `skipIf`, `condition` (of a connection from it) or the path of the configured text, such as `headers.accept`; else `description`, `note`, or a path that begins with `input` or `output`. */
  field: z.string(),
  before: z.string(),
  match: z.string(),
  after: z.string(),
});
export type SearchMatch = z.output<typeof searchMatchSchema>;

export const listedWorkflowSchema = workflowSummarySchema.extend({
  /** The first few places that the search found, besides the name. */
  matches: z.array(searchMatchSchema),
});
export type ListedWorkflow = z.output<typeof listedWorkflowSchema>;

export const workflowDetailSchema = workflowSummarySchema.extend({
  definition: draftDocumentSchema,
  revision: z.int(),
  draftUpdatedBy: personSchema.nullable(),
  pins: pinsSchema,
  problems: z.array(problemSchema),
  /** What publishing replaces: the version of the first environment, or the published one. */
  baseVersionId: z.string().nullable(),
  /** Newest first, the latest 50. */
  versions: z.array(versionSummarySchema),
});
export type WorkflowDetail = z.output<typeof workflowDetailSchema>;

const flag = z.stringbool().or(z.boolean());
const listOf = <Item extends z.ZodType>(item: Item) => z.union([z.array(item), item.transform((one) => [one])]);


export const listWorkflowsInput = z.object({
  ...pageInput,
  /** It may hold a name. */
  cursor: z.string().max(2_000).optional(),
  /** Words that all have to occur in the name, the description or the draft's nodes. */
  search: z.string().trim().max(200).optional(),
  archived: flag.default(false),
  /** What was deleted, archived or not. */
  deleted: flag.optional(),
  /** A folder with all below it; `none`: what lies in no folder. */
  folderId: z.union([z.uuid(), z.literal("none")]).optional(),
  /** All of them. */
  tagIds: listOf(z.uuid()).optional(),
  favorites: flag.optional(),
  /** Of these alone those that fit. */
  ids: listOf(z.uuid()).pipe(z.array(z.uuid()).max(MAX_CHANGED_TOGETHER)).optional(),
  lastRun: listOf(z.enum(LAST_RUN_STATES)).optional(),
  state: z.enum(PUBLISH_STATES).optional(),
  /** Favourites come first in every order. */
  sort: z.enum(WORKFLOW_SORTS).optional(),
});
export const workflowPageSchema = pageOf(listedWorkflowSchema);

export const workflowRefInput = z.object({ workflowId: workflowIdSchema });
/** By id, short name or name. */
export const workflowNamesInput = z.object({ refs: z.array(z.string().min(1).max(200)).min(1).max(50) });
export const workflowNamesOutput = z.array(z.object({ id: z.string(), slug: z.string(), name: z.string() }));
/** By id, short name or name, as a step calls it. */
export const calledOutputInput = z.object({ workflow: z.string().min(1).max(200), version: z.union([z.int().min(1), z.literal("latest")]).default("latest") });
/** Of that version; null: none that whoever asks may see. */
export const calledOutputSchema = z.object({ output: z.unknown(), outputSchema: z.unknown() }).nullable();
/** `cursor`: number of the last version that is known. */
export const listVersionsInput = workflowRefInput.extend({ cursor: z.coerce.number().int().min(1).optional() });

export const createWorkflowInput = z.object({
  name: nameSchema,
  description: descriptionSchema.default(""),
  /** Without it the draft holds one manual trigger. */
  definition: draftDocumentSchema.optional(),
  /** Where it is made. Whoever has access to some folders only has to name one. */
  folderId: z.uuid().optional(),
});

/** `folderId`: where it and what comes along shall lie. */
export const createFromExampleInput = z.object({ example: z.string().min(1).max(100), name: nameSchema.optional(), folderId: z.uuid().optional() });

export const updateDraftInput = workflowRefInput.extend({
  definition: draftDocumentSchema,
  /** Revision that the edit began from; another one now is a `version_conflict`. */
  revision: z.int().min(0),
  pins: pinsSchema.optional(),
});
export const updateDraftOutput = z.object({ revision: z.int(), problems: z.array(problemSchema) });

export const renameWorkflowInput = workflowRefInput.extend({ name: nameSchema, description: descriptionSchema.optional() });

export const duplicateWorkflowInput = workflowRefInput.extend({ name: nameSchema.optional() });

export const changeManyInput = z.object({
  workflowIds: z.array(workflowIdSchema).min(1).max(MAX_CHANGED_TOGETHER),
  action: z.enum(["archive", "restore", "delete", "undelete"]),
});

/** A stored draft by its id, or a document that is nowhere stored. */
export const validateInput = z.union([workflowRefInput, z.object({ definition: z.unknown() })]);
export const validateOutput = z.object({ valid: z.boolean(), problems: z.array(problemSchema) });

export const publishInput = workflowRefInput.extend({
  note: z.string().max(2_000).default(""),
  /** Where a review is needed: publishes without, for whoever may. */
  bypassReview: z.boolean().optional(),
  /** When given, publishes only if the draft still has this revision. */
  revision: z.int().min(0).optional(),
});

export const versionRefInput = z.object({ versionId: z.uuid() });

export const exampleSchema = z.object({
  /** File name without its ending. */
  id: z.string(),
  name: z.string(),
  description: z.string(),
  category: z.string(),
  /** What there is to learn from it, a phrase each. */
  teaches: z.array(z.string()),
  /** A new installation begins with it. */
  starter: z.boolean(),
  input: z.unknown(),
  definition: draftDocumentSchema,
  /** Workflows that it calls and that come along. */
  companions: z.array(z.object({ name: z.string(), slug: z.string(), description: z.string(), definition: draftDocumentSchema })),
});
export type WorkflowExample = z.output<typeof exampleSchema>;
