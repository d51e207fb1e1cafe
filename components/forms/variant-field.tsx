"use client";

import { Fragment, useId, useState } from "react";
import { Label } from "@/components/ui/label";
import { Select } from "@/components/ui/select";
import type { WidgetProps } from "./field-types";
import { initialValue } from "./initial-value";
import { splitVariant, type FieldShape } from "./read-field";
import { isObject, variantOf } from "./variant-of";

/** One of several schemas (`oneOf`, `anyOf`): which one, and its own fields. */
export function VariantField({ shape, value, onChange, pointer, label, isRequired, depth, tools, problem }: WidgetProps<Extract<FieldShape, { widget: "variants" }>>) {
  const id = useId();
  const [chosen, setChosen] = useState(() => variantOf(shape.variants, tools.root, value));
  const variant = shape.variants[chosen];
  const { constants, rest } = splitVariant(variant?.schema, tools.root);
  const change = (next: unknown) => onChange(isObject(next) ? { ...constants, ...next } : next === undefined && isRequired && Object.keys(constants).length > 0 ? constants : next);
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
        {problem && rest === null ? <p role="alert" className="text-xs text-destructive">{problem}</p> : null}
      </div>
      {variant === undefined || rest === null ? null : (
        <Fragment key={chosen}>
          {tools.renderField({ schema: rest, value, onChange: change, pointer, label: variant.label, isRequired, depth: depth + 1, tools })}
        </Fragment>
      )}
    </div>
  );
}

