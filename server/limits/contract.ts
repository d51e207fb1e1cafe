import { z } from "zod";
import { momentSchema } from "@/server/paging/contract";

export const MAX_CONCURRENT_RUNS_TOP = 100_000;
export const MAX_BATCH_RUNS_TOP = 50_000;
export const DEFAULT_MAX_BATCH_RUNS = 10_000;

/** Limits of a workspace, and how far it uses them. */
export const limitsViewSchema = z.object({
  /** Null: no limit. */
  maxConcurrentRuns: z.int().nullable(),
  running: z.int(),
  queued: z.int(),
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

/** Why a run is not running although nothing but a limit keeps it from it. */
export const waitReasonViewSchema = z.discriminatedUnion("kind", [
  /** `key`: the value of the limit's key, null when all runs of the workflow count together. */
  z.object({ kind: z.literal("concurrency"), limit: z.int(), key: z.string().nullable(), holders: z.array(z.string()), ahead: z.int() }),
  z.object({ kind: z.literal("workspace"), limit: z.int(), running: z.int() }),
  z.object({ kind: z.literal("throttle"), limit: z.int(), periodSeconds: z.number(), until: momentSchema.nullable() }),
  z.object({ kind: z.literal("debounce"), count: z.int(), until: momentSchema.nullable() }),
  /** No worker that serves the pool has been heard of lately. */
  z.object({ kind: z.literal("no_worker"), pool: z.string() }),
]);
export type WaitReasonView = z.output<typeof waitReasonViewSchema>;
