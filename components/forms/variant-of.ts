import { resolve, splitVariant } from "./read-field";

/** The variant whose constants the value has; without any, the one that it looks most like. */
export function variantOf(variants: readonly { schema: unknown }[], root: unknown, value: unknown): number {
  if (value === undefined) return 0;
  const constant = variants.findIndex(({ schema }) => hasConstants(schema, root, value));
  if (constant !== -1) return constant;
  const likeness = variants.map(({ schema }) => likenessOf(resolve(schema, root), value));
  return Math.max(0, likeness.indexOf(Math.max(...likeness)));
}

function hasConstants(schema: unknown, root: unknown, value: unknown): boolean {
  if (!isObject(value)) return false;
  const constants = Object.entries(splitVariant(schema, root).constants);
  return constants.length > 0 && constants.every(([name, constant]) => value[name] === constant);
}

/** Another type: none at all. Of objects, what they must have counts first, and then every name that they may have. */
function likenessOf(schema: Record<string, unknown>, value: unknown): number {
  const { type, enum: choices, const: constant, required, properties } = schema;
  if (constant !== undefined) return constant === value ? 1_000 : -1;
  if (Array.isArray(choices)) return choices.includes(value) ? 1_000 : -1;
  if (type !== undefined && ![type].flat().some((one) => isOfType(one, value))) return -1;
  if (!isObject(value)) return type === undefined ? 0 : 1;
  if (Array.isArray(required) && required.some((name) => !Object.hasOwn(value, String(name)))) return 0;
  return 1 + Object.keys(value).filter((name) => isObject(properties) && Object.hasOwn(properties, name)).length;
}

function isOfType(type: unknown, value: unknown): boolean {
  switch (type) {
    case "object":
      return isObject(value);
    case "array":
      return Array.isArray(value);
    case "null":
      return value === null;
    case "integer":
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
