import { readBlobText } from "@/server/blobs/service";
import { decodeValue, readBlobReference } from "@/server/expressions/decoding";
import type { RunAnswer } from "@/server/triggers/service";

/** The value behind a stored text, wherever it is kept. */
export async function valueOf(workspaceId: string, text: string): Promise<unknown> {
  const reference = text.length < 200 ? readBlobReference(text) : null;
  return decodeValue(reference === null ? text : ((await readBlobText(workspaceId, reference.id)) ?? "null"));
}

/** What JSON cannot say becomes text. */
export function jsonOf(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? String(part) : part)) ?? "null";
}

/** Null while there is nothing to answer. */
export function endOf(answer: RunAnswer | null): RunAnswer | null {
  if (answer === null) return null;
  return answer.respond !== null || (answer.status !== null && answer.status !== "queued") || answer.eventStatus === "failed" || answer.eventStatus === "missed" ? answer : null;
}
