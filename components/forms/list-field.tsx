"use client";

import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { CodedText } from "@/components/ui/coded-text";
import { useFocusAdded } from "@/components/ui/use-focus-added";
import type { WidgetProps } from "./field-types";
import { initialValue } from "./initial-value";
import type { FieldShape } from "./read-field";

export function ListField({ shape, value, onChange, pointer, label, texts, isRequired, depth, tools, problem }: WidgetProps<Extract<FieldShape, { widget: "list" }>>) {
  const items: unknown[] = Array.isArray(value) ? value : [];
  // Fields keep their own text, so an item keeps its key when one before it goes.
  const [keys, setKeys] = useState<number[]>([]);
  const keyOf = (index: number) => keys[index] ?? index;
  const change = (next: unknown[], nextKeys: number[]) => {
    setKeys(nextKeys);
    onChange(next.length === 0 && !isRequired ? undefined : next);
  };
  const allKeys = items.map((_, index) => keyOf(index));
  const { place, awaitAdded } = useFocusAdded<HTMLFieldSetElement>(items.length);
  const add = () => {
    awaitAdded();
    change([...items, initialValue(shape.items, tools.root, 1) ?? null], [...allKeys, Math.max(-1, ...allKeys) + 1]);
  };
  const remove = (index: number) => change(items.toSpliced(index, 1), allKeys.toSpliced(index, 1));
  return (
    <fieldset ref={place} className="flex flex-col gap-3 rounded-lg border p-4">
      <legend className="px-1 text-sm font-medium">
        {label}
        {isRequired ? <span className="text-destructive" aria-hidden> *</span> : null}
      </legend>
      {texts.description ? <p className="text-xs text-muted-foreground"><CodedText text={texts.description} /></p> : null}
      {problem ? <p role="alert" className="text-xs text-destructive">{problem}</p> : null}
      {items.map((item, index) => (
        <div key={keyOf(index)} data-entry className="flex items-end gap-2">
          <div className="min-w-0 flex-1">
            {tools.renderField({
              schema: shape.items,
              value: item === null ? undefined : item,
              onChange: (next) => change(items.with(index, next === undefined ? null : next), allKeys),
              pointer: `${pointer}/${index}`,
              label: `${label} ${index + 1}`,
              isRequired: true,
              depth: depth + 1,
              tools,
            })}
          </div>
          <Button variant="ghost" size="icon" aria-label={`Remove ${label} ${index + 1}`} onClick={() => remove(index)} disabled={items.length <= shape.minItems}>
            <Trash2 aria-hidden />
          </Button>
        </div>
      ))}
      <Button size="sm" className="self-start" onClick={add} disabled={items.length >= shape.maxItems}>
        <Plus aria-hidden />
        Add
      </Button>
    </fieldset>
  );
}
