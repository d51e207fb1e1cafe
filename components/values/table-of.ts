import { isBranch, membersOf, type ValuePath } from "./path-text";

export interface ValueTable {
  columns: string[];
  rows: readonly Record<string, unknown>[];
}

const MAX_COLUMNS = 60;
/** Members looked at for columns: rows of one list are mostly alike. */
const SAMPLED_ROWS = 200;

/** Null for what is no list of objects. */
export function tableOf(value: unknown): ValueTable | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  const rows = value as unknown[];
  if (!rows.every((row) => isBranch(row) && !Array.isArray(row))) return null;
  const columns = new Set<string>();
  for (const row of rows.slice(0, SAMPLED_ROWS)) for (const name of Object.keys(row as object)) columns.add(name);
  return { columns: [...columns].slice(0, MAX_COLUMNS), rows: rows as Record<string, unknown>[] };
}

/** Ways to the lists of objects in a value that can be shown as tables, the outermost first. */
export function tablesIn(value: unknown, maxDepth = 3): ValuePath[] {
  const found: ValuePath[] = [];
  let level: { path: ValuePath; value: unknown }[] = [{ path: [], value }];
  for (let depth = 0; depth <= maxDepth && level.length > 0; depth++) {
    for (const place of level) if (tableOf(place.value) !== null) found.push(place.path);
    level = level.flatMap((place) => (isBranch(place.value) && !Array.isArray(place.value) ? membersOf(place.value, place.path) : []));
  }
  return found;
}
