import { z } from "zod";
import { choice } from "@/server/engine/choice";

/**
 * The workflow definition: one JSON document (`schema: 1`). This file says its shape; `validate.ts` says what makes a
 * document of this shape a workflow that can run.
 */

export const NODE_ID_PATTERN = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/;

/** Ids are property names in run states and scopes: what every object inherits cannot be one. */
const isInherited = (id: string): boolean => id in Object.prototype;

export const nodeIdSchema = z
  .string()
  .regex(NODE_ID_PATTERN, "must start with a letter and hold only letters, digits, _ and - (63 at most)")
  .refine((id) => !isInherited(id), "is a name that every object has; choose another");

/** A JSON Schema document (2020-12). Its own validity is checked by the validator, not by this shape. */
export const jsonSchemaSchema = z.union([z.boolean(), z.record(z.string(), z.unknown())]);

export const retrySchema = z.strictObject({
  /** Attempts in all, the first one included. */
  maxAttempts: z.int().min(1).max(100),
  strategy: choice({ constant: "The same each time", exponential: "Longer each time" }).default("exponential"),
  delaySeconds: z.number().min(0).max(86_400).default(1),
  factor: z.number().min(1).max(10).default(2),
  maxDelaySeconds: z.number().min(0).max(86_400).default(300),
  /** Share of the delay that is random: 0 none, 1 anywhere between nothing and the whole delay. */
  jitter: z.number().min(0).max(1).default(0.2),
  /** Expression over `error` and `attempt`; false ends the retries. */
  retryIf: z.string().optional(),
  /** No further attempt starts when this much time has passed since the first one began. */
  maxElapsedSeconds: z.number().positive().optional(),
});

export const cacheSchema = z.strictObject({
  key: z.string().min(1),
  ttlSeconds: z.number().positive().max(31_536_000),
  scope: choice({ workflow: "This workflow", workspace: "The whole workspace" }).default("workflow"),
});

const stepKey = z.string().optional().describe("Expression; each value of it is counted apart. Default: all steps of the node together.");
const stepsPerPeriod = {
  limit: z.int().min(1).max(1_000).describe("Attempts that may begin within any period."),
  periodSeconds: z.number().positive().max(2_678_400).describe("Length of the period in seconds."),
  key: stepKey,
};

const whenFull = choice({ queue: "Wait its turn", skip: "Be skipped", cancelOldest: "Take the place of the oldest, which fails", cancelNew: "Fail itself" }).optional();

/** How many steps of a node there may be in all runs of the workflow: `concurrency` at the same time, the others over time, in production runs. */
const nodeFlowSchemas = {
  concurrency: z
    .strictObject({
      limit: z.int().min(1).describe("Steps at the same time."),
      key: stepKey,
      whenFull: whenFull.describe("What a step does that finds no place: wait its turn (default), be skipped, take the place of the oldest, which fails, or fail itself."),
    })
    .optional(),
  rateLimit: z.strictObject(stepsPerPeriod).optional(),
  throttle: z.strictObject(stepsPerPeriod).optional(),
  debounce: z
    .strictObject({
      seconds: z.number().positive().max(604_800).describe("A step waits so long for a newer one, which takes its place."),
      key: stepKey,
      maxWaitSeconds: z.number().positive().max(2_678_400).optional().describe("The longest wait from the first step on."),
      maxCount: z.int().min(1).max(10_000).optional().describe("So many steps taken together go on at once."),
      mergeField: z.string().min(1).max(200).regex(/^[^.]+(\.[^.]+)*$/, "names of fields with points between them").optional().describe("Field of the setup, such as body or input.rows, whose lists are put together; all else is the newest step's."),
    })
    .optional(),
};

const positionSchema = z.strictObject({ x: z.number(), y: z.number() });
const sizeSchema = z.strictObject({ width: z.number().positive(), height: z.number().positive() });

