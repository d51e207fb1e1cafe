import { z } from "zod";

/** Why a run is not running although it could, as `run_queue.wait_reason` keeps it. */
export const waitReasonSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("concurrency"), key: z.string(), limit: z.int() }),
  z.object({ kind: z.literal("throttle"), limit: z.int(), periodSeconds: z.number(), key: z.string().optional() }),
  z.object({ kind: z.literal("debounce"), count: z.int(), key: z.string().optional() }),
]);
export type WaitReason = z.output<typeof waitReasonSchema>;

export function waitReasonText(reason: WaitReason): string {
  return JSON.stringify(reason);
}

/** Null when there is none. */
export function readWaitReason(text: string | null): WaitReason | null {
  return text === null ? null : waitReasonSchema.parse(JSON.parse(text));
}
