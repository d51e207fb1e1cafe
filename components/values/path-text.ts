/** Names and indices on the way into a value, the outermost first. */
export type ValuePath = readonly (string | number)[];

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** The way into a value as an expression writes it: `.items[0]["unit price"]`. */
export function memberText(path: ValuePath): string {
  return path.map((part) => (typeof part === "number" ? `[${part}]` : IDENTIFIER.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`)).join("");
}

/** The same standing alone: without a dot before its first name. */
export function pathText(path: ValuePath): string {
  return memberText(path).replace(/^\./, "");
}

export function pointerOf(path: ValuePath): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

export function valueAt(value: unknown, path: ValuePath): unknown {
  return path.reduce<unknown>((inner, part) => (typeof inner === "object" && inner !== null && Object.hasOwn(inner, part) ? Reflect.get(inner, part) : undefined), value);
}

/** Members of an object or a list with their way from the root. */
export function membersOf(value: object, path: ValuePath): { path: ValuePath; value: unknown }[] {
  return Object.entries(value).map(([key, inner]: [string, unknown]) => ({ path: [...path, Array.isArray(value) ? Number(key) : key], value: inner }));
}

export function isBranch(value: unknown): value is object {
  return typeof value === "object" && value !== null && !(value instanceof Date);
}
