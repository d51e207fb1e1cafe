/**
 * The text of a value in a mixed template such as `Hello {{ input.name }}`:
 * null is empty, a date is ISO 8601, arrays and objects are JSON.
 */
export function textOf(value: unknown): string {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
    case "boolean":
    case "bigint":
      return String(value);
    case "object":
      if (value === null) return "";
      if (value instanceof Date) return dateText(value);
      return plainJsonText(value);
    default:
      return "";
  }
}

/**
 * JSON for programs outside: dates as ISO 8601 text, big integers as their digits in a string,
 * NaN and the infinities as null. Stored values use `encodeValue` instead, which loses nothing.
 */
export function plainJsonText(value: unknown): string {
  return JSON.stringify(value, (_key, element: unknown) => (typeof element === "bigint" ? String(element) : element)) ?? "null";
}

function dateText(value: Date): string {
  return Number.isNaN(value.getTime()) ? "" : value.toISOString();
}
