import { z } from "zod";
import { momentSchema } from "@/server/paging/contract";
import { MAX_BRIEFS } from "./constants";

export const MAX_CONCURRENT_RUNS_TOP = 100_000;
export const MAX_BATCH_RUNS_TOP = 50_000;
export const DEFAULT_MAX_BATCH_RUNS = 10_000;

/** Limits of a workspace, and how far it uses them. */
export const limitsViewSchema = z.object({
  /** Null: no limit. */
  maxConcurrentRuns: z.int().nullable(),
  running: z.int(),
  queued: z.int(),
  /** There are more than that: they are not counted. */
  queuedIsMore: z.boolean(),
  /** Runs that one batch may start. */
  maxBatchRuns: z.int(),
  /** When the run was made that waits longest in the queue. */
  oldestQueuedAt: momentSchema.nullable(),
});
export type LimitsView = z.output<typeof limitsViewSchema>;

/** What is left out stays as it is. */
export const setLimitsInput = z.object({
  maxConcurrentRuns: z.int().min(1).max(MAX_CONCURRENT_RUNS_TOP).nullable().optional(),
  /** Null: the default again. */
  maxBatchRuns: z.int().min(1).max(MAX_BATCH_RUNS_TOP).nullable().optional(),
});

/** `key`: the value of the limit's key, null when all runs of the workflow count together. */
const concurrencyReason = z.object({ kind: z.literal("concurrency"), limit: z.int(), key: z.string().nullable() });
const noWorker = z.object({ kind: z.literal("no_worker"), pool: z.string() });
const workspaceReason = z.object({ kind: z.literal("workspace"), limit: z.int(), running: z.int() });
/** All places of the workers that serve the pool are taken. */
const workersReason = z.object({ kind: z.literal("workers"), pool: z.string(), places: z.int() });
/** It was given so much that workers have to be done with other large runs first. */
const memoryReason = z.object({ kind: z.literal("memory"), bytes: z.int() });
/** `ahead` in what follows it: runs of the same key that start before it. */
const throttleReason = z.object({ kind: z.literal("throttle"), limit: z.int(), periodSeconds: z.number(), key: z.string().nullable(), until: momentSchema.nullable() });
/** Workers were lost on it, and each watches one such run at a time. */
const suspectReason = z.object({ kind: z.literal("suspect"), losses: z.int() });
export type QueuedBrief = z.output<typeof noWorker> | z.output<typeof workspaceReason> | z.output<typeof workersReason> | z.output<typeof memoryReason> | z.output<typeof suspectReason>;
const plainReasons = [
  workspaceReason,
  memoryReason,
  suspectReason,
  z.object({ kind: z.literal("debounce"), count: z.int(), key: z.string().nullable(), until: momentSchema.nullable() }),
  /** No worker that serves the pool has been heard of lately. */
  noWorker,
  /** The database refuses what the run has to write or read, for a reason that somebody has to mend. `isAtWork`: steps of it go on to their end meanwhile. */
  z.object({ kind: z.literal("refused"), message: z.string(), times: z.int(), since: momentSchema.nullable(), until: momentSchema.nullable(), isAtWork: z.boolean() }),
  /** It cannot store a value of the step at `path`, which fails once the steps at work have ended. */
  z.object({ kind: z.literal("unstorable"), message: z.string(), path: z.string().nullable(), since: momentSchema }),
] as const;

/** Why a run is not running although nothing but a limit keeps it from it. */
export const waitReasonViewSchema = z.discriminatedUnion("kind", [
  concurrencyReason.extend({ holders: z.array(z.string()), ahead: z.int(), aheadIsMore: z.boolean() }),
  /** `ahead`: runs of the workspace that go before it; `isShared`: other workspaces wait there too, and take turns. */
  workersReason.extend({ ahead: z.int(), aheadIsMore: z.boolean(), isShared: z.boolean() }),
  throttleReason.extend({ ahead: z.int(), aheadIsMore: z.boolean() }),
  ...plainReasons,
]);
export type WaitReasonView = z.output<typeof waitReasonViewSchema>;

/** The same in a list, of many runs at once; `steps` of it have no place. */
export const waitBriefSchema = z.discriminatedUnion("kind", [concurrencyReason, workersReason, throttleReason, z.object({ kind: z.literal("steps"), nodeId: z.string(), limit: z.int().nullable(), count: z.int() }), ...plainReasons]);
export type WaitBrief = z.output<typeof waitBriefSchema>;
export const waitBriefsInput = z.object({ runIds: z.array(z.uuid()).max(MAX_BRIEFS) });
export const waitBriefsSchema = z.array(z.object({ runId: z.string(), reason: waitBriefSchema }));

/** A step that waits for a place under the limit of its node, and who has the places. */
export const stepWaitSchema = z.object({
  path: z.string(),
  nodeId: z.string(),
  limit: z.int().nullable(),
  key: z.string().nullable(),
  since: momentSchema,
  ahead: z.int(),
  /** There are more than that: they are not counted. */
  aheadIsMore: z.boolean(),
  holders: z.array(z.object({ runId: z.string(), path: z.string() })),
});
export type StepWait = z.output<typeof stepWaitSchema>;
