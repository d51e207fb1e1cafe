/** A decoded value as plain JSON: what JSON cannot say becomes text or null. */
export function toPlain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? String(part) : part)) ?? "null");
}

/** Plain JSON that came of a decoded value by changes: what still says the same is as it was, dates and large numbers too. */
export function keepSame(before: unknown, given: unknown): unknown {
  if (JSON.stringify(toPlain(before)) === JSON.stringify(given)) return before;
  if (Array.isArray(given)) return Array.isArray(before) ? given.map((entry, index) => (index < before.length ? keepSame(before[index], entry) : entry)) : given;
  if (!isObject(given) || !isObject(before)) return given;
  const kept = {};
  for (const [key, entry] of Object.entries(given)) {
    const value = Object.hasOwn(before, key) ? keepSame(before[key], entry) : entry;
    Object.defineProperty(kept, key, { value, enumerable: true, writable: true, configurable: true });
  }
  return kept;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
