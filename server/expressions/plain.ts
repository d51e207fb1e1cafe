/** A decoded value as plain JSON: what JSON cannot say becomes text or null. */
export function toPlain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? String(part) : part)) ?? "null");
}

/** Plain JSON that came of a decoded value by changes: what still says the same is as it was, dates and large numbers too. */
export function keepSame(before: unknown, given: unknown): unknown {
  if (JSON.stringify(toPlain(before)) === JSON.stringify(given)) return before;
  if (Array.isArray(given)) return Array.isArray(before) ? keepEntries(before, given) : given;
  if (!isObject(given) || !isObject(before)) return given;
  const kept = {};
  for (const [key, entry] of Object.entries(given)) {
    const value = Object.hasOwn(before, key) ? keepSame(before[key], entry) : entry;
    Object.defineProperty(kept, key, { value, enumerable: true, writable: true, configurable: true });
  }
  return kept;
}

/**
 * Entries may have been put in, taken out or moved: each is what an equal one was, at its own place first, then elsewhere, in order. What is left
 * is compared with what is left at its place, counted from the beginning or from the end.
 */
function keepEntries(before: readonly unknown[], given: readonly unknown[]): unknown[] {
  const texts = before.map((entry) => JSON.stringify(toPlain(entry)));
  const wanted = given.map((entry) => JSON.stringify(entry));
  const sources = wanted.map((text, index) => (texts[index] === text ? index : undefined));
  const free = new Set(before.keys());
  for (const source of sources) if (source !== undefined) free.delete(source);
  const byText = new Map<string, number[]>();
  for (const index of [...free].reverse()) if (byText.get(texts[index]!)?.push(index) === undefined) byText.set(texts[index]!, [index]);
  for (const [index, text] of wanted.entries()) {
    const source = (sources[index] ??= byText.get(text)?.pop());
    if (source !== undefined) free.delete(source);
  }
  return given.map((entry, index) => {
    const source = sources[index] ?? [index, index + before.length - given.length].find((place) => free.delete(place));
    return source === undefined ? entry : keepSame(before[source], entry);
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
