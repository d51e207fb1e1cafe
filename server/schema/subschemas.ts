import { isRecord, isSchema, pointer, type Schema } from "@/server/schema/problem";

export const SCHEMA_KEYWORDS = [
  "additionalProperties",
  "contains",
  "contentSchema",
  "else",
  "if",
  "items",
  "not",
  "propertyNames",
  "then",
  "unevaluatedItems",
  "unevaluatedProperties",
] as const;
export const SCHEMA_LIST_KEYWORDS = ["allOf", "anyOf", "oneOf", "prefixItems"] as const;
export const SCHEMA_MAP_KEYWORDS = ["$defs", "definitions", "dependentSchemas", "patternProperties", "properties"] as const;

/** The schemas directly inside a schema, with their places in it. */
export function subschemasOf(schema: Schema, path: string): { schema: Schema; path: string }[] {
  if (typeof schema === "boolean") return [];
  const found: { schema: Schema; path: string }[] = [];
  const add = (candidate: unknown, ...keys: (string | number)[]) => {
    if (isSchema(candidate)) found.push({ schema: candidate, path: pointer(path, ...keys) });
  };
  for (const keyword of SCHEMA_KEYWORDS) if (Object.hasOwn(schema, keyword)) add(schema[keyword], keyword);
  for (const keyword of SCHEMA_LIST_KEYWORDS) {
    const list = Object.hasOwn(schema, keyword) ? schema[keyword] : undefined;
    if (Array.isArray(list)) list.forEach((element, index) => add(element, keyword, index));
  }
  for (const keyword of SCHEMA_MAP_KEYWORDS) {
    const map = Object.hasOwn(schema, keyword) ? schema[keyword] : undefined;
    if (isRecord(map)) for (const [name, element] of Object.entries(map)) add(element, keyword, name);
  }
  return found;
}
