import { compileSafeRegex } from "@/server/schema/safe-regex";
import { isRecord, isSchema, pointer, type Schema, type SchemaProblem } from "@/server/schema/problem";
import type { SchemaIndex, SchemaResource } from "@/server/schema/schema-index";
import { SCHEMA_KEYWORDS, SCHEMA_LIST_KEYWORDS, SCHEMA_MAP_KEYWORDS, subschemasOf } from "@/server/schema/subschemas";

type Keywords = Exclude<Schema, boolean>;
type Check = (value: unknown) => string | null;

const TYPES = ["null", "boolean", "object", "array", "number", "integer", "string"];

const isNonNegativeInteger: Check = (value) => (Number.isInteger(value) && (value as number) >= 0 ? null : "must be a non-negative integer");
const isNumber: Check = (value) => (typeof value === "number" && Number.isFinite(value) ? null : "must be a number");
const isText: Check = (value) => (typeof value === "string" ? null : "must be a string");
const isListOfTexts: Check = (value) => (Array.isArray(value) && value.every((one) => typeof one === "string") ? null : "must be a list of strings");
const isPattern: Check = (value) => (typeof value === "string" ? patternProblem(value) : "must be a string");
const isOneSchema: Check = (value) => (isSchema(value) ? null : "must be a schema (an object or a boolean)");
const isListOfSchemas: Check = (value) => (Array.isArray(value) && value.length > 0 && value.every(isSchema) ? null : "must be a list of schemas");
const isMapOfSchemas: Check = (value) => (isRecord(value) && Object.values(value).every(isSchema) ? null : "must be an object of schemas");

const KEYWORDS: Readonly<Record<string, Check>> = {
  ...Object.fromEntries(SCHEMA_KEYWORDS.map((keyword) => [keyword, isOneSchema])),
  ...Object.fromEntries(SCHEMA_LIST_KEYWORDS.map((keyword) => [keyword, isListOfSchemas])),
  ...Object.fromEntries(SCHEMA_MAP_KEYWORDS.map((keyword) => [keyword, isMapOfSchemas])),
  items: (value) => (Array.isArray(value) ? "must be a schema; a list of schemas belongs into prefixItems" : isOneSchema(value)),
  type: checkType,
  enum: (value) => (Array.isArray(value) ? null : "must be a list"),
  multipleOf: (value) => (typeof value === "number" && value > 0 ? null : "must be a number greater than 0"),
  ...Object.fromEntries(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"].map((keyword) => [keyword, isNumber])),
  ...Object.fromEntries(
    ["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minContains", "maxContains"].map((keyword) => [keyword, isNonNegativeInteger]),
  ),
  pattern: isPattern,
  uniqueItems: (value) => (typeof value === "boolean" ? null : "must be true or false"),
  required: isListOfTexts,
  dependentRequired: (value) => (isRecord(value) && Object.values(value).every((names) => isListOfTexts(names) === null) ? null : "must be an object of lists of strings"),
  ...Object.fromEntries(["$id", "$schema", "$ref", "$dynamicRef", "$anchor", "$dynamicAnchor", "$comment", "format", "title", "description"].map((keyword) => [keyword, isText])),
};

/** What is wrong with each schema of a document, with its place in it. */
export function schemaProblems(document: Schema, index: SchemaIndex): SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  const visit = (schema: Schema, path: string, outer: SchemaResource) => {
    const resource = index.resourceOf(schema, outer);
    if (typeof schema === "object") problems.push(...keywordProblems(schema, path), ...referenceProblems(schema, path, index, resource));
    for (const inner of subschemasOf(schema, path)) visit(inner.schema, inner.path, resource);
  };
  visit(document, "", index.root);
  return problems;
}

function keywordProblems(schema: Keywords, path: string): SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  for (const [keyword, value] of Object.entries(schema)) {
    const message = Object.hasOwn(KEYWORDS, keyword) && value !== undefined ? KEYWORDS[keyword]!(value) : null;
    if (message !== null) problems.push({ path: pointer(path, keyword), message });
  }
  if (isRecord(schema.patternProperties)) {
    for (const pattern of Object.keys(schema.patternProperties)) {
      const message = patternProblem(pattern);
      if (message !== null) problems.push({ path: pointer(path, "patternProperties", pattern), message });
    }
  }
  return problems;
}

function referenceProblems(schema: Keywords, path: string, index: SchemaIndex, resource: SchemaResource): SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  for (const keyword of ["$ref", "$dynamicRef"]) {
    const reference = schema[keyword];
    if (typeof reference !== "string") continue;
    if (index.resolve(reference, resource) === null) {
      problems.push({ path: pointer(path, keyword), message: `"${reference}" is nowhere in this schema; other documents are not fetched` });
    } else if (leadsBack(schema, index, resource)) {
      problems.push({ path: pointer(path, keyword), message: `"${reference}" leads back to itself` });
    }
  }
  return problems;
}

/** Whether following `$ref` from a schema arrives at it again without looking into the value. */
function leadsBack(start: Keywords, index: SchemaIndex, from: SchemaResource): boolean {
  const seen = new Set<Schema>();
  let schema: Schema = start;
  let resource = from;
  while (typeof schema === "object" && typeof schema.$ref === "string") {
    if (seen.has(schema)) return true;
    seen.add(schema);
    const target = index.resolve(schema.$ref, resource);
    if (!target) return false;
    ({ schema, resource } = target);
  }
  return false;
}

function checkType(value: unknown): string | null {
  const names: unknown[] = Array.isArray(value) ? value : [value];
  const unknown = names.find((name) => typeof name !== "string" || !TYPES.includes(name));
  if (names.length === 0) return "must name at least one type";
  return unknown === undefined ? null : `${JSON.stringify(unknown)} is no type; the types are ${TYPES.join(", ")}`;
}

function patternProblem(pattern: string): string | null {
  const compiled = compileSafeRegex(pattern, "u");
  return compiled.ok ? null : compiled.message;
}
