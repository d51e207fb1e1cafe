import { z } from "zod";
import { findKind } from "@/server/nodes/catalog";

export interface FormSchema {
  [keyword: string]: unknown;
  properties?: Record<string, FormSchema>;
}

/**
 * The JSON Schema that a kind's form is drawn from, made from the schema that checks its config. `field` says what a text
 * is (`text`, `longText`, `secret`, `code`, `template`, `jsonSchema`, `workflow`) or that any value may stand there (`value`).
 */
export function formOf(kind: string): FormSchema | null {
  const spec = findKind(kind);
  if (spec === null) return null;
  const schema = z.toJSONSchema(spec.config, {
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      tidy(jsonSchema);
      // The converter leaves the default of anything out that holds a conversion, such as that of numbers to text.
      const { def } = zodSchema._zod;
      if (def.type === "default") jsonSchema.default ??= JSON.parse(JSON.stringify(def.defaultValue)) as typeof jsonSchema.default;
    },
  });
  const { $schema: _, ...form } = schema;
  return form as FormSchema;
}

const TEXTS = ["text", "longText", "secret", "code", "workflow"];

function tidy(schema: z.core.JSONSchema.JSONSchema): void {
  if (TEXTS.includes(String(schema.field))) {
    // What a secret turns into after evaluation is nobody's business in a form.
    delete schema.anyOf;
    schema.type = "string";
  }
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
}
