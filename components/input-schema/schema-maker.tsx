"use client";

import { useState } from "react";
import type { SchemaFieldProps } from "@/components/forms/field-types";
import { JsonField } from "@/components/forms/json-field";
import { readTexts } from "@/components/forms/read-field";
import { UnfinishedContext, useUnfinished } from "@/components/forms/unfinished";
import { Field } from "@/components/ui/field";
import { Segments } from "@/components/ui/segments";
import { isObject, readFields, type JsonSchema } from "./edit-fields";
import { FieldsEditor } from "./fields-editor";
import { schemaProblem } from "./schema-problem";

const SIDES = [
  { value: "fields", label: "Fields" },
  { value: "json", label: "JSON Schema" },
] as const;

/** A JSON Schema in a step's setup, made of fields or written as JSON. */
export function SchemaMaker(props: SchemaFieldProps) {
  const { schema, value, onChange, pointer, label, isRequired, tools } = props;
  const isBegun = useUnfinished(pointer).find(value) !== null;
  const [side, setSide] = useState<"fields" | "json">(isBegun || readFields(value ?? {}) === null ? "json" : "fields");
  const problem = schemaProblem(tools.problems, pointer);
  return (
    <div role="group" aria-label={label} className="relative flex flex-col gap-1.5">
      <div className="absolute -top-1 right-0"><Segments label={`${label}: how it is written`} value={side} onChange={setSide} options={SIDES} /></div>
      <Field label={label} hint={readTexts(schema, tools.root).description} error={problem} required={isRequired}>
        {(control) =>
          side === "json" ? (
            <JsonField {...props} control={control} />
          ) : (
            // A half-written default belongs to its field, and not to the step's other ones.
            <UnfinishedContext value={null}>
              <FieldsEditor schema={(value ?? {}) as JsonSchema} onChange={(next) => onChange(unlessEmpty(next))} label={`${label}: fields`} />
            </UnfinishedContext>
          )
        }
      </Field>
    </div>
  );
}

/** Without its last field it asks for nothing any more. */
function unlessEmpty(schema: JsonSchema): JsonSchema | undefined {
  const { type: _type, properties, ...rest } = schema;
  return isObject(properties) && Object.keys(properties).length === 0 && Object.keys(rest).length === 0 ? undefined : schema;
}
