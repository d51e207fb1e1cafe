"use client";

import { Alert } from "@/components/ui/alert";
import type { FieldTools, SchemaFieldProps } from "./field-types";
import { SchemaField } from "./schema-field";
import type { SchemaFormState } from "./use-schema-form";

const renderField = (props: SchemaFieldProps) => <SchemaField {...props} />;

/** The one renderer of forms from JSON Schemas: run inputs, approvals, adapter settings. */
export function JsonSchemaForm({ form, label = "Value" }: { form: SchemaFormState; label?: string }) {
  const tools: FieldTools = { root: form.schema, problems: form.shownProblems, setUnreadable: form.setUnreadable, renderField };
  const atRoot = form.shownProblems.get("");
  return (
    <div className="flex flex-col gap-4">
      {atRoot === undefined ? null : <Alert tone="danger" title={atRoot} />}
      {renderField({ schema: form.schema, value: form.value, onChange: form.setValue, pointer: "", label, isRequired: true, depth: 0, tools })}
    </div>
  );
}
