import { z } from "zod";
import type { Refusal } from "@/server/engine/ports";

/** Why a run is not running although it could, as `run_queue.wait_reason` keeps it. */
export const waitReasonSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("concurrency"), key: z.string(), limit: z.int() }),
  z.object({ kind: z.literal("throttle"), limit: z.int(), periodSeconds: z.number(), key: z.string().optional() }),
  z.object({ kind: z.literal("debounce"), count: z.int(), key: z.string().optional() }),
  /** The database refuses what it has to write or read. `epoch` in this and the next: of who holds it at work, and told so. */
  z.object({ kind: z.literal("refused"), message: z.string(), times: z.int(), until: z.number(), since: z.number().optional(), epoch: z.int().optional() }),
  /** It cannot store a value of the step at `path`. */
  z.object({ kind: z.literal("unstorable"), message: z.string(), path: z.string().nullable(), since: z.number(), epoch: z.int() }),
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
  if (reason?.kind !== "refused") return null;
  const { message, times, until, since } = reason;
  return { message, times, until, ...(since === undefined ? {} : { since }) };
}
