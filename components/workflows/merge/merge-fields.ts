import { isObject } from "@/components/builder/draft";
import { isSameValue } from "@/server/nodes/same-value";

export type Fields = Record<string, unknown>;

/** A field that both sides set differently. Undefined: not there. */
export interface FieldConflict {
  path: readonly string[];
  base: unknown;
  mine: unknown;
  theirs: unknown;
}

export interface MergedFields {
  /** Both edits; where they collide, mine. */
  merged: Fields;
  /** Theirs; where they collide, the base. Merging over it again finds the same collisions and no others. */
  ground: Fields;
  conflicts: FieldConflict[];
}

export interface FieldRules {
  /** Whether an object at this path is merged field by field; else it is taken whole, as lists and texts are. */
  isDeep: (path: readonly string[]) => boolean;
  /** A collision here is not worth a question: mine stands. */
  isTrivial?: (path: readonly string[]) => boolean;
}

/** Three-way merge of objects, field by field. */
export function mergeFields(base: Fields, mine: Fields, theirs: Fields, rules: FieldRules, path: readonly string[] = []): MergedFields {
  if (isSameValue(mine, theirs)) return { merged: mine, ground: theirs, conflicts: [] };
  if (isSameValue(base, theirs)) return { merged: mine, ground: theirs, conflicts: [] };
  if (isSameValue(base, mine)) return { merged: theirs, ground: theirs, conflicts: [] };
  const merged: Fields = {};
  const ground: Fields = {};
  const conflicts: FieldConflict[] = [];
  for (const key of new Set([...Object.keys(mine), ...Object.keys(theirs), ...Object.keys(base)])) {
    const field = mergeField(own(base, key), own(mine, key), own(theirs, key), rules, [...path, key]);
    put(merged, key, field.merged);
    put(ground, key, field.ground);
    conflicts.push(...field.conflicts);
  }
  return { merged, ground, conflicts };
}

function mergeField(base: unknown, mine: unknown, theirs: unknown, rules: FieldRules, path: readonly string[]): { merged: unknown; ground: unknown; conflicts: FieldConflict[] } {
  if (isSameValue(mine, theirs) || isSameValue(base, theirs)) return { merged: mine, ground: theirs, conflicts: [] };
  if (isSameValue(base, mine)) return { merged: theirs, ground: theirs, conflicts: [] };
  if (rules.isDeep(path) && isObject(mine) && isObject(theirs)) return mergeFields(isObject(base) ? base : {}, mine, theirs, rules, path);
  if (rules.isTrivial?.(path)) return { merged: mine, ground: theirs, conflicts: [] };
  return { merged: mine, ground: base, conflicts: [{ path, base, mine, theirs }] };
}

/** The object with another value at the path; undefined takes it away. */
export function withValueAt(fields: Fields, [key, ...rest]: readonly string[], value: unknown): Fields {
  if (key === undefined) return fields;
  const inner = own(fields, key);
  const next: Fields = { ...fields };
  delete next[key];
  const put = rest.length === 0 ? value : withValueAt(isObject(inner) ? inner : {}, rest, value);
  return put === undefined ? next : Object.defineProperty(next, key, { value: put, enumerable: true, configurable: true, writable: true });
}

export function valueAt(fields: Fields, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (isObject(value) ? own(value, key) : undefined), fields);
}

function own(fields: Fields, key: string): unknown {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}

/** A field may be called `__proto__`. */
function put(fields: Fields, key: string, value: unknown): void {
  if (value !== undefined) Object.defineProperty(fields, key, { value, enumerable: true, configurable: true, writable: true });
}
