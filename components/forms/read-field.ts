/** What the form shows for one place of a JSON Schema. */
export type FieldShape =
  | { widget: "text"; input: "text" | "email" | "url" | "date" | "datetime-local" | "time" | "password"; multiline: boolean; maxLength: number | undefined }
  | { widget: "number"; isInteger: boolean; minimum: number | undefined; maximum: number | undefined }
  | { widget: "boolean" }
  | { widget: "choice"; options: { label: string; value: unknown }[] }
  | { widget: "object"; properties: { name: string; schema: unknown; isRequired: boolean }[] }
  | { widget: "list"; items: unknown; minItems: number; maxItems: number }
  | { widget: "variants"; variants: { label: string; schema: unknown }[] }
  /** Nothing more exact can be drawn: any JSON value. */
  | { widget: "json" };

export interface FieldText {
  title: string | null;
  description: string | null;
  placeholder: string | undefined;
}

type Schema = Record<string, unknown>;

const MAX_REFERENCES = 20;
/** Longer ones are written in several lines. */
const LONG_TEXT = 500;
const INPUTS: Readonly<Record<string, "email" | "url" | "date" | "datetime-local" | "time">> = {
  email: "email",
  uri: "url",
  url: "url",
  date: "date",
  "date-time": "datetime-local",
  time: "time",
};

/** The schema that stands at a place, local references followed. */
export function resolve(schema: unknown, root: unknown): Schema {
  let current = schema;
  for (let count = 0; count < MAX_REFERENCES; count++) {
    if (!isObject(current)) return {};
    const { $ref, ...rest } = current;
    if (typeof $ref !== "string") return current;
    const target = lookUp(root, $ref);
    current = isObject(target) ? { ...target, ...rest } : rest;
  }
  return {};
}

export function readField(schema: unknown, root: unknown): FieldShape {
  const own = resolve(schema, root);
  if ("const" in own) return { widget: "choice", options: [{ label: labelOf(own.const), value: own.const }] };
  if (Array.isArray(own.enum)) return { widget: "choice", options: readOptions(own.enum, own.enumNames) };
  const variants = Array.isArray(own.oneOf) ? own.oneOf : own.anyOf;
  if (Array.isArray(variants) && variants.length > 0) return readVariants(own, variants, root);
  switch (typeOf(own)) {
    case "string":
      return readText(own);
    case "integer":
    case "number":
      return { widget: "number", isInteger: typeOf(own) === "integer", minimum: numberOf(own.minimum), maximum: numberOf(own.maximum) };
    case "boolean":
      return { widget: "boolean" };
    case "object":
      return readObject(own);
    case "array":
      return isObject(own.items) || own.items === true
        ? { widget: "list", items: own.items, minItems: numberOf(own.minItems) ?? 0, maxItems: numberOf(own.maxItems) ?? Infinity }
        : { widget: "json" };
    default:
      return { widget: "json" };
  }
}

export function readTexts(schema: unknown, root: unknown): FieldText {
  const { title, description, examples } = resolve(schema, root);
  const example: unknown = Array.isArray(examples) ? examples[0] : undefined;
  return {
    title: typeof title === "string" && title !== "" ? title : null,
    description: typeof description === "string" && description !== "" ? description : null,
    placeholder: typeof example === "string" || typeof example === "number" ? String(example) : undefined,
  };
}

function typeOf(schema: Schema): string | null {
  const { type } = schema;
  if (typeof type === "string") return type;
  if (Array.isArray(type)) {
    // A value that may be null as well is left empty.
    const named = type.filter((entry) => entry !== "null");
    return named.length === 1 && typeof named[0] === "string" ? named[0] : null;
  }
  if (isObject(schema.properties)) return "object";
  return null;
}

