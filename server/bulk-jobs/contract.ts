import { z } from "zod";
import { momentSchema } from "@/server/paging/contract";
import { cancelRunsInput, rerunRunsInput, runFilterSchema } from "@/server/runs/contract";
import { BULK_ACTIONS, BULK_STATES } from "./constants";

export const bulkActionSchema = z.enum(BULK_ACTIONS);
export type BulkAction = z.output<typeof bulkActionSchema>;

/** All runs that fit now; those that begin later are not meant. */
export const countBulkInput = z.object({ action: bulkActionSchema, filter: runFilterSchema });
/** `isMore`: there are more than are counted. */
export const countedSchema = z.object({ count: z.int(), isMore: z.boolean() });

export const cancelAllInput = z.object({ filter: runFilterSchema, reason: cancelRunsInput.shape.reason });
export const rerunAllInput = z.object({ filter: runFilterSchema, from: rerunRunsInput.shape.from });
export const bulkJobRefInput = z.object({ jobId: z.uuid() });

export const bulkJobSchema = z.object({
  id: z.string(),
  action: bulkActionSchema,
  state: z.enum(BULK_STATES),
  reason: z.string().nullable(),
  /** Runs that fitted at its beginning; null: more than are counted. */
  total: z.int().nullable(),
  /** Runs that came by, and those of them that it was done to. */
  seen: z.int(),
  done: z.int(),
  /** Why others were refused, the most frequent first. */
  refusals: z.array(z.object({ message: z.string(), count: z.int() })),
  /** Why it ended before all had come by. */
  problem: z.string().nullable(),
  startedBy: z.string(),
  /** Whoever asks began it. */
  isOwn: z.boolean(),
  createdAt: momentSchema,
  endedAt: momentSchema.nullable(),
});
export type BulkJobView = z.output<typeof bulkJobSchema>;
