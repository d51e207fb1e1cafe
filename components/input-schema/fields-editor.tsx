"use client";

import { Plus } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { useFocusAdded } from "@/components/ui/use-focus-added";
import { addField, changeField, readFields, type JsonSchema } from "./edit-fields";
import { FieldCard } from "./field-card";
import { FieldDetails } from "./field-details";

const DEEPEST = 4;

export interface FieldsEditorProps {
  schema: JsonSchema;
  /** `what`: the place and keyword that changed. */
  onChange: (schema: JsonSchema, what: string) => void;
  /** A field got another name; `schema` has it already. */
  onRename?: (from: string, to: string, schema: JsonSchema) => void;
  label: string;
  depth?: number;
  /** What is said where there are none. */
  none?: string;
}

/** The fields of an object, one below the other, as a form will show them. */
export function FieldsEditor({ schema, onChange, onRename, label, depth = 0, none = "No fields yet: any value goes." }: FieldsEditorProps) {
  // With another name it is the same field: what is open stays open, and a click beside the name is not lost.
  const [keys, setKeys] = useState<Readonly<Record<string, string>>>({});
  const keyOf = (name: string) => (Object.hasOwn(keys, name) ? keys[name]! : name);
  const rename = (from: string, to: string, next: JsonSchema) => {
    setKeys({ ...keys, [to]: keyOf(from), [from]: `${from} ${Object.keys(keys).length + 1}` });
    if (onRename === undefined) onChange(next, `${from}/name`);
    else onRename(from, to, next);
  };
  const fields = readFields(schema);
  const { place, awaitAdded } = useFocusAdded<HTMLOListElement>(fields?.length ?? 0);
  const add = () => {
    awaitAdded();
    onChange(addField(schema), "add");
  };
  if (fields === null) return <p className="text-sm text-muted-foreground">The JSON says more than can be shown as fields.</p>;
  return (
    <section aria-label={label} className="flex flex-col gap-2">
      {depth === 0 ? null : <h4 className="text-sm font-medium">{label}</h4>}
      {fields.length === 0 ? <p className="text-sm text-muted-foreground">{none}</p> : null}
      <ol ref={place} className="flex flex-col gap-2">
        {fields.map((field, index) => (
          <FieldCard
            key={keyOf(field.name)}
            field={field}
            schema={schema}
            onChange={onChange}
            onRename={rename}
            isFirst={index === 0}
            isLast={index === fields.length - 1}
            details={
              <FieldDetails
                field={field}
                onChange={(patch, what) => onChange(changeField(schema, field.name, patch), `${field.name}/${what}`)}
                renderFields={depth >= DEEPEST ? null : (inner, changeInner, title) => <FieldsEditor schema={inner} onChange={changeInner} label={title} depth={depth + 1} />}
              />
            }
          />
        ))}
      </ol>
      <Button size="sm" className="self-start" onClick={add}>
        <Plus aria-hidden />
        Add a field
      </Button>
    </section>
  );
}
