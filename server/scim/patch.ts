import { z } from "zod";
import { attributeOf } from "./filter";
import { ScimError } from "./scim-error";

export type Json = Record<string, unknown>;
/** What becomes of a resource as it is now. */
export type Change = (current: Json) => Json;

const patchSchema = z.object({
  Operations: z.array(z.object({ op: z.string(), path: z.string().optional(), value: z.unknown().optional() })).min(1).max(1_000),
});

const PATH = /^([\w$:.-]+?)(?:\[(\w+)\s+eq\s+"?([^"\]]*)"?\])?(?:\.(\w+))?$/i;

/** The resource after the changes. Words as Azure and Okta write them: `Add`, `"False"`, dotted names in values, whole objects without a path. */
export function applyPatch(resource: Json, body: unknown): Json {
  const read = patchSchema.safeParse(body);
  if (!read.success) throw new ScimError(400, `${read.error.issues[0]?.path.join(".")}: ${read.error.issues[0]?.message}`, "invalidSyntax");
  requireOrdinaryNames(read.data.Operations.map(({ value }) => value));
  const changed = structuredClone(resource);
  for (const { op, path, value } of read.data.Operations) {
    const verb = op.toLowerCase();
    if (verb !== "add" && verb !== "replace" && verb !== "remove") throw new ScimError(400, `there is no operation ${op}`, "invalidSyntax");
    if (path !== undefined) change(changed, verb, path, value);
    else if (typeof value === "object" && value !== null && verb !== "remove") for (const [name, one] of Object.entries(value)) change(changed, verb, name, one);
    else throw new ScimError(400, "an operation without a path needs an object as its value", "invalidPath");
  }
  return changed;
}

type Verb = "add" | "replace" | "remove";

function change(resource: Json, verb: Verb, path: string, value: unknown): void {
  const match = PATH.exec(attributeIn(path));
  if (match === null) throw new ScimError(400, `the path ${path.slice(0, 200)} is not understood`, "invalidPath");
  const [, name = "", key, wanted, sub] = match;
  const [outer, dotted] = name.split(".") as [string, string?];
  for (const one of [outer, dotted, key, sub]) requireOrdinaryName(one);
  const field = nameIn(resource, outer);
  if (key !== undefined) return changeItem(resource, verb, field, { key, wanted: wanted ?? "" }, sub, value);
  const inner = dotted ?? sub;
  if (inner !== undefined) {
    if (!Object.hasOwn(resource, field) || resource[field] == null) resource[field] = {};
    const holder = resource[field];
    if (!isObject(holder)) throw new ScimError(400, `${field} has no parts`, "invalidPath");
    return set(holder, verb, nameIn(holder, inner), value);
  }
  return set(resource, verb, field, value);
}

function set(holder: Json, verb: Verb, name: string, value: unknown): void {
  const before = Object.hasOwn(holder, name) ? holder[name] : undefined;
  if (verb === "remove") {
    // Azure takes members out by their value, without a filter.
    if (Array.isArray(before) && value !== undefined && value !== null) {
      const gone = new Set([value].flat().map(valueOf));
      holder[name] = before.filter((item) => !gone.has(valueOf(item)));
    } else delete holder[name];
  } else if (verb === "add" && Array.isArray(before)) {
    const present = new Set(before.map(valueOf));
    holder[name] = [...before, ...[value].flat().filter((one) => !present.has(valueOf(one)))];
  } else if (isObject(before) && isObject(value)) Object.assign(before, value);
  else holder[name] = value;
}

function changeItem(resource: Json, verb: Verb, field: string, { key, wanted }: { key: string; wanted: string }, sub: string | undefined, value: unknown): void {
  const items = Array.isArray(resource[field]) ? (resource[field] as Json[]) : [];
  const isMeant = (item: Json) => String(item[key]).toLowerCase() === wanted.toLowerCase();
  if (verb === "remove" && sub === undefined) resource[field] = items.filter((item) => !isMeant(item));
  else if (items.some(isMeant)) resource[field] = items.map((item) => (isMeant(item) ? { ...item, ...(sub === undefined ? (value as Json) : { [sub]: verb === "remove" ? undefined : value }) } : item));
  else if (verb !== "remove") resource[field] = [...items, { [key]: wanted, ...(sub === undefined ? (value as Json) : { [sub]: value }) }];
}

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const valueOf = (item: unknown) => (typeof item === "object" && item !== null ? (item as Json).value : item);
const attributeIn = (path: string) => path.replace(/^urn:[\w:.]+:(?=[A-Za-z])/i, "");
/** Names of attributes are the same in any case. */
const nameIn = (holder: Json, name: string) => Object.keys(holder).find((one) => one.toLowerCase() === attributeOf(name)) ?? attributeIn(name);

/** Names that every object has without having them: whoever writes to one writes into the whole process. */
const INHERITED = new Set(["__proto__", "constructor", "prototype"]);

function requireOrdinaryName(name: string | undefined): void {
  if (name !== undefined && INHERITED.has(name)) throw new ScimError(400, `there is no attribute ${name}`, "invalidPath");
}

/** At any depth; without recursion, since whoever sends it chooses how deep it is. */
function requireOrdinaryNames(values: readonly unknown[]): void {
  const left = [...values];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value !== "object" || value === null) continue;
    for (const name of Object.keys(value)) requireOrdinaryName(name);
    for (const one of Object.values(value) as unknown[]) left.push(one);
  }
}
