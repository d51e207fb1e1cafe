/** Whether two evaluated values are the same data. Numbers compare as numbers, dates by their time, objects by their keys in any order. */
export function isSameValue(one: unknown, other: unknown): boolean {
  if (Object.is(one, other) || (one === 0 && other === 0)) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (one instanceof Date || other instanceof Date) {
    return one instanceof Date && other instanceof Date && one.getTime() === other.getTime();
  }
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every((key) => Object.hasOwn(other, key) && isSameValue(Reflect.get(one, key), Reflect.get(other, key)));
}

/** Name of the first case that equals the value. */
export function matchCase(value: unknown, cases: readonly { name: string; equals?: unknown }[]): string | null {
  return cases.find((entry) => isSameValue(value, entry.equals ?? null))?.name ?? null;
}
