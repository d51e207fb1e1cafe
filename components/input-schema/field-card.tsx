"use client";

import { ChevronDown, ChevronRight, ChevronUp, Trash2 } from "lucide-react";
import { useId, useState, type ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { cn } from "@/components/ui/class-names";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { FIELD_TYPES, moveField, nameObjection, removeField, renameField, requireField, retypeField, type Field, type FieldType, type JsonSchema } from "./edit-fields";

export const TYPE_NAMES: Readonly<Record<FieldType, string>> = {
  text: "Text",
  number: "Number",
  integer: "Whole number",
  boolean: "Yes or no",
  date: "Date and time",
  list: "List",
  object: "Group of fields",
  any: "Any value",
};

export interface FieldCardProps {
  field: Field;
  schema: JsonSchema;
  onChange: (schema: JsonSchema, what: string) => void;
  onRename: (from: string, to: string, schema: JsonSchema) => void;
  isFirst: boolean;
  isLast: boolean;
  /** Everything else of the field. */
  details: ReactNode;
}

/** One field of the input: its name and type in a line, everything else below when it is opened. */
export function FieldCard({ field, schema, onChange, onRename, isFirst, isLast, details }: FieldCardProps) {
  const { name, type, isRequired } = field;
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const [written, setWritten] = useState(name);
  const objection = nameObjection(schema, name, written);
  const takeName = () => {
    if (objection === null && written !== name) onRename(name, written, renameField(schema, name, written));
  };
  const types = [...FIELD_TYPES.map((value) => ({ value, label: TYPE_NAMES[value] })), ...(type === null ? [{ value: "other", label: "As the JSON says" }] : [])];
  return (
    <li data-entry className="flex flex-col rounded-lg border bg-card">
      <div className="flex flex-wrap items-center gap-2 p-2">
        <Button variant="ghost" size="icon-sm" aria-expanded={isOpen} aria-label={`Details of ${name}`} onClick={() => setOpen(!isOpen)}>
          <ChevronRight aria-hidden className={cn("transition-transform", isOpen && "rotate-90")} />
        </Button>
        <Input
          aria-label={`Name of ${name}`}
          aria-invalid={objection === null ? undefined : true}
          aria-describedby={objection === null ? undefined : `${id}-name`}
          value={written}
          maxLength={100}
          spellCheck={false}
          onChange={(event) => setWritten(event.target.value)}
          onBlur={takeName}
          onKeyDown={(event) => (event.key === "Enter" ? takeName() : undefined)}
          className="min-w-28 flex-1 basis-36 font-mono text-xs max-sm:text-sm"
        />
        <Select
          aria-label={`Type of ${name}`}
          value={type ?? "other"}
          options={types}
          onValueChange={(next) => (next === "other" ? undefined : onChange(retypeField(schema, name, next as FieldType), `${name}/type`))}
          className="w-36"
        />
        <label htmlFor={`${id}-required`} className="flex items-center gap-2 text-sm">
          <Checkbox id={`${id}-required`} checked={isRequired} onCheckedChange={(checked) => onChange(requireField(schema, name, checked === true), `${name}/required`)} />
          Required
        </label>
        <span className="ml-auto flex">
          <Button variant="ghost" size="icon-sm" aria-label={`Move ${name} up`} disabled={isFirst} onClick={() => onChange(moveField(schema, name, -1), `${name}/move`)}><ChevronUp aria-hidden /></Button>
          <Button variant="ghost" size="icon-sm" aria-label={`Move ${name} down`} disabled={isLast} onClick={() => onChange(moveField(schema, name, 1), `${name}/move`)}><ChevronDown aria-hidden /></Button>
          <Button variant="ghost" size="icon-sm" aria-label={`Remove ${name}`} onClick={() => onChange(removeField(schema, name), `${name}/remove`)}><Trash2 aria-hidden /></Button>
        </span>
      </div>
      {objection === null ? null : <p id={`${id}-name`} role="alert" className="px-3 pb-2 text-xs text-destructive">{objection}</p>}
      {isOpen ? details : null}
    </li>
  );
}
