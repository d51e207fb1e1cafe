import type { LogLine, Refusal, RunWrite, StoreRefusedError } from "@/server/engine/ports";
import { jsonText } from "@/server/queue/columns";
import type { StepError } from "@/server/nodes/runner";

const LONGEST_DELAY_MS = 600_000;

/** What is larger is not kept: what it tells of is done again. */
const MAX_KEPT_CHARACTERS = 1_000_000;

/** Woken by a message before its time, it is not counted again; what passes by itself is counted once. */
export function nextRefusal(before: Refusal | null, { message, isPassing }: Pick<StoreRefusedError, "message" | "isPassing">, now: number, delayMs: number): Refusal {
  if (before !== null && now < before.until) return { ...before, message };
  const times = isPassing ? Math.max(1, before?.times ?? 0) : (before?.times ?? 0) + 1;
  return { message, times, until: now + Math.min(LONGEST_DELAY_MS, delayMs * 2 ** (times - 1)), since: before?.since ?? now };
}

/** What passes by itself is waited for, however often. */
export function mayTryAgain({ times }: Refusal, { isPassing }: Pick<StoreRefusedError, "isPassing">, maxRefusals: number): boolean {
  return isPassing || times < maxRefusals;
}

export function refusedTooOften({ message, times }: Refusal): StepError {
  return { code: "store_refused", message: `the database refused ${times} times what this run has to write: ${message}` };
}

/** Results are worth more than what was said on the way to them: logs and progress go first. */
export function keptText(write: RunWrite | null): string | null {
  return write === null ? null : (fitting(write) ?? fitting({ ...write, logs: countedLogs(write.logs), progress: [] }));
}

function fitting(write: RunWrite): string | null {
  const text = jsonText(write);
  return text.length > MAX_KEPT_CHARACTERS ? null : text;
}

/** One line for all those of an attempt. */
function countedLogs(logs: readonly LogLine[]): LogLine[] {
  const counted = new Map<string, LogLine & { lines: number }>();
  for (const { path, attempt, at } of logs) {
    const key = `${path}#${attempt}`;
    const lines = (counted.get(key)?.lines ?? 0) + 1;
    counted.set(key, { path, attempt, level: "warn", message: `lines that were not kept, as the database refused them: ${lines}`, at, lines });
  }
  return [...counted.values()].map(({ lines: _, ...line }) => line);
}

/** As it is written by whoever holds the run now. */
export function keptWrite(text: string, epoch: number): RunWrite {
  return { ...(JSON.parse(text) as RunWrite), epoch, resetTakeovers: true };
}
