import { z } from "zod";
import { momentSchema } from "@/server/paging/contract";
import { runStatusSchema } from "@/server/runs/contract";

/** How far back the figures look, in parts of equal length for the chart. The names are those of the filter of the runs list. */
export const HEALTH_WINDOWS = {
  hour: { milliseconds: 3_600_000, parts: 30 },
  day: { milliseconds: 86_400_000, parts: 24 },
  week: { milliseconds: 7 * 86_400_000, parts: 28 },
  month: { milliseconds: 30 * 86_400_000, parts: 30 },
} as const;
export const healthWindowSchema = z.enum(["hour", "day", "week", "month"]);
export type HealthWindow = z.output<typeof healthWindowSchema>;

export const healthInput = z.object({ window: healthWindowSchema.default("day") });

const count = z.int();
const countsSchema = z.object({ succeeded: count, failed: count, cancelled: count, unfinished: count });
export type RunCounts = z.output<typeof countsSchema>;

const workflow = { id: z.string(), name: z.string(), runs: count };

/** Of the production runs that were created in the window. */
export const healthSchema = z.object({
  from: momentSchema,
  to: momentSchema,
  counts: countsSchema,
  /** Oldest first, without gaps. */
  parts: z.array(z.object({ from: momentSchema, counts: countsSchema })),
  /** Null: the window was looked at as a whole; else only the newest so many runs of it, back to `since`. */
  limitedTo: z.object({ runs: count, since: momentSchema }).nullable(),
  failing: z.array(z.object({ ...workflow, failed: count })),
  /** By the time that 19 of 20 runs took no longer than. */
  slowest: z.array(z.object({ ...workflow, p95Milliseconds: z.number() })),
});
export type Health = z.output<typeof healthSchema>;

/** What has not ended. With `atLeast` the numbers are those of the first so many that were looked at. */
export const backlogSchema = z.object({
  queued: count,
  running: count,
  waiting: count,
  blocked: count,
  atLeast: z.boolean(),
  /** Since when the run that is next in turn could have been started. */
  oldestDueAt: momentSchema.nullable(),
});
export type Backlog = z.output<typeof backlogSchema>;

/** Triggers that fire by the clock, the next first. */
export const schedulesSchema = z.object({
  next: z.array(z.object({ id: z.string(), name: z.string(), workflow: z.object({ id: z.string(), name: z.string() }), at: momentSchema })),
  /** Those that should have fired some time ago. */
  overdue: count,
  scheduled: count,
});
export type Schedules = z.output<typeof schedulesSchema>;

/** The example that ran at the first start, as long as it exists and the person has not put the guide away. */
export const guideSchema = z
  .object({
    workflow: z.object({ id: z.string(), name: z.string(), versionId: z.string().nullable() }),
    run: z.object({ id: z.string(), status: runStatusSchema, createdAt: momentSchema, startedAt: momentSchema.nullable(), finishedAt: momentSchema.nullable() }),
  })
  .nullable();
export type Guide = z.output<typeof guideSchema>;

export const guideShownInput = z.object({ shown: z.boolean() });
