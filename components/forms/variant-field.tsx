"use client";

import { Fragment, useId, useState } from "react";
import { Label } from "@/components/ui/label";
import { Select } from "@/components/ui/select";
import type { WidgetProps } from "./field-types";
import { initialValue } from "./initial-value";
import type { FieldShape } from "./read-field";

/** One of several schemas (`oneOf`, `anyOf`): which one, and its own fields. */
export function VariantField({ shape, value, onChange, pointer, label, isRequired, depth, tools }: WidgetProps<Extract<FieldShape, { widget: "variants" }>>) {
  const id = useId();
  const [chosen, setChosen] = useState(() => variantOf(shape.variants, value));
  const variant = shape.variants[chosen];
  const choose = (index: number) => {
    setChosen(index);
    onChange(initialValue(shape.variants[index]?.schema, tools.root, 1));
  };
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-col gap-1.5">
        <Label htmlFor={id}>{label}</Label>
        <Select
          id={id}
          value={String(chosen)}
          options={shape.variants.map((entry, index) => ({ value: String(index), label: entry.label }))}
          onValueChange={(index) => choose(Number(index))}
        />
      </div>
      {variant === undefined ? null : (
        <Fragment key={chosen}>
          {tools.renderField({ schema: variant.schema, value, onChange, pointer, label: variant.label, isRequired, depth: depth + 1, tools })}
        </Fragment>
      )}
    </div>
  );
}

/** The variant whose constants the value has. */
function variantOf(variants: readonly { schema: unknown }[], value: unknown): number {
  const index = variants.findIndex(({ schema }) => hasConstants(schema, value));
  return Math.max(0, index);
}

function hasConstants(schema: unknown, value: unknown): boolean {
  if (!isObject(schema) || !isObject(schema.properties) || !isObject(value)) return false;
  const constants = Object.entries(schema.properties).filter(([, own]) => isObject(own) && "const" in own);
  return constants.length > 0 && constants.every(([name, own]) => isObject(own) && value[name] === own.const);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
