import type { BlobReference } from "@/server/expressions/encoding";
import { SecretText, type SecretPart } from "@/server/expressions/secret-text";

export class DecodingError extends Error {
  override name = "DecodingError";
}

/** The value behind a stored text. A payload in the blob store has to be fetched first: see `readBlobReference`. */
export function decodeValue(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return text.includes('"$') ? revive(value) : value;
}

/** Like `decodeValue`, for text that user code had a hand in: it cannot make secret tokens. */
export function decodeUntrusted(text: string): unknown {
  const value = decodeValue(text);
  if (text.includes('"$secret"') && holdsSecretText(value)) throw new DecodingError("unknown marker $secret");
  return value;
}

function holdsSecretText(value: unknown): boolean {
  if (value instanceof SecretText) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsSecretText);
}

/** The blob that holds the payload, or null if the text is the payload itself. */
export function readBlobReference(text: string): BlobReference | null {
  if (!text.startsWith('{"$blob"')) return null;
  const value = JSON.parse(text) as { $blob?: unknown; size?: unknown };
  return typeof value.$blob === "string" && typeof value.size === "number" ? { id: value.$blob, size: value.size } : null;
}

/** Replaces markers in place, innermost first. */
function revive(value: unknown): unknown {
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) value[index] = revive(value[index]);
    return value;
  }
  if (typeof value !== "object" || value === null) return value;
  return reviveObject(value as Record<string, unknown>);
}

function reviveObject(value: Record<string, unknown>): unknown {
  const keys = Object.keys(value);
  const [first] = keys;
  if (keys.length === 1 && first !== undefined && isMarker(first) && first !== "$file") return reviveMarker(first, value[first]);
  if (!keys.some((key) => key.startsWith("$")) || (keys.length === 1 && first === "$file")) {
    for (const key of keys) define(value, key, revive(value[key]));
    return value;
  }
  const revived = {};
  for (const key of keys) {
    if (isMarker(key)) throw new DecodingError(key === "$blob" ? "the payload is in the blob store" : `unknown marker ${key}`);
    define(revived, key.startsWith("$$") ? key.slice(1) : key, revive(value[key]));
  }
  return revived;
}

function isMarker(key: string): boolean {
  return key.startsWith("$") && !key.startsWith("$$");
}

function reviveMarker(marker: string, content: unknown): unknown {
  switch (marker) {
    case "$number":
      return reviveNumber(content);
    case "$bigint":
      if (typeof content === "string" && /^-?\d+$/.test(content)) return BigInt(content);
      break;
    case "$date":
      if (content === null || typeof content === "string") return new Date(content ?? NaN);
      break;
    case "$string":
      if (typeof content === "string") return JSON.parse(`"${content}"`) as string;
      break;
    case "$entries":
      if (Array.isArray(content)) return reviveEntries(content);
      break;
    case "$secret":
      if (Array.isArray(content)) return new SecretText(content.map(reviveSecretPart));
      break;
  }
  throw new DecodingError(`malformed marker ${marker}`);
}

function reviveNumber(content: unknown): number {
  if (content === "NaN" || content === "Infinity" || content === "-Infinity" || content === "-0") return Number(content);
  throw new DecodingError("malformed marker $number");
}

function reviveEntries(content: unknown[]): object {
  const revived = {};
  for (const entry of content) {
    if (!Array.isArray(entry)) throw new DecodingError("malformed marker $entries");
    const [key, element] = entry.map(revive);
    if (typeof key !== "string") throw new DecodingError("malformed marker $entries");
    define(revived, key, element);
  }
  return revived;
}

function reviveSecretPart(part: unknown): SecretPart {
  const text = typeof part === "object" && part !== null && "$string" in part ? revive(part) : part;
  if (typeof text === "string") return text;
  if (typeof text === "object" && text !== null && "name" in text && typeof text.name === "string") return { name: text.name };
  throw new DecodingError("malformed marker $secret");
}

/** Assignment would set the prototype for the key `__proto__`. */
function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}
