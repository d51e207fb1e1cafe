"use client";

import { useId, useState } from "react";
import { Label } from "@/components/ui/label";
import { Select } from "@/components/ui/select";
import { initialValue } from "./initial-value";
import type { FieldShape } from "./read-field";
import { SchemaField, type WidgetProps } from "./schema-field";

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
        <SchemaField
          key={chosen}
          schema={variant.schema}
          value={value}
          onChange={onChange}
          pointer={pointer}
          label={variant.label}
          isRequired={isRequired}
          depth={depth + 1}
          tools={tools}
        />
      )}
    </div>
  );
}
