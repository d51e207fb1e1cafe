import { z } from "zod";
import { LOG_LEVELS, MAX_BULK_RUNS, RUN_MODES, RUN_STATUSES } from "./constants";
import { jsonSchemaSchema } from "@/server/engine/definition";
import { environmentNameSchema, environmentRefSchema } from "@/server/environments/contract";
import { momentSchema, pageInput, pageOf, searchedPageInput } from "@/server/paging/contract";
import { draftDocumentSchema, pinsSchema, workflowIdSchema } from "@/server/workflows/contract";

export const runStatusSchema = z.enum(RUN_STATUSES);
export const stepStatusSchema = z.enum(["running", "waiting", "succeeded", "failed", "skipped", "cancelled"]);
export const runModeSchema = z.enum(RUN_MODES);
export const logLevelSchema = z.enum(LOG_LEVELS);

const uuidSchema = z.uuid();
const pathSchema = z.string().max(2_000).refine((text) => !text.includes("\0"), "must not hold a null character");

/** What a list shows of an error; the whole of it is a value of its step run. */
export const failureSchema = z.object({
  code: z.string(),
  message: z.string(),
  path: z.string().optional(),
  nodeId: z.string().optional(),
  field: z.string().optional(),
  /** Another run that it tells of. */
  runId: z.string().optional(),
});

export const runSummarySchema = z.object({
  id: z.string(),
  workflow: z.object({ id: z.string(), name: z.string() }).nullable(),
  version: z.object({ id: z.string(), number: z.int().nullable() }).nullable(),
  environment: environmentNameSchema.nullable(),
  mode: runModeSchema,
  status: runStatusSchema,
  /** What started it: `manual`, `api`, `cli`, `subworkflow`, `rerun` … */
  trigger: z.string(),
  /** Name of the person or service account. */
  startedBy: z.string().nullable(),
  createdAt: momentSchema,
  startedAt: momentSchema.nullable(),
  finishedAt: momentSchema.nullable(),
  failure: failureSchema.nullable(),
  parentRunId: z.string().nullable(),
  labels: z.record(z.string(), z.string()),
});
export type RunSummary = z.output<typeof runSummarySchema>;

/** A step that has begun but for a place on its worker: there are so many, or a share of it that others have. */
const slotWait = z.object({ kind: z.literal("slot"), since: momentSchema, slots: z.int() });
const slotWaitSchema = z.discriminatedUnion("kind", [slotWait, z.object({ kind: z.literal("resources"), since: momentSchema, cpu: z.number(), memoryMb: z.number(), ofCpu: z.number(), ofMemoryMb: z.number() })]);
export type SlotWait = z.output<typeof slotWaitSchema>;

export const stepSummarySchema = z.object({
  path: z.string(),
  attempt: z.int(),
  nodeId: z.string(),
  kind: z.string(),
  status: stepStatusSchema,
  /** Chosen output port, when it was not `out`. */
  port: z.string().nullable(),
  /** Edges of the chosen port that were not taken: places among the node's own, in the order of the definition. */
  untaken: z.array(z.int()),
  /** Items of a forEach. */
  items: z.int().nullable(),
  startedAt: momentSchema,
  finishedAt: momentSchema.nullable(),
  workerId: z.string().nullable(),
  failure: failureSchema.nullable(),
  progress: z.object({ done: z.number(), total: z.number().optional(), text: z.string().optional(), waits: slotWaitSchema.optional() }).nullable(),
  /** Bytes that the stored values take up, roughly (they may be compressed); null: there is none. */
  sizes: z.object({ input: z.int().nullable(), output: z.int().nullable(), error: z.int().nullable() }),
});
export type StepSummary = z.output<typeof stepSummarySchema>;

