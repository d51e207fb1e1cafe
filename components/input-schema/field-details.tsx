"use client";

import { useState, type ReactNode } from "react";
import type { FieldTools, SchemaFieldProps } from "@/components/forms/field-types";
import { SchemaField } from "@/components/forms/schema-field";
import { Field as Labelled } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { isSameValue } from "@/server/nodes/same-value";
import { isObject, readChoices, retype, typeOf, type Field, type FieldType, type JsonSchema } from "./edit-fields";

const ITEM_TYPES: readonly { value: FieldType; label: string }[] = [
  { value: "text", label: "Texts" },
  { value: "number", label: "Numbers" },
  { value: "integer", label: "Whole numbers" },
  { value: "boolean", label: "Yes or no" },
  { value: "object", label: "Groups of fields" },
  { value: "any", label: "Any values" },
];

export interface FieldDetailsProps {
  field: Field;
  /** Draws the fields of an object inside of the field; null: too deep. */
  renderFields: ((schema: JsonSchema, onChange: (schema: JsonSchema) => void, label: string) => ReactNode) | null;
  /** `what`: which keyword, so that typing in it is undone as one. */
  onChange: (patch: JsonSchema, what: string) => void;
}

/** What people read at a field, what it begins with, and what it may be. */
export function FieldDetails({ field: { name, type, schema }, renderFields, onChange }: FieldDetailsProps) {
  const { default: begins, ...plain } = schema;
  const items = isObject(schema.items) ? schema.items : {};
  const textOf = (value: unknown) => (typeof value === "string" ? value : "");
  return (
    <div className="@container flex flex-col gap-4 border-t p-3 sm:p-4">
      <div className="grid gap-4 @md:grid-cols-2">
        <Labelled label="Title" hint="Shown instead of the name.">
          {(control) => <Input {...control} value={textOf(schema.title)} maxLength={200} onChange={(event) => onChange({ title: event.target.value || undefined }, "title")} />}
        </Labelled>
        <Labelled label="Description" hint="Shown below the field.">
          {(control) => <Input {...control} value={textOf(schema.description)} maxLength={1_000} onChange={(event) => onChange({ description: event.target.value || undefined }, "description")} />}
        </Labelled>
      </div>
      {type === "text" || type === "number" || type === "integer" ? <Choices type={type} value={schema.enum} onChange={(next) => onChange({ enum: next }, "enum")} /> : null}
      {type === "list" ? (
        <Labelled label="It holds">
          {(control) => (
            <Select {...control} value={typeOf(items) ?? undefined} placeholder="As the JSON says" options={ITEM_TYPES} onValueChange={(next) => onChange({ items: retype(items, next as FieldType), default: undefined }, "items")} />
          )}
        </Labelled>
      ) : null}
      {type === "object" ? renderFields?.(schema, (next) => onChange({ required: undefined, ...next }, "fields"), `Fields of ${name}`) : null}
      {type === "list" && typeOf(items) === "object" ? renderFields?.(items, (next) => onChange({ items: next }, "items"), `Fields of each of ${name}`) : null}
      {type === null ? <p className="text-sm text-muted-foreground">The JSON says more of this field than can be shown here.</p> : null}
      {type === null || type === "object" ? null : <DefaultValue key={JSON.stringify([type, plain.enum, plain.items])} schema={plain} value={begins} onChange={(next) => onChange({ default: next }, "default")} />}
    </div>
  );
}

/** What is typed is kept as it is: an empty last line is the beginning of the next choice. */
function Choices({ type, value, onChange }: { type: FieldType; value: unknown; onChange: (values: unknown[] | undefined) => void }) {
  const [{ text, seen }, setForm] = useState(() => ({ text: linesOf(value), seen: value }));
  if (seen !== value) setForm({ text: isSameValue(readChoices(text, type), value) ? text : linesOf(value), seen: value });
  return (
    <Labelled label="Choices" hint="One a line, for a field where people choose. Empty: any value.">
      {(control) => (
        <Textarea
          {...control}
          value={text}
          spellCheck={false}
          rows={Math.min(8, Math.max(2, text.split("\n").length))}
          onChange={(event) => {
            setForm({ text: event.target.value, seen: value });
            onChange(readChoices(event.target.value, type));
          }}
          className="min-h-0"
        />
      )}
    </Labelled>
  );
}

function linesOf(value: unknown): string {
  return Array.isArray(value) ? value.map(String).join("\n") : "";
}

const renderField = (props: SchemaFieldProps) => <SchemaField {...props} />;

/** The field as people fill it in. */
function DefaultValue({ schema, value, onChange }: { schema: JsonSchema; value: unknown; onChange: (value: unknown) => void }) {
  const [problem, setProblem] = useState<string | null>(null);
  const { title: _title, description: _description, ...bare } = schema;
  const tools: FieldTools = {
    root: bare,
    problems: new Map(problem === null ? [] : [["/default", problem]]),
    setUnreadable: (_pointer, message) => setProblem(message),
    renderField,
  };
  return <div className="flex flex-col gap-1">{renderField({ schema: { ...bare, title: "Begins with" }, value, onChange, pointer: "/default", label: "Begins with", isRequired: false, depth: 1, tools })}</div>;
}
