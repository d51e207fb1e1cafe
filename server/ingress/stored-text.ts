import type { RunAnswer } from "@/server/triggers/service";

/** What JSON cannot say becomes text. */
export function jsonOf(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? String(part) : part)) ?? "null";
}

/** Null while there is nothing to answer. */
export function endOf(answer: RunAnswer | null): RunAnswer | null {
  if (answer === null) return null;
  return answer.respond !== null || (answer.status !== null && answer.status !== "queued") || answer.eventStatus === "failed" || answer.eventStatus === "missed" || answer.eventStatus === "filtered" ? answer : null;
}
