/** Keywords that may let in more fields than `properties` names. */
const MORE = ["$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "patternProperties", "dependentSchemas", "propertyNames"];

/** The fields that an input schema names; null where it may have others, or says nothing of them. */
export function declaredInputs(schema: unknown): ReadonlySet<string> | null {
  if (!isObject(schema) || MORE.some((keyword) => Object.hasOwn(schema, keyword))) return null;
  const { properties, additionalProperties: more } = schema;
  if (more !== undefined && more !== false) return null;
  const names = isObject(properties) ? Object.keys(properties) : [];
  return names.length === 0 && more === undefined ? null : new Set(names);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
