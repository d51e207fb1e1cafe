/** Texts of an address as the numbers and booleans that a JSON Schema names at its top level. What does not fit stays text, for the validator to name. */
export function coerceTexts(texts: Readonly<Record<string, unknown>>, schema: unknown): Record<string, unknown> {
  const properties = isObject(schema) && isObject(schema.properties) ? schema.properties : {};
  return Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, Object.hasOwn(properties, name) ? coerce(value, properties[name]) : value]));
}

function coerce(value: unknown, schema: unknown): unknown {
  if (!isObject(schema)) return value;
  const types = [schema.type].flat();
  if (types.includes("array")) return [value].flat().map((one) => coerce(one, schema.items));
  if (typeof value !== "string" || types.includes("string")) return value;
  if ((types.includes("number") || types.includes("integer")) && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value) && Number.isFinite(Number(value))) return Number(value);
  if (types.includes("boolean") && (value === "true" || value === "false")) return value === "true";
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
