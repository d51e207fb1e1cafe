/** A field that a workflow's input schema names at its top. */
export interface InputField {
  name: string;
  types: readonly string[];
  required: boolean;
}

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

export function inputFields(schema: unknown): InputField[] {
  if (!isObject(schema) || !isObject(schema.properties)) return [];
  const required = Array.isArray(schema.required) ? (schema.required as unknown[]) : [];
  return Object.entries(schema.properties).map(([name, field]) => ({ name, types: typesOf(field), required: required.includes(name) }));
}

function typesOf(field: unknown): string[] {
  if (!isObject(field)) return [];
  const { type } = field;
  return (Array.isArray(type) ? (type as unknown[]) : [type]).filter((one): one is string => typeof one === "string");
}

/**
 * A cell's text as the field wants it. Text that does not read as the type stays text: the schema then names what is wrong.
 * Empty cells give nothing.
 */
export function cellValue(text: string, types: readonly string[]): unknown {
  if (text === "") return undefined;
  const trimmed = text.trim();
  for (const type of types) {
    const value = readAs(type, trimmed);
    if (value !== undefined) return value;
  }
  return text;
}

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

function readAs(type: string, text: string): unknown {
  switch (type) {
    case "integer":
    case "number":
      return NUMBER.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined;
    case "boolean":
      return { true: true, false: false }[text.toLowerCase()];
    case "null":
      return text === "null" ? null : undefined;
    case "object":
    case "array":
      return readJson(type, text);
    default:
      return undefined;
  }
}

function readJson(type: "object" | "array", text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return (type === "array" ? Array.isArray(value) : isObject(value)) ? value : undefined;
  } catch {
    return undefined;
  }
}
