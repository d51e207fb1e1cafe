import { readField, resolve } from "./read-field";

const MAX_DEPTH = 12;

/** What a form begins with: defaults, and empty objects where the schema asks for one. */
export function initialValue(schema: unknown, root: unknown = schema, depth = 0, isRequired = depth === 0): unknown {
  const own = resolve(schema, root);
  if ("default" in own) return structuredClone(own.default);
  if ("const" in own) return own.const;
  const shape = readField(schema, root);
  // The form shows the first variant as the chosen one.
  if (shape.widget === "variants" && isRequired && depth < MAX_DEPTH) return initialValue(shape.variants[0]?.schema, root, depth + 1);
  if (shape.widget !== "object" || depth >= MAX_DEPTH) return depth === 0 && shape.widget === "json" ? {} : undefined;
  const value: Record<string, unknown> = {};
  for (const property of shape.properties) {
    const inner = initialValue(property.schema, root, depth + 1, property.isRequired);
    if (inner !== undefined && (property.isRequired || !isEmptyObject(inner))) value[property.name] = inner;
  }
  return value;
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
