/** A value that JSON cannot say exactly, in words of its own. */
export function scalarText(value: unknown): string {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "invalid date" : value.toISOString();
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "string") return value;
  return Object.is(value, -0) ? "-0" : String(value);
}

/** What is copied: a text as it is, anything else as JSON. */
export function copyText(value: unknown): string {
  return typeof value === "object" && value !== null && !(value instanceof Date) ? prettyJson(value) : scalarText(value);
}

export function prettyJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? String(part) : part), 2) ?? "null";
}
