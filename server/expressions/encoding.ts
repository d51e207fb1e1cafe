import { SecretText } from "@/server/expressions/secret-text";
import { MAX_VALUE_DEPTH } from "@/server/expressions/limits";

/**
 * The one encoding of values into the text of a `json` column. Plain JSON is stored as it is; what JSON cannot say,
 * and what PostgreSQL's json functions refuse, is a marker object with one key that begins with `$`:
 *
 *     NaN, Infinity, -Infinity, -0      {"$number":"NaN"}
 *     10n                               {"$bigint":"10"}
 *     a Date                            {"$date":"2026-01-31T00:00:00.000Z"}, null inside if invalid
 *     text with NUL or half a pair      {"$string":"…"}, its JSON escapes once more escaped
 *     an object with such a key         {"$entries":[[key, value], …]}
 *     a text with secrets to come       {"$secret":["Bearer ",{"name":"TOKEN"}]}
 *     a file                            {"$file":…} passes as it is
 *     a payload in the blob store       {"$blob":"id","size":123}, only as a whole; of what a run was given also its beginning, as "head"
 *
 * A user's own key that begins with `$` gets one more `$`. As in JSON, undefined is left out of objects and null elsewhere.
 */
export class EncodingError extends Error {
  override name = "EncodingError";

  constructor(
    message: string,
    /** JSON pointer of the place in the value. */
    readonly path: string,
  ) {
    super(path === "" ? message : `${message} (at ${path})`);
  }
}

export interface BlobReference {
  id: string;
  size: number;
}

export function encodeValue(value: unknown): string {
  if (isPlain(value, 0)) {
    const text = JSON.stringify(value) ?? "null";
    if (!text.includes('"$') && !hasUnstorableEscape(text)) return text;
  }
  return JSON.stringify(mark(value, { pointer: "", depth: 0, ancestors: new Set() })) ?? "null";
}

/** What a row has of a value that lies elsewhere. */
export interface BesideReference {
  head?: string;
  chain?: string[];
}

export function encodeBlobReference({ id, size }: BlobReference, beside: BesideReference = {}): string {
  return JSON.stringify({ $blob: id, size, ...beside });
}

/** As much of a value as runs are searched by (`run_content`), and a part of what a row may hold. */
const HEAD_CHARACTERS = 65_536;
const HEAD_SHARE = 1 / 4;

/** The beginning of a stored text that is too large for its row, with no half character at its end. */
export function headOf(text: string, inlineMaxBytes: number): string {
  return text.slice(0, Math.min(HEAD_CHARACTERS, Math.floor(inlineMaxBytes * HEAD_SHARE))).replace(/[\uD800-\uDBFF]$/, "");
}

/** Whether JSON.stringify alone would say all of it, keys and texts aside. */
function isPlain(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return Number.isFinite(value) && (value !== 0 || !Object.is(value, -0));
    case "undefined":
      return true;
    case "object":
      return value === null || (depth < MAX_VALUE_DEPTH && isPlainObject(value, depth + 1));
    default:
      return false;
  }
}

function isPlainObject(value: object, depth: number): boolean {
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) if (!isPlain(value[index], depth)) return false;
    return true;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype || "toJSON" in value) return false;
  for (const key in value) if (!isPlain((value as Record<string, unknown>)[key], depth)) return false;
  return true;
}

const UNSTORABLE_ESCAPE = /\\u(?:0000|d[89a-f])/;

function hasUnstorableEscape(jsonText: string): boolean {
  return jsonText.includes("\\u") && UNSTORABLE_ESCAPE.test(jsonText);
}

interface Place {
  pointer: string;
  depth: number;
  ancestors: Set<object>;
}

/** The value as a tree that JSON can say. */
function mark(value: unknown, place: Place): unknown {
  switch (typeof value) {
    case "string":
      return markText(value);
    case "number":
      if (Object.is(value, -0)) return { $number: "-0" };
      return Number.isFinite(value) ? value : { $number: String(value) };
    case "bigint":
      return { $bigint: String(value) };
    case "boolean":
    case "undefined":
      return value;
    case "object":
      return value === null ? null : markObject(value, place);
    default:
      throw new EncodingError(`a ${typeof value} cannot be stored`, place.pointer);
  }
}

function markText(text: string): unknown {
  const quoted = JSON.stringify(text);
  return hasUnstorableEscape(quoted) && isUnstorable(text) ? { $string: quoted.slice(1, -1) } : text;
}

function isUnstorable(text: string): boolean {
  return text.includes("\0") || /\p{Surrogate}/u.test(text);
}

function markObject(value: object, place: Place): unknown {
  if (value instanceof Date) return { $date: Number.isNaN(value.getTime()) ? null : value.toISOString() };
  if (value instanceof SecretText) return { $secret: value.parts.map((part) => (typeof part === "string" ? markText(part) : part)) };
  if (place.ancestors.has(value)) throw new EncodingError("a value that contains itself cannot be stored", place.pointer);
  if (place.depth >= MAX_VALUE_DEPTH) throw new EncodingError(`a value may be nested at most ${MAX_VALUE_DEPTH} levels deep`, place.pointer);
  if ("toJSON" in value && typeof value.toJSON === "function" && !isRecord(value)) {
    return mark(value.toJSON(), { ...place, depth: place.depth + 1 });
  }
  place.ancestors.add(value);
  const marked = Array.isArray(value) ? markArray(value, place) : markRecord(value, place);
  place.ancestors.delete(value);
  return marked;
}

/** Where it lies is asked of what may hold something, or cannot be stored. */
function markElement(element: unknown, place: Place, key: string): unknown {
  const isLeaf = element === null || (typeof element !== "object" && typeof element !== "function" && typeof element !== "symbol");
  return mark(element, isLeaf ? place : below(place, key));
}

function markArray(array: readonly unknown[], place: Place): unknown[] {
  const marked: unknown[] = [];
  for (let index = 0; index < array.length; index++) {
    marked.push(markElement(array[index], place, String(index)) ?? null);
  }
  return marked;
}

function markRecord(value: object, place: Place): object {
  if (!isRecord(value)) throw new EncodingError(`${describeInstance(value)} cannot be stored`, place.pointer);
  const entries = Object.entries(value).filter(([, element]) => element !== undefined) as [string, unknown][];
  const [first] = entries;
  const isFile = entries.length === 1 && first?.[0] === "$file";
  const marked = entries.map(([key, element]): [string, unknown] => [key, markElement(element, place, key)]);
  if (marked.some(([key]) => isUnstorable(key))) return { $entries: marked.map(([key, element]) => [markText(key), element]) };
  return Object.fromEntries(marked.map(([key, element]) => [key.startsWith("$") && !isFile ? `$${key}` : key, element]));
}

/** A plain object, also one made in another realm such as a node:vm context. */
function isRecord(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function describeInstance(value: object): string {
  const name = value.constructor?.name || "an unnamed class";
  if (name === "Map" || name === "Set") return `a ${name} (make it an object or an array first)`;
  return ArrayBuffer.isView(value) ? `binary data (${name}; store it as a file)` : `an instance of ${name}`;
}

function below(place: Place, key: string): Place {
  return { ...place, pointer: `${place.pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`, depth: place.depth + 1 };
}
