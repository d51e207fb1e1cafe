import { prettyJson } from "@/components/values/print-value";
import { decodeValue } from "@/server/expressions/decoding";
import type { RunSlice } from "@/server/runs/contract";

/** A stored value as lines that can be held beside another's; null: there is none. */
export function diffText(stored: string | null): string | null {
  if (stored === null) return null;
  try {
    return prettyJson(inOrder(decodeValue(stored)));
  } catch {
    return stored;
  }
}

/** One line per member of a part of a large value. */
export function sliceText(slice: RunSlice | null): string | null {
  if (slice === null) return null;
  if (slice.text !== null) return slice.text;
  return slice.items.map(({ key, text, start, characters }) => `${key}: ${text ?? `${start}… (${characters.toLocaleString("en")} characters)`}`).join("\n");
}

/** Names in the order of the alphabet: in which one they were written says nothing. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, part]) => [name, inOrder(part)]));
}
