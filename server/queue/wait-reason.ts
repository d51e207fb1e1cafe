import { z } from "zod";
import type { Refusal } from "@/server/engine/ports";

/** Why a run is not running although it could, as `run_queue.wait_reason` keeps it. */
export const waitReasonSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("concurrency"), key: z.string(), limit: z.int() }),
  z.object({ kind: z.literal("throttle"), limit: z.int(), periodSeconds: z.number(), key: z.string().optional() }),
  z.object({ kind: z.literal("debounce"), count: z.int(), key: z.string().optional() }),
  /** The database refuses what it has to write or read. */
  z.object({ kind: z.literal("refused"), message: z.string(), times: z.int(), until: z.number() }),
]);
export type WaitReason = z.output<typeof waitReasonSchema>;

export function waitReasonText(reason: WaitReason): string {
  return JSON.stringify(reason);
}

/** Null when there is none, or one that only a newer release knows. */
export function readWaitReason(text: string | null): WaitReason | null {
  return text === null ? null : (waitReasonSchema.safeParse(JSON.parse(text)).data ?? null);
}

export function refusalOf(text: string | null): Refusal | null {
  const reason = readWaitReason(text);
  return reason?.kind === "refused" ? { message: reason.message, times: reason.times, until: reason.until } : null;
}
