export interface SchemaProblem {
  /** JSON pointer in the value that was checked, or in the schema itself. */
  path: string;
  message: string;
}

export type Schema = boolean | { readonly [keyword: string]: unknown };

export function isSchema(value: unknown): value is Schema {
  return typeof value === "boolean" || isRecord(value);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function pointer(base: string, ...keys: (string | number)[]): string {
  return keys.reduce<string>((path, key) => `${path}/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`, base);
}