export const nodeSchema = z.strictObject({
  id: nodeIdSchema,
  kind: z.string().min(1).max(100),
  kindVersion: z.int().min(1).default(1),
  name: z.string().max(200).default(""),
  parent: z.strictObject({ id: nodeIdSchema, slot: z.string().min(1).max(100) }).optional(),
  config: z.record(z.string(), z.unknown()).default({}),
  position: positionSchema.default({ x: 0, y: 0 }),
  size: sizeSchema.optional(),
  /** A frame that shows nothing of what it holds. */
  collapsed: z.boolean().optional(),
  disabled: z.boolean().optional(),
  retry: retrySchema.optional(),
  timeoutSeconds: z.number().positive().max(604_800).optional(),
  onError: z.enum(["fail", "continue", "route"]).optional(),
  /** What becomes of a step whose worker was lost while it ran: it is repeated, unless its kind says otherwise; or it fails with `worker_lost`. */
  onWorkerLost: choice({ retry: "Repeat it", fail: "Fail it" }).optional(),
  skipIf: z.string().optional(),
  cache: cacheSchema.optional(),
  ...nodeFlowSchemas,
  priority: z.int().min(-100).max(100).optional(),
  pool: z.string().max(100).optional(),
  resources: z.strictObject({ cpu: z.number().positive().max(1_024).optional().describe("Processors."), memoryMb: z.number().positive().max(16_777_216).optional().describe("Memory in MB.") }).optional(),
  notes: z.string().max(20_000).optional(),
});

export const edgeSchema = z.strictObject({
  from: nodeIdSchema,
  port: z.string().min(1).max(100).default("out"),
  to: nodeIdSchema,
  toPort: z.string().min(1).max(100).optional(),
  /** Template; the edge is taken only when it is truthy. */
  when: z.string().optional(),
});

const flowKey = z.string().optional().describe("Expression; each value of it is counted apart. Default: all runs of the workflow together.");
const perPeriod = {
  limit: z.int().min(1).max(1_000).describe("Runs that may start within any period."),
  periodSeconds: z.number().positive().max(2_678_400).describe("Length of the period in seconds."),
  key: flowKey,
};

/** How many runs there may be: `concurrency` at the same time, the others over time. They hold for production runs, `concurrency` for tests too. */
export const flowSchemas = {
  concurrency: z
    .strictObject({
      limit: z.int().min(1).describe("Runs at the same time."),
      key: flowKey,
      whenFull: whenFull.describe("What a run does that finds no place: wait its turn (default), end at once without counting as cancelled, take the place of the oldest, or be cancelled."),
    })
    .describe("How many runs there may be at the same time."),
  rateLimit: z.strictObject(perPeriod).describe("Runs over this many in a period end at once."),
  throttle: z.strictObject(perPeriod).describe("Runs over this many in a period wait for a later one."),
  debounce: z
    .strictObject({
      seconds: z.number().positive().max(604_800).describe("A run waits so long for a newer one, which takes its place."),
      key: flowKey,
      maxWaitSeconds: z.number().positive().max(2_678_400).optional().describe("The longest wait from the first run on."),
      maxCount: z.int().min(1).max(10_000).optional().describe("So many runs taken together go on at once."),
      mergeField: z.string().min(1).max(200).optional().describe("Field of the input whose lists are put together; all else is the newest run's."),
    })
    .describe("Takes runs that follow each other closely together as one."),
} as const;

export const ANNOTATION_COLORS = ["yellow", "green", "blue", "purple", "pink", "grey"] as const;

/** A note that people stick on the canvas: plain text that no run ever sees. */
export const annotationSchema = z.strictObject({
  id: nodeIdSchema,
  text: z.string().max(20_000).default(""),
  position: positionSchema,
  size: sizeSchema,
  color: z.enum(ANNOTATION_COLORS).default("yellow"),
});

export const settingsSchema = z.strictObject({
  timeoutSeconds: z.number().positive().max(31_536_000).optional(),
  concurrency: flowSchemas.concurrency.optional(),
  rateLimit: flowSchemas.rateLimit.optional(),
  throttle: flowSchemas.throttle.optional(),
  debounce: flowSchemas.debounce.optional(),
  priority: z.int().min(-100).max(100).optional(),
  pool: z.string().max(100).optional(),
  runAs: z.string().optional(),
  /** Whoever may start runs may start it without being able to see it. */
  startWithoutReading: z.boolean().optional(),
  errorWorkflow: z.string().optional(),
  /** The workspace's error and success workflows are not started for its runs. */
  muteHandlers: z.boolean().optional(),
  retentionDays: z.int().min(1).optional(),
  /** Steps of one run that may execute at the same time. */
  maxParallel: z.int().min(1).max(10_000).optional(),
  labels: z.record(z.string(), z.string()).optional(),
});

