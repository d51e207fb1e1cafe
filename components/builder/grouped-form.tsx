"use client";

import { useMemo } from "react";
import { CodedText } from "@/components/ui/coded-text";
import { ConfigForm, type ConfigFormProps } from "./config-form";

export interface FieldGroup {
  title: string;
  note: string;
  names: readonly string[];
}

export interface GroupedFormProps extends Omit<ConfigFormProps, "onChange"> {
  groups: readonly FieldGroup[];
  /** `names`: what the group holds; only those are meant by the value. */
  onChange: (value: Record<string, unknown>, field: string, names: readonly string[]) => void;
}

/** A long form in parts that say what they are about. */
export function GroupedForm({ groups, schema, value, onChange, ...form }: GroupedFormProps) {
  const parts = useMemo(() => groups.map((group) => ({ ...group, schema: only(schema, group.names) })).filter((part) => part.schema !== null), [groups, schema]);
  return (
    <div className="flex flex-col gap-7">
      {parts.map(({ title, note, names, schema: own }) => (
        <section key={title} aria-label={title} className="flex flex-col gap-3">
          <div className="flex flex-col gap-0.5 border-b pb-2">
            <h3 className="text-sm font-semibold">{title}</h3>
            {note === "" ? null : <p className="text-xs text-muted-foreground"><CodedText text={note} /></p>}
          </div>
          <ConfigForm {...form} schema={own} value={named(value, names)} onChange={(next, field) => onChange(next, field, names)} />
        </section>
      ))}
    </div>
  );
}

/** What a part shows: edits of the others are nothing to it. */
function named(value: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.filter((name) => Object.hasOwn(value, name)).map((name) => [name, value[name]]));
}

/** The schema with the named properties alone; null when it has none of them. */
function only(schema: unknown, names: readonly string[]): Record<string, unknown> | null {
  const { properties = {}, ...rest } = schema as { properties?: Record<string, unknown> };
  const own = names.filter((name) => Object.hasOwn(properties, name));
  return own.length === 0 ? null : { ...rest, properties: Object.fromEntries(own.map((name) => [name, properties[name]])) };
}
