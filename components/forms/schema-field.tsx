"use client";

import { Field } from "@/components/ui/field";
import { ChoiceField } from "./choice-field";
import { fieldLabel } from "./field-label";
import type { SchemaFieldProps } from "./field-types";
import { JsonField } from "./json-field";
import { ListField } from "./list-field";
import { ObjectField } from "./object-field";
import { readField, readTexts, type FieldShape } from "./read-field";
import { BooleanField, NumberField, TextField } from "./scalar-fields";
import { SecretField } from "./secret-field";
import { VariantField } from "./variant-field";

const MAX_DEPTH = 12;

/** As `secretName()` marks it. */
function isSecretName(schema: unknown): boolean {
  return typeof schema === "object" && schema !== null && "field" in schema && schema.field === "secretName";
}

export function SchemaField(props: SchemaFieldProps) {
  const { schema, tools, pointer, depth } = props;
  const texts = readTexts(schema, tools.root);
  const shape: FieldShape = depth > MAX_DEPTH ? { widget: "json" } : readField(schema, tools.root);
  const problem = pointer === "" ? undefined : tools.problems.get(pointer);
  const shared = { ...props, label: texts.title ?? fieldLabel(props.label), texts, problem };
  switch (shape.widget) {
    case "object":
      return <ObjectField {...shared} shape={shape} />;
    case "list":
      return <ListField {...shared} shape={shape} />;
    case "variants":
      return <VariantField {...shared} shape={shape} />;
    case "boolean":
      return <BooleanField {...shared} shape={shape} />;
    case "text":
    case "number":
    case "choice":
    case "json":
      return (
        <Field label={shared.label} hint={texts.description} error={problem} required={props.isRequired}>
          {(control) => {
            if (shape.widget === "text" && isSecretName(schema)) return <SecretField control={control} value={props.value} onChange={props.onChange} />;
            if (shape.widget === "text") return <TextField {...shared} shape={shape} control={control} />;
            if (shape.widget === "number") return <NumberField {...shared} shape={shape} control={control} />;
            if (shape.widget === "choice") return <ChoiceField {...shared} shape={shape} control={control} />;
            return <JsonField {...shared} control={control} />;
          }}
        </Field>
      );
  }
}
