import { z } from "zod";
import { jsonSchemaSchema } from "@/server/engine/definition";
import { SecretText } from "@/server/expressions/secret-text";

export { choice } from "@/server/engine/choice";

/** Field types that node configs share. `meta.field` tells the form what to draw and survives into the JSON Schema. */
export type FieldKind = "text" | "longText" | "secret" | "value" | "code" | "jsonSchema" | "template";

function textOfScalar(value: unknown): unknown {
  return typeof value === "number" || typeof value === "boolean" || typeof value === "bigint" ? String(value) : value;
}

/** A text; numbers and booleans that an expression yields are written out. */
export const text = (maximum = 10_000) => z.preprocess(textOfScalar, z.string().max(maximum)).meta({ field: "text" });
export const requiredText = (maximum = 10_000) => z.preprocess(textOfScalar, z.string().min(1).max(maximum)).meta({ field: "text" });
export const longText = (maximum = 1_000_000) => z.preprocess(textOfScalar, z.string().max(maximum)).meta({ field: "longText" });

/** A text in which `{{ secrets.NAME }}` may stand; the runner puts the values in. */
export const secretText = () => z.union([z.string().max(100_000), z.instanceof(SecretText)]).meta({ field: "secret" });

/** Any value, or JSON with expressions in it. */
export const value = () => z.unknown().meta({ field: "value" });

export const jsonSchema = () => jsonSchemaSchema.meta({ field: "jsonSchema" });

/** What the runner evaluates itself, with more variables than the step's own scope. */
export const deferredTemplate = () => z.unknown().meta({ field: "template" });

export const SECONDS_OF_A_YEAR = 31_536_000;