export const waitSummarySchema = z.object({
  id: z.string(),
  runId: z.string(),
  workflow: z.object({ id: z.string(), name: z.string() }).nullable(),
  path: z.string(),
  nodeId: z.string(),
  attempt: z.int(),
  kind: z.enum(["delay", "signal", "approval", "child", "turn"]),
  status: z.enum(["open", "answered", "expired", "cancelled"]),
  /** Its run is one of a draft: nothing real hangs on it. */
  isTest: z.boolean(),
  /** Name of the awaited signal. */
  signal: z.string().nullable(),
  /** The awaited run. */
  childRunId: z.string().nullable(),
  title: z.string(),
  message: z.string(),
  form: jsonSchemaSchema.nullable(),
  requiredAnswers: z.int(),
  answers: z.int(),
  until: momentSchema.nullable(),
  createdAt: momentSchema,
  closedAt: momentSchema.nullable(),
});
export type WaitSummary = z.output<typeof waitSummarySchema>;

export const runDetailSchema = runSummarySchema.extend({
  terminationReason: z.string().nullable(),
  rootRunId: z.string(),
  /** Retention leaves it alone. */
  kept: z.boolean(),
  rerunOf: z.object({ runId: z.string(), path: z.string() }).nullable(),
  /** Whom the run acts for, as recorded when it was made; null: made by the installation itself. */
  identity: z
    .object({
      type: z.enum(["user", "service_account", "issuer", "workspace", "system"]),
      id: z.string().nullable(),
      name: z.string(),
      /** Their roles in the whole workspace at that time. */
      roles: z.array(z.string()),
      /** The token, trigger, handler or run by which it came to act. */
      via: z.object({ type: z.string(), id: z.string().nullable(), name: z.string() }).nullable(),
    })
    .nullable(),
  /** The first of them. */
  children: z.array(z.object({ runId: z.string(), path: z.string(), status: runStatusSchema })),
  hasMoreChildren: z.boolean(),
  sizes: z.object({ input: z.int().nullable(), output: z.int().nullable(), error: z.int().nullable() }),
});
export type RunDetail = z.output<typeof runDetailSchema>;

/** Iterations of a loop in figures: there may be many thousands of them. */
export const loopSummarySchema = z.object({
  path: z.string(),
  /** Iterations that were begun; they are numbered from 0. */
  begun: z.int(),
  ended: z.int(),
  failed: z.int(),
  firstFailed: z.int().nullable(),
});
export type LoopSummary = z.output<typeof loopSummarySchema>;

/** What changed since `afterSeq`; ask again with `seq`. `more`: there is another portion right now. `moreWaits`, `moreOpenSteps`: besides those that came; the list of waits has the former. */
export const stepDeltaSchema = z.object({
  run: runDetailSchema,
  steps: z.array(stepSummarySchema),
  waits: z.array(waitSummarySchema),
  moreWaits: z.int().default(0), moreOpenSteps: z.int().default(0),
  /** Of the loops among the steps asked for; only of outlines. */
  loops: z.array(loopSummarySchema),
  seq: z.int(),
  more: z.boolean(),
});
export type StepDelta = z.output<typeof stepDeltaSchema>;

export const runViewSchema = stepDeltaSchema.extend({
  /** Definition of the version that this run executes. */
  definition: draftDocumentSchema,
});
export type RunView = z.output<typeof runViewSchema>;

/** What somebody may start without being able to see it. */
export const startableSchema = z.object({ workflowId: z.string(), name: z.string(), description: z.string(), input: jsonSchemaSchema });
export type Startable = z.output<typeof startableSchema>;
export const listStartableInput = z.object(searchedPageInput);
export const startablesSchema = pageOf(startableSchema);

/** Of one's own run: how it goes, and nothing of what it does. */
export const ownRunSchema = z.object({ id: z.string(), workflow: z.string(), status: runStatusSchema, createdAt: momentSchema, finishedAt: momentSchema.nullable() });
export type OwnRun = z.output<typeof ownRunSchema>;
export const ownRunsInput = z.object(pageInput);
export const ownRunsSchema = pageOf(ownRunSchema);
/** `output` is there once it has succeeded. */
export const ownResultSchema = ownRunSchema.extend({ output: z.unknown(), error: z.string().nullable() });