function readText(schema: Schema): FieldShape {
  const format = typeof schema.format === "string" ? schema.format : "";
  const maxLength = numberOf(schema.maxLength);
  const multiline = format === "textarea" || format === "multiline" || (maxLength ?? 0) > LONG_TEXT;
  return { widget: "text", input: isSecret(schema) ? "password" : (INPUTS[format] ?? "text"), multiline, maxLength };
}

/** Shown to nobody who looks on, and kept nowhere in the browser. */
export function isSecret(schema: Schema): boolean {
  return schema.format === "password" || schema["x-secret"] === true || schema.writeOnly === true;
}

function readObject(schema: Schema): FieldShape {
  if (!isObject(schema.properties) || Object.keys(schema.properties).length === 0) return { widget: "json" };
  const required = Array.isArray(schema.required) ? schema.required : [];
  const properties = Object.entries(schema.properties).map(([name, own]) => ({ name, schema: own, isRequired: required.includes(name) }));
  return { widget: "object", properties };
}

function readVariants(own: Schema, variants: readonly unknown[], root: unknown): FieldShape {
  const resolved = variants.map((variant) => resolve(variant, root));
  const solid = resolved.filter((variant) => variant.type !== "null");
  if (solid.every((variant) => "const" in variant)) {
    return { widget: "choice", options: solid.map((variant) => ({ label: titleOf(variant) ?? labelOf(variant.const), value: variant.const })) };
  }
  const { oneOf: _oneOf, anyOf: _anyOf, title: _title, description: _description, ...whole } = own;
  if (solid.length === 1) return readField({ ...whole, ...solid[0] }, root);
  // The default is one of the variants; it is not what each of them begins with.
  const { default: _default, ...common } = whole;
  return {
    widget: "variants",
    variants: solid.map((variant, index) => ({ label: titleOf(variant) ?? constantOf(variant) ?? `${String(variant.type ?? "Variant")} ${index + 1}`, schema: { ...common, ...variant } })),
  };
}

function titleOf(schema: Schema): string | null {
  return typeof schema.title === "string" ? schema.title : null;
}

/** What tells a variant apart, such as `type: "json"`. */
function constantOf({ properties }: Schema): string | null {
  const own = isObject(properties) ? Object.values(properties).find((property) => isObject(property) && typeof property.const === "string") : undefined;
  return isObject(own) && typeof own.const === "string" ? own.const : null;
}

/** The constants of a variant, which come with its choice, and the rest of it, which is filled in. */
export function splitVariant(variant: unknown, root: unknown): { constants: Record<string, unknown>; rest: unknown } {
  const own = resolve(variant, root);
  const { properties } = own;
  if (!isObject(properties)) return { constants: {}, rest: variant };
  const all = Object.entries(properties).map(([name, schema]) => ({ name, schema, constant: resolve(schema, root) }));
  const constants = all.filter(({ constant }) => "const" in constant);
  const others = all.filter(({ constant }) => !("const" in constant));
  return {
    constants: Object.fromEntries(constants.map(({ name, constant }) => [name, constant.const])),
    rest: others.length === 0 ? null : { ...own, properties: Object.fromEntries(others.map(({ name, schema }) => [name, schema])) },
  };
}

/** `enumNames`: what forms call the values, in their order. */
function readOptions(values: readonly unknown[], names: unknown): { label: string; value: unknown }[] {
  return values.map((value, index) => {
    const name: unknown = Array.isArray(names) ? names[index] : undefined;
    return { label: typeof name === "string" && name !== "" ? name : labelOf(value), value };
  });
}

function labelOf(value: unknown): string {
  return typeof value === "string" && value !== "" ? value : JSON.stringify(value);
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function lookUp(root: unknown, reference: string): unknown {
  if (!reference.startsWith("#")) return undefined;
  let place = root;
  for (const part of reference.slice(1).split("/").slice(1)) {
    const key = decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~");
    if (!isObject(place) || !Object.hasOwn(place, key)) return undefined;
    place = place[key];
  }
  return place;
}

function isObject(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
