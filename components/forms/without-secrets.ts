import { isSecret, resolve } from "./read-field";

/** The value without what its schema takes for secret, in whichever of its variants. */
export function withoutSecrets(value: unknown, schema: unknown, root: unknown = schema): unknown {
  return strip(value, [schema], root);
}

function strip(value: unknown, schemas: readonly unknown[], root: unknown): unknown {
  const places = allOf(schemas, root);
  if (places.some(isSecret)) return undefined;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown, at) => strip(item, places.flatMap((place) => schemasAt(place, at)), root));
    // In a tuple the rest stays in its places.
    return places.some(({ prefixItems }) => Array.isArray(prefixItems)) ? items.map((item) => item ?? null) : items.filter((item) => item !== undefined);
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, own]: [string, unknown]) => [name, strip(own, places.flatMap((place) => schemasOf(place, name)), root)] as const);
  return Object.fromEntries(entries.filter(([, own]) => own !== undefined));
}

/** Whether anything in the schema is taken for secret. */
export function namesSecrets(schema: unknown): boolean {
  if (typeof schema !== "object" || schema === null) return false;
  return (isObject(schema) && isSecret(schema)) || Object.values(schema).some(namesSecrets);
}

type Schema = Record<string, unknown>;

function schemasAt({ items, prefixItems, contains }: Schema, at: number): unknown[] {
  const isOfTuple = Array.isArray(prefixItems) && at < prefixItems.length;
  return [isOfTuple ? (prefixItems[at] as unknown) : items, contains].flat();
}

/** Patterns count for every name: what may be secret is not kept. */
function schemasOf({ properties, patternProperties, additionalProperties }: Schema, name: string): unknown[] {
  return [...(isObject(properties) && Object.hasOwn(properties, name) ? [properties[name]] : []), ...valuesOf(patternProperties), additionalProperties];
}

/** The schemas and all that they are put together from, each once. */
function allOf(schemas: readonly unknown[], root: unknown): Schema[] {
  const seen = new Set<unknown>();
  const found: Schema[] = [];
  const open = [...schemas];
  while (open.length > 0) {
    const schema = open.pop();
    if (!isObject(schema) || seen.has(schema)) continue;
    seen.add(schema);
    const own = resolve(schema, root);
    found.push(own);
    open.push(...[own.allOf, own.anyOf, own.oneOf, own.then, own.else, own.if].flat(), ...valuesOf(own.dependentSchemas));
  }
  return found;
}

const valuesOf = (record: unknown): unknown[] => (isObject(record) ? Object.values(record) : []);

function isObject(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
