"use client";

import { Fragment } from "react";
import type { WidgetProps } from "./field-types";
import { escapePointer } from "./escape-pointer";
import type { FieldShape } from "./read-field";

export function ObjectField({ shape, value, onChange, pointer, label, texts, isRequired, depth, tools, problem }: WidgetProps<Extract<FieldShape, { widget: "object" }>>) {
  const current = isObject(value) ? value : {};
  const change = (name: string, next: unknown) => {
    const { [name]: _replaced, ...others } = current;
    const whole = next === undefined ? others : { ...others, [name]: next };
    // An optional group that was emptied again is not sent.
    onChange(!isRequired && depth > 0 && Object.keys(whole).length === 0 ? undefined : whole);
  };
  const fields = shape.properties.map((property) => (
    <Fragment key={property.name}>
      {tools.renderField({
        schema: property.schema,
        value: Object.hasOwn(current, property.name) ? current[property.name] : undefined,
        onChange: (next) => change(property.name, next),
        pointer: `${pointer}/${escapePointer(property.name)}`,
        label: property.name,
        // Nothing is required of an optional group that is left out.
        isRequired: property.isRequired && (isRequired || depth === 0 || value !== undefined),
        depth: depth + 1,
        tools,
      })}
    </Fragment>
  ));
  if (depth === 0) {
    return (
      <>
        {texts.description ? <p className="text-sm text-muted-foreground">{texts.description}</p> : null}
        {fields}
      </>
    );
  }
  return (
    <fieldset className="flex flex-col gap-4 rounded-lg border p-4">
      <legend className="px-1 text-sm font-medium">{label}</legend>
      {texts.description ? <p className="text-xs text-muted-foreground">{texts.description}</p> : null}
      {problem ? <p role="alert" className="text-xs text-destructive">{problem}</p> : null}
      {fields}
    </fieldset>
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
