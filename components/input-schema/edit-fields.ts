/** What a field can be, as the form names it. */
export const FIELD_TYPES = ["text", "number", "integer", "boolean", "date", "list", "object", "any"] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

export type JsonSchema = Record<string, unknown>;

export interface Field {
  name: string;
  /** Null: the schema says more than the form can. */
  type: FieldType | null;
  schema: JsonSchema;
  isRequired: boolean;
}

const TYPES: Readonly<Record<FieldType, JsonSchema>> = {
  text: { type: "string" },
  number: { type: "number" },
  integer: { type: "integer" },
  boolean: { type: "boolean" },
  date: { type: "string", format: "date-time" },
  list: { type: "array", items: { type: "string" } },
  object: { type: "object", properties: {} },
  any: {},
};

/** What goes when a field becomes of another type; its title and description stay. */
const OF_TYPE = new Set([
  "type", "format", "items", "properties", "required", "additionalProperties", "default", "enum", "examples", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
  "multipleOf", "minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "patternProperties", "propertyNames",
]);

const MIXED = ["$ref", "oneOf", "anyOf", "allOf", "not", "if", "const"];

/** The fields of an object's schema; null when it describes no object, or in ways that the form cannot show. */
export function readFields(schema: unknown): Field[] | null {
  if (!isObject(schema) || MIXED.some((keyword) => keyword in schema)) return null;
  if (schema.type !== undefined && schema.type !== "object") return null;
  const { properties = {}, required = [] } = schema;
  if (!isObject(properties) || !Array.isArray(required)) return null;
  return Object.entries(properties).map(([name, own]) => {
    const field = isObject(own) ? own : {};
    return { name, type: isObject(own) ? typeOf(own) : null, schema: field, isRequired: required.includes(name) };
  });
}

export function typeOf(schema: JsonSchema): FieldType | null {
  if (MIXED.some((keyword) => keyword in schema)) return null;
  switch (schema.type) {
    case "string":
      return schema.format === "date-time" ? "date" : "text";
    case "number":
    case "integer":
    case "boolean":
      return schema.type;
    case "array":
      return schema.items === undefined || isObject(schema.items) ? "list" : null;
    case "object":
      return readFields(schema) === null ? null : "object";
    case undefined:
      return isObject(schema.properties) ? "object" : "any";
    default:
      return null;
  }
}

/** Adds a field of text under a name that is free. */
export function addField(schema: JsonSchema): JsonSchema {
  const taken = propertiesOf(schema);
  let name = "field";
  for (let count = 2; Object.hasOwn(taken, name); count++) name = `field_${count}`;
  return withProperties(schema, [...Object.entries(taken), [name, TYPES.text]]);
}

export function removeField(schema: JsonSchema, name: string): JsonSchema {
  const entries = Object.entries(propertiesOf(schema)).filter(([other]) => other !== name);
  return requireField(withProperties(schema, entries), name, false);
}

/** Why a field cannot have this name; null when it can. */
export function nameObjection(schema: JsonSchema, name: string, next: string): string | null {
  if (next === name) return null;
  if (next.trim() === "") return "A field needs a name.";
  if (next in Object.prototype) return "This name is not allowed.";
  return Object.hasOwn(propertiesOf(schema), next) ? "Another field has this name." : null;
}

export function renameField(schema: JsonSchema, name: string, next: string): JsonSchema {
  if (next === name || nameObjection(schema, name, next) !== null) return schema;
  const renamed = withProperties(schema, Object.entries(propertiesOf(schema)).map(([other, own]) => [other === name ? next : other, own]));
  const { required } = renamed;
  return Array.isArray(required) ? { ...renamed, required: required.map((other: unknown) => (other === name ? next : other)) } : renamed;
}

/** Moves a field by so many places; forms show fields in their order. */
export function moveField(schema: JsonSchema, name: string, by: number): JsonSchema {
  const entries = Object.entries(propertiesOf(schema));
  const from = entries.findIndex(([other]) => other === name);
  const to = from + by;
  const entry = entries[from];
  if (entry === undefined || to < 0 || to >= entries.length) return schema;
  return withProperties(schema, entries.toSpliced(from, 1).toSpliced(to, 0, entry));
}

/** The last one takes the list with it. */
export function requireField(schema: JsonSchema, name: string, isRequired: boolean): JsonSchema {
  const { required, ...rest } = schema;
  const others = (Array.isArray(required) ? (required as unknown[]) : []).filter((other) => other !== name);
  const next = isRequired && Object.hasOwn(propertiesOf(schema), name) ? [...others, name] : others;
  return next.length === 0 ? rest : { ...rest, required: next };
}

/** Undefined takes a keyword away. */
export function changeField(schema: JsonSchema, name: string, patch: JsonSchema): JsonSchema {
  return withProperties(
    schema,
    Object.entries(propertiesOf(schema)).map(([other, own]) => [other, other === name ? without(undefined, { ...(isObject(own) ? own : {}), ...patch }) : own]),
  );
}

export function retypeField(schema: JsonSchema, name: string, type: FieldType): JsonSchema {
  return withProperties(
    schema,
    Object.entries(propertiesOf(schema)).map(([other, own]) => [other, other === name ? retype(isObject(own) ? own : {}, type) : own]),
  );
}

export function retype(schema: JsonSchema, type: FieldType): JsonSchema {
  const kept = Object.entries(schema).filter(([keyword]) => !OF_TYPE.has(keyword) && !MIXED.includes(keyword));
  return { ...TYPES[type], ...Object.fromEntries(kept) };
}

/** One value a line; numbers where the field is one. */
export function readChoices(text: string, type: FieldType): unknown[] | undefined {
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const isNumber = type === "number" || type === "integer";
  const values = [...new Set(lines)].map((line) => (isNumber && Number.isFinite(Number(line)) ? Number(line) : line));
  return values.length === 0 ? undefined : values;
}

function propertiesOf(schema: JsonSchema): JsonSchema {
  return isObject(schema.properties) ? schema.properties : {};
}

function withProperties(schema: JsonSchema, entries: readonly (readonly [string, unknown])[]): JsonSchema {
  return { type: "object", ...schema, properties: Object.fromEntries(entries) };
}

function without(value: unknown, object: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(object).filter(([, own]) => own !== value));
}

export function isObject(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