/** How to run less than everything, with prepared outputs, or with an event that was caught as `trigger`; test runs only. */
const testOptions = {
  startNode: z.string().max(63).optional(),
  trigger: z.unknown().optional(),
  untilNode: z.string().max(63).optional(),
  onlyNode: z.object({ id: z.string().max(63), scope: z.record(z.string(), z.unknown()).default({}) }).optional(),
  pins: pinsSchema.optional(),
};

export const startRunInput = z.object({
  workflowId: workflowIdSchema,
  /** Another version than the published one; with environments one that the environment has had. */
  versionId: z.uuid().optional(),
  /** Id or name for programs. Default: the live one; for tests the first that takes them. */
  environment: environmentRefSchema.optional(),
  /** `test` runs the draft as it is now, saved as an unlisted version. */
  mode: runModeSchema.default("production"),
  input: z.unknown().optional(),
  labels: z.record(z.string().max(100), z.string().max(500)).optional(),
  /** A second start with the same key answers the first run. */
  idempotencyKey: z.string().min(1).max(200).optional(),
  ...testOptions,
});
export const startInlineRunInput = z.object({
  definition: z.unknown(),
  name: z.string().max(200).optional(),
  environment: environmentRefSchema.optional(),
  input: z.unknown().optional(),
  labels: z.record(z.string().max(100), z.string().max(500)).optional(),
  /** A second start by the same caller with the same key answers the first run. */
  idempotencyKey: startRunInput.shape.idempotencyKey,
  ...testOptions,
});
export const startedRunSchema = z.object({ runId: z.string(), mode: runModeSchema });

const listOf = <Item extends z.ZodType>(item: Item) => z.union([z.array(item), item.transform((one) => [one])]);

/** `name=value` */
const labelSchema = z.string().max(601).regex(/^[^=]{1,100}=/, "must be name=value");
/** Three letters or digits in a row are what an index of texts can go by. */
const searchTextSchema = z.string().trim().max(200).regex(/[\p{L}\p{N}]{3}/u, "must hold three letters or digits in a row");
const durationSchema = z.coerce.number().int().min(0).max(100_000_000_000);

export const runFilterSchema = z.object({
  workflowId: workflowIdSchema.optional(),
  versionId: uuidSchema.optional(),
  status: listOf(runStatusSchema).optional(),
  mode: runModeSchema.optional(),
  trigger: listOf(z.string().max(50)).optional(),
  /** The person or service account that started it. */
  startedById: uuidSchema.optional(),
  environment: listOf(uuidSchema).optional(),
  parentRunId: uuidSchema.optional(),
  /** With `parentRunId`: the step of that run which began them. */
  parentPath: pathSchema.optional(),
  from: momentSchema.optional(),
  to: momentSchema.optional(),
  /** Of runs that have ended: from their start to their end. */
  minDurationMs: durationSchema.optional(),
  maxDurationMs: durationSchema.optional(),
  labels: listOf(labelSchema).optional(),
  /** Part of the stored input, output or error (the first 65,536 characters of each, behind the first 8,192 word by word), or the id of a run. */
  text: searchTextSchema.optional(),
});
export const listRunsInput = runFilterSchema.extend(pageInput);
/** `searchedTo`: the look stopped there before the page was full; the cursor goes on from it. */
export const runPageSchema = pageOf(runSummarySchema).extend({ searchedTo: momentSchema.nullable() });
export type RunPage = z.output<typeof runPageSchema>;

/** What the filters offer. */
export const filterOptionsSchema = z.object({
  /** Labels and kinds of triggers of the newest runs. */
  labels: z.array(z.string()),
  triggers: z.array(z.string()),
});
export type FilterOptions = z.output<typeof filterOptionsSchema>;

export const runChartInput = runFilterSchema.extend({ buckets: z.coerce.number().int().min(10).max(200).default(60) });
export const runChartSchema = z.object({
  from: momentSchema,
  to: momentSchema,
  bucketMs: z.int(),
  /** Those with runs, oldest first. */
  buckets: z.array(z.object({
    at: momentSchema,
    counts: z.partialRecord(runStatusSchema, z.int()),
    /** Milliseconds of those that have ended. */
    median: z.number().nullable(),
    p95: z.number().nullable(),
  })),
  /** False: older runs than `coveredFrom` are not counted. */
  coveredFrom: momentSchema.nullable(),
});
export type RunChart = z.output<typeof runChartSchema>;

