import { readBlobReference } from "@/server/expressions/decoding";

/**
 * What runs were given (input and trigger) comes with their claim. Up to this size it counts as nothing: two hundred of them are 12 MB.
 * What is larger is counted, so that no claim brings more than its worker can hold.
 */
export const LARGE_GIVEN_BYTES = 65_536;
/** Of an integer in the database. */
const MOST = 2_147_483_647;

/** As it counts for claims, wherever it is kept: whoever holds the run reads it. */
export function givenBytes({ input, trigger }: { input: string; trigger: string | null }): number {
  const bytes = bytesOf(input) + bytesOf(trigger ?? "");
  return bytes > LARGE_GIVEN_BYTES ? Math.min(bytes, MOST) : 0;
}

// A UTF-16 unit is at most three bytes of UTF-8: short texts need not be measured.
function bytesOf(text: string): number {
  return readBlobReference(text)?.size ?? (text.length * 6 <= LARGE_GIVEN_BYTES ? 0 : Buffer.byteLength(text));
}
