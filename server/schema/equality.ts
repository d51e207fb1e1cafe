/** Equality of JSON values, by a text that is the same for equal values. Big integers equal numbers of the same value. */
export function canonicalText(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "number":
      return value === 0 ? "0" : String(value);
    case "bigint":
      return String(value);
    case "object":
      if (value === null) return "null";
      if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
      if (value instanceof Date) return `date ${value.getTime()}`;
      return `{${Object.entries(value)
        .filter(([, element]) => element !== undefined)
        .sort(([first], [second]) => (first < second ? -1 : 1))
        .map(([key, element]) => `${JSON.stringify(key)}:${canonicalText(element)}`)
        .join(",")}}`;
    default:
      return String(value);
  }
}
