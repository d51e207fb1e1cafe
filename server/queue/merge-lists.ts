/**
 * The newer of two stored inputs with the lists of one field put together, the older one's entries first; a value that is no list
 * counts as a list of one. Null when one of them is no object that can be read here (a large input lies elsewhere), or when they would be too long together.
 */
export function mergeLists(older: string, newer: string, field: string): string | null {
  const [before, after] = [readObject(older), readObject(newer)];
  if (before === null || after === null) return null;
  const merged = JSON.stringify({ ...after, [field]: [...listOf(before, field), ...listOf(after, field)] });
  return merged.length > MAX_JOINED_CHARACTERS ? null : merged;
}

function readObject(text: string): Record<string, unknown> | null {
  const value: unknown = JSON.parse(text);
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject && !Object.hasOwn(value, "$blob") ? (value as Record<string, unknown>) : null;
}

function listOf(input: Record<string, unknown>, field: string): unknown[] {
  if (!Object.hasOwn(input, field)) return [];
  const value = input[field];
  return Array.isArray(value) ? value : [value];
}

/** Longer ones are not put together: what waits would have no end of growing. */
export const MAX_JOINED_CHARACTERS = 262_144;

/** Two encoded lists of steps as one, the older's entries first; where neither step has one there is none. Null: they cannot be put together. */
export function joinLists(older: string | null, newer: string | null): { list: string | null } | null {
  if (older === null || newer === null) return older === newer ? { list: null } : null;
  const list = `${older.slice(0, -1)}${older === "[]" || newer === "[]" ? "" : ","}${newer.slice(1)}`;
  return list.length > MAX_JOINED_CHARACTERS ? null : { list };
}