const runIdsSchema = z.array(uuidSchema).min(1).max(MAX_BULK_RUNS);
export const cancelRunsInput = z.object({ runIds: runIdsSchema, reason: z.string().max(1_000).optional() });
/** From `failure`: each from the step that it failed at, keeping what was done before. */
export const rerunRunsInput = z.object({ runIds: runIdsSchema, from: z.enum(["start", "failure"]).default("start") });
const refusalSchema = z.object({ kind: z.string(), message: z.string() });
export const cancelRunsOutput = z.object({ results: z.array(z.object({ runId: z.string(), requested: z.boolean(), refusal: refusalSchema.nullable() })) });
export const rerunRunsOutput = z.object({ results: z.array(z.object({ runId: z.string(), newRunId: z.string().nullable(), refusal: refusalSchema.nullable() })) });

export const keepRunInput = z.object({ runId: uuidSchema, kept: z.boolean() });
export const keepRunOutput = keepRunInput;
export const compareRunsInput = z.object({ runId: uuidSchema, otherId: uuidSchema });
const comparedStepSchema = z.object({ status: stepStatusSchema, attempts: z.int(), milliseconds: z.number().nullable() });
export const comparedSchema = z.object({
  left: runSummarySchema,
  right: runSummarySchema,
  same: z.object({ version: z.boolean(), input: z.boolean(), output: z.boolean() }),
  /** Steps by path; those that differ first. Null: that run did not come to it. */
  steps: z.array(z.object({ path: z.string(), nodeId: z.string(), left: comparedStepSchema.nullable(), right: comparedStepSchema.nullable(), sameInput: z.boolean(), sameOutput: z.boolean(), sameError: z.boolean(), sameConfig: z.boolean() })),
  differing: z.int(),
  total: z.int(),
});
export type Compared = z.output<typeof comparedSchema>;
export const comparedNodeInput = compareRunsInput.extend({ nodeId: z.string().max(63) });
/** As JSON text; null: that version has no such step. */
export const comparedNodeSchema = z.object({ left: z.string().nullable(), right: z.string().nullable() });
export type ComparedNode = z.output<typeof comparedNodeSchema>;

export const runRefInput = z.object({ runId: uuidSchema });
/** A run by whose end another one failed, and its own step at fault. */
export const failureCauseSchema = z.object({
  runId: z.string(),
  workflow: runSummarySchema.shape.workflow,
  status: runStatusSchema,
  failure: failureSchema.nullable(),
  nodeName: z.string().nullable(),
  /** What stands in the field at fault. */
  expression: z.string().nullable(),
});
export type FailureCause = z.output<typeof failureCauseSchema>;

const MAX_OPEN_ITERATIONS = 50;
const outlineFields = {
  /** Nothing of iterations but of those that `within` names (`loop[3]`); figures of loops instead. */
  outline: z.stringbool().or(z.boolean()).default(false),
  within: listOf(pathSchema).pipe(z.array(pathSchema).max(MAX_OPEN_ITERATIONS)).default([]),
};
export const getRunInput = runRefInput.extend(outlineFields);
export const runStepsInput = runRefInput.extend({
  afterSeq: z.coerce.number().int().min(0).max(2_147_483_647).default(0),
  /** Only this path and what lies inside it, such as `loop[3]`. */
  under: pathSchema.optional(),
  ...outlineFields,
});
/** Iterations of one loop, for the part of a list that is in view. */
export const runIterationsInput = runRefInput.extend({
  loop: pathSchema,
  from: z.coerce.number().int().min(0).max(10_000_000).default(0),
  limit: z.coerce.number().int().min(1).max(500).default(200),
});
/** Steps under way, by their paths: there may be more of them than come with the run. */
export const openStepsInput = runRefInput.extend({ ...outlineFields, after: pathSchema.optional(), limit: z.coerce.number().int().min(1).max(500).default(200) });
export const openStepsOutput = z.object({ steps: z.array(stepSummarySchema), next: z.string().nullable() });
export const runIterationsOutput = z.object({ steps: z.array(stepSummarySchema) });