export const definitionSchema = z.strictObject({
  schema: z.literal(1),
  input: jsonSchemaSchema.default({}),
  output: z.unknown().optional(),
  outputSchema: jsonSchemaSchema.optional(),
  nodes: z.array(nodeSchema).max(5_000),
  edges: z.array(edgeSchema).max(20_000),
  settings: settingsSchema.default({}),
  annotations: z.array(annotationSchema).max(1_000).optional(),
});

export type Definition = z.output<typeof definitionSchema>;
/** A definition as people write it: defaults may be left out. */
export type DefinitionInput = z.input<typeof definitionSchema>;
export type WorkflowNode = Definition["nodes"][number];
export type WorkflowEdge = Definition["edges"][number];
export type Annotation = z.output<typeof annotationSchema>;
export type AnnotationColor = Annotation["color"];
export type WorkflowSettings = Definition["settings"];
export type RetryPolicy = z.output<typeof retrySchema>;

/** Kinds that hold other nodes in slots. The engine runs them itself; they have no runner. */
export const CONTAINER_KINDS = ["parallel", "tryCatch", "ifElse", "switchCase", "forEach", "while"] as const;
export type ContainerKind = (typeof CONTAINER_KINDS)[number];

export function isContainerKind(kind: string): kind is ContainerKind {
  return (CONTAINER_KINDS as readonly string[]).includes(kind);
}

/** Kinds whose success steers the run itself: the engine gives them their meaning, a runner only evaluates their config. */
export const CONTROL_KINDS = ["join", "stop", "break", "continue"] as const;
export type ControlKind = (typeof CONTROL_KINDS)[number];

/** Kinds whose attempts do nothing but wait, outside of memory: such time is none of an attempt's. */
export const WAITING_KINDS: readonly string[] = ["delay", "wait.signal", "approval", "subworkflow", "module"];

const resultTemplate = z.unknown().optional().describe("Output; it sees the nodes inside. Default: the output of the last node, or an object when there are several.");

/** Config of the container kinds: what the engine needs to know. Templates are strings or JSON holding `{{ }}`. */
export const containerConfigSchemas = {
  parallel: z.strictObject({
    branches: z.int().min(1).max(100).describe("Number of branches."),
    result: resultTemplate,
  }),
  tryCatch: z.strictObject({
    result: resultTemplate,
    finallyGraceSeconds: z.number().positive().max(3_600).default(60).describe("Time that `finally` gets once the run is being cancelled."),
  }),
  ifElse: z.strictObject({
    condition: z.string().min(1).describe("Expression; truthy runs `then`."),
    result: resultTemplate,
  }),
  switchCase: z.strictObject({
    value: z.unknown().describe("Compared with every case, first match wins."),
    cases: z.array(z.strictObject({ name: z.string().regex(NODE_ID_PATTERN), equals: z.unknown() })).min(1).max(100).describe("Each has the slot `case:<name>`."),
    result: resultTemplate,
  }),
  forEach: z.strictObject({
    items: z.unknown().describe("List."),
    mode: choice({ sequential: "One after the other", parallel: "Several at a time" }).default("sequential"),
    limit: z.int().min(1).max(1_000).default(10).describe("Iterations in flight at once, in parallel mode."),
    continueOnItemError: z.boolean().default(false).describe("A failed item counts as null and does not end the loop."),
    result: z.unknown().optional().describe("Evaluated in each iteration; the loop's output is the list of these. Default: the output of the last node."),
  }),
  while: z.strictObject({
    condition: z.string().min(1).describe("Expression, evaluated before each iteration."),
    maxIterations: z.int().min(1).max(100_000).default(1_000).describe("The loop fails when its condition still holds after so many."),
    result: z.unknown().optional().describe("Evaluated in each iteration: `previous` of the next one, and the loop's output after the last."),
  }),
} as const satisfies Record<ContainerKind, z.ZodType>;

export const joinConfigSchema = z.strictObject({
  mode: choice({ all: "For all that come in", any: "For the first", n: "For so many" }).default("all"),
  n: z.int().min(1).max(1_000).optional().describe("Edges to wait for, with mode `n`."),
  cancelOthers: z.boolean().default(false).describe("With `any` and `n`: once it fires, cancel the nodes whose every path leads only to this join."),
});
