import { createHash } from "node:crypto";

const MAX_CHARACTERS = 500;

/** A longer key is told apart by the hash of the whole: what is at its end counts as much. */
export function storedKey(key: string): string {
  if (key.length <= MAX_CHARACTERS) return key;
  const hash = createHash("sha256").update(key).digest("base64url");
  return `${key.slice(0, MAX_CHARACTERS - hash.length - 1).replace(/[\uD800-\uDBFF]$/, "")}/${hash}`;
}

/** As an earlier release stored those that are not stored as they are now. */
export function formerlyStored({ dedupeKey, formerKey }: { dedupeKey: string; formerKey?: string | undefined }): string[] {
  return [formerKey, dedupeKey.length > MAX_CHARACTERS ? dedupeKey : undefined].flatMap((key) => (key === undefined ? [] : [key.slice(0, MAX_CHARACTERS)]));
}