export const runValueInput = runRefInput.extend({
  /** Empty: the run itself. */
  path: pathSchema.default(""),
  /** Default: the latest attempt. */
  attempt: z.coerce.number().int().min(1).max(1_000_000).optional(),
  what: z.enum(["input", "output", "error", "trigger"]),
  offset: z.coerce.number().int().min(0).max(2_000_000_000).default(0),
  limit: z.coerce.number().int().min(4).max(262_144).default(65_536),
  /** The slice begins shortly before the first place from `offset` on that says it, in whatever case; `found` is that place. */
  find: z.string().min(1).max(200).optional(),
});
/** A slice of the stored text; `null` total: no such value was stored. */
export const runValueSchema = z.object({ text: z.string(), offset: z.int(), total: z.int().nullable(), next: z.int().nullable(), found: z.int().nullable().optional() });
/** Part of a stored value: some members of the object or list at `pointer`, or some characters of the text there. */
export const runSliceInput = runValueInput.pick({ runId: true, path: true, attempt: true, what: true }).extend({
  pointer: z.string().max(20_000).regex(/^(\/.*)?$/s, "must be a JSON pointer").default(""),
  from: z.coerce.number().int().min(0).max(2_000_000_000).default(0),
  limit: z.coerce.number().int().min(1).max(200).default(100),
  /** Longer members are told by their beginning and their size. */
  itemCharacters: z.coerce.number().int().min(20).max(4_000).default(1_000),
});
const jsonTypeSchema = z.enum(["object", "array", "string", "number", "boolean", "null"]);
/** Null: there is no such value, or no such place in it. */
export const runSliceSchema = z
  .object({
    type: jsonTypeSchema,
    total: z.int(),
    text: z.string().nullable(),
    items: z.array(z.object({ key: z.string(), type: jsonTypeSchema, text: z.string().nullable(), start: z.string(), characters: z.int(), count: z.int().nullable() })),
  })
  .nullable();
export type RunSlice = NonNullable<z.output<typeof runSliceSchema>>;

/** How many items the lists have that these steps gave, by themselves or within their output; steps without one are left out. */
export const runCountsInput = runRefInput.extend({ paths: z.array(pathSchema).max(1_000) });
export const runCountsSchema = z.record(z.string(), z.int());
export const runLogsInput = runRefInput.extend({
  ...pageInput,
  path: pathSchema.optional(),
  /** Part of the message. */
  text: z.string().max(200).optional(),
  /** Least severe level. */
  level: logLevelSchema.default("debug"),
});
/** As pages read it. `before`: the lines that lead up to that one (or to the end), the nearest; `nextCursor` is then what to go on before, null at the beginning. */
export const readLogsInput = runLogsInput.extend({ before: z.string().regex(/^(end|\d{1,18})$/).optional() });
export const logLineSchema = z.object({
  id: z.string(),
  at: momentSchema,
  path: z.string(),
  attempt: z.int(),
  level: logLevelSchema,
  message: z.string(),
  fields: z.record(z.string(), z.unknown()).nullable(),
});
export type RunLogLine = z.output<typeof logLineSchema>;
/** Oldest first. `nextCursor` is never null while the run goes on: asking again with it gives newer lines. */
export const runLogPageSchema = pageOf(logLineSchema);

export const cancelRunInput = runRefInput.extend({ reason: z.string().max(1_000).optional() });
export const cancelRunOutput = z.object({ runId: z.string(), status: runStatusSchema, requested: z.boolean() });
export const rerunInput = runRefInput.extend({
  /** Path of the step to begin again at; without it the whole run is repeated. */
  fromPath: pathSchema.optional(),
  /** Another input; only for a whole repetition. What says the same as the run's own stays as it was, dates and large numbers too. */
  input: z.unknown().optional(),
});

export const signalRunInput = runRefInput.extend({
  name: z.string().min(1).max(200), payload: z.unknown().optional(),
  /** A second signal with the same key is dropped. */
  key: z.string().min(1).max(200).optional(),
});
