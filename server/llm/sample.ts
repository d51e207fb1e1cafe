type Schema = Record<string, unknown>;

const MAX_DEPTH = 12;
const FORMATS: Record<string, string> = {
  "date-time": "2026-01-31T12:00:00Z",
  date: "2026-01-31",
  time: "12:00:00Z",
  email: "person@example.com",
  uri: "https://example.com/",
  uuid: "00000000-0000-4000-8000-000000000000",
  ipv4: "192.0.2.1",
};

/** A small value of a JSON Schema's shape, always the same for the same schema. Patterns are not followed. */
export function sampleOf(schema: unknown, root: unknown = schema, depth = 0): unknown {
  if (!isSchema(schema) || depth > MAX_DEPTH) return null;
  for (const given of ["const", "default"]) if (schema[given] !== undefined) return schema[given];
  for (const list of ["enum", "examples"]) if (Array.isArray(schema[list]) && schema[list].length > 0) return (schema[list] as unknown[])[0];
  if (typeof schema.$ref === "string") return sampleOf(resolve(root, schema.$ref), root, depth + 1);
  if (Array.isArray(schema.allOf)) return sampleOf(merged(schema, schema.allOf), root, depth + 1);
  for (const choice of ["anyOf", "oneOf"]) {
    const [first] = Array.isArray(schema[choice]) ? (schema[choice] as unknown[]) : [];
    if (first !== undefined) return sampleOf(first, root, depth + 1);
  }
  return sampleOfType(schema, root, depth);
}

function sampleOfType(schema: Schema, root: unknown, depth: number): unknown {
  switch (typeOf(schema)) {
    case "object":
      return sampleObject(schema, root, depth);
    case "array":
      return Array.from({ length: Math.min(Math.max(numberOr(schema.minItems, 1), 1), 100) }, () => sampleOf(schema.items ?? {}, root, depth + 1));
    case "integer":
    case "number":
      return numberOr(schema.minimum, typeof schema.exclusiveMinimum === "number" ? schema.exclusiveMinimum + 1 : Math.min(0, numberOr(schema.maximum, 0)));
    case "boolean":
      return true;
    case "string":
      return sampleText(schema);
    default:
      return null;
  }
}

function sampleObject({ properties, required }: Schema, root: unknown, depth: number): Record<string, unknown> {
  const known = isSchema(properties) ? properties : {};
  const names = new Set([...Object.keys(known), ...(Array.isArray(required) ? required.filter((name) => typeof name === "string") : [])]);
  return Object.fromEntries([...names].map((name) => [name, Object.hasOwn(known, name) ? sampleOf(known[name], root, depth + 1) : null]));
}

function sampleText(schema: Schema): string {
  const text = (typeof schema.format === "string" ? FORMATS[schema.format] : undefined) ?? "text";
  const padded = text.padEnd(Math.min(numberOr(schema.minLength, 0), 10_000), ".");
  return padded.slice(0, numberOr(schema.maxLength, padded.length));
}

function typeOf(schema: Schema): unknown {
  if (Array.isArray(schema.type)) return schema.type.find((type) => type !== "null") ?? "null";
  if (schema.type !== undefined) return schema.type;
  if (schema.properties !== undefined || schema.required !== undefined) return "object";
  return schema.items === undefined ? "null" : "array";
}

/** `#/…` within the document. */
function resolve(root: unknown, reference: string): unknown {
  if (!reference.startsWith("#")) return null;
  return reference.slice(1).split("/").filter((part) => part !== "").reduce<unknown>((at, part) => {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    return typeof at === "object" && at !== null && Object.hasOwn(at, key) ? Reflect.get(at, key) : null;
  }, root);
}

function merged({ allOf: _, ...schema }: Schema, parts: unknown[]): Schema {
  const all = [schema, ...parts.filter(isSchema)];
  const properties = Object.assign({}, ...all.map((part) => part.properties ?? {})) as Schema;
  const required = all.flatMap((part) => (Array.isArray(part.required) ? (part.required as unknown[]) : []));
  return { ...(Object.assign({}, ...all) as Schema), ...(Object.keys(properties).length > 0 ? { properties, required } : {}) };
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const numberOr = (value: unknown, fallback: number) => (typeof value === "number" ? value : fallback);
