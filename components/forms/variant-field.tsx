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
  const [chosen, setChosen] = useState(0);
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
