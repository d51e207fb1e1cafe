export type ValueType = "null" | "boolean" | "number" | "string" | "array" | "object";

/** The JSON type of a decoded value: a date counts as its text, a big integer as a number. */
export function typeOf(value: unknown): ValueType {
  switch (typeof value) {
    case "string":
    case "boolean":
    case "number":
      return typeof value as "string" | "boolean" | "number";
    case "bigint":
      return "number";
    case "object":
      if (value === null) return "null";
      if (value instanceof Date) return "string";
      return Array.isArray(value) ? "array" : "object";
    default:
      return "null";
  }
}

export function hasType(value: unknown, actual: ValueType, wanted: unknown): boolean {
  if (wanted === "integer") return actual === "number" && (typeof value === "bigint" || Number.isInteger(value));
  return actual === wanted;
}

export function textOfString(value: unknown): string {
  if (typeof value === "string") return value;
  return value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : "";
}
