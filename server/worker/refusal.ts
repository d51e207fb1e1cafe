import type { Refusal, RunWrite, StoreRefusedError } from "@/server/engine/ports";
import { jsonText } from "@/server/queue/columns";
import type { StepError } from "@/server/nodes/runner";

const LONGEST_DELAY_MS = 600_000;

/** What is larger is not kept: what it tells of is done again. */
const MAX_KEPT_CHARACTERS = 1_000_000;

/** Woken by a message before its time, it is not counted again; what passes by itself is counted once. */
export function nextRefusal(before: Refusal | null, { message, isPassing }: Pick<StoreRefusedError, "message" | "isPassing">, now: number, delayMs: number): Refusal {
  if (before !== null && now < before.until) return { ...before, message };
  const times = isPassing ? Math.max(1, before?.times ?? 0) : (before?.times ?? 0) + 1;
  return { message, times, until: now + Math.min(LONGEST_DELAY_MS, delayMs * 2 ** (times - 1)) };
}

/** What passes by itself is waited for, however often. */
export function mayTryAgain({ times }: Refusal, { isPassing }: Pick<StoreRefusedError, "isPassing">, maxRefusals: number): boolean {
  return isPassing || times < maxRefusals;
}

export function refusedTooOften({ message, times }: Refusal): StepError {
  return { code: "store_refused", message: `the database refused ${times} times what this run has to write: ${message}` };
}

export function keptText(write: RunWrite | null): string | null {
  const text = write === null ? null : jsonText(write);
  return text === null || text.length > MAX_KEPT_CHARACTERS ? null : text;
}

/** As it is written by whoever holds the run now. */
export function keptWrite(text: string, epoch: number): RunWrite {
  return { ...(JSON.parse(text) as RunWrite), epoch, resetTakeovers: true };
}
