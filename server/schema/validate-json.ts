import { RegexLimitError } from "@/server/schema/safe-regex";
import { schemaProblems } from "@/server/schema/check-schema";
import { isSchema, type Schema, type SchemaProblem } from "@/server/schema/problem";
import { SchemaIndex, SchemaTooLarge } from "@/server/schema/schema-index";
import { Validation, ValidationLimit } from "@/server/schema/validation";

/**
 * What is wrong with a value by a JSON Schema (draft 2020-12, formats checked); empty if it fits. Interprets the schema,
 * which may be a stranger's: no code is generated, patterns run on RE2, nothing is fetched, and it always ends.
 */
export function validateAgainst(schema: unknown, value: unknown): SchemaProblem[] {
  if (!isSchema(schema)) return [{ path: "", message: "cannot be checked: the schema must be an object or a boolean" }];
  try {
    const validation = new Validation(indexOf(schema));
    if (validation.run(value)) return [];
    return validation.problems;
  } catch (error) {
    return [{ path: "", message: limitMessage(error) }];
  }
}

/** What is wrong with a JSON Schema itself, with the place in it; empty if it can be used. */
export function checkSchema(schema: unknown): SchemaProblem[] {
  if (!isSchema(schema)) return [{ path: "", message: "must be an object or a boolean" }];
  try {
    return schemaProblems(schema, indexOf(schema));
  } catch (error) {
    return [{ path: "", message: limitMessage(error) }];
  }
}

/** Schemas are parts of definitions and never change while they are in use. */
const indexes = new WeakMap<object, SchemaIndex>();

function indexOf(schema: Schema): SchemaIndex {
  if (typeof schema === "boolean") return new SchemaIndex(schema);
  const known = indexes.get(schema);
  if (known) return known;
  const index = new SchemaIndex(schema);
  indexes.set(schema, index);
  return index;
}

function limitMessage(error: unknown): string {
  if (error instanceof ValidationLimit || error instanceof RegexLimitError) return `cannot be checked: ${error.message}`;
  if (error instanceof SchemaTooLarge) return error.message;
  if (error instanceof RangeError) return "cannot be checked: is nested too deeply";
  throw error;
}
