"use client";

import type { FieldControl } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { WidgetProps } from "./field-types";
import type { FieldShape } from "./read-field";

const NOTHING = "nothing";

/** Options may be values of any type: they are told apart by their place in the list. */
export function ChoiceField({ shape, value, onChange, isRequired, hasDefault = false, control }: WidgetProps<Extract<FieldShape, { widget: "choice" }>> & { control: FieldControl }) {
  const wanted = JSON.stringify(value);
  const index = value === undefined ? -1 : shape.options.findIndex((option) => JSON.stringify(option.value) === wanted);
  const options = shape.options.map(({ label }, place) => ({ value: String(place), label }));
  return (
    <Select
      {...control}
      value={index === -1 ? undefined : String(index)}
      placeholder="Choose …"
      options={isRequired || hasDefault ? options : [{ value: NOTHING, label: "Nothing" }, ...options]}
      onValueChange={(chosen) => onChange(chosen === NOTHING ? undefined : shape.options[Number(chosen)]?.value)}
    />
  );
}
