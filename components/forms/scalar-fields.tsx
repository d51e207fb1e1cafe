"use client";

import { Checkbox } from "@/components/ui/checkbox";
import type { FieldControl } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { useId, useState } from "react";
import type { WidgetProps } from "./field-types";
import type { FieldShape } from "./read-field";

type ShapeOf<Widget extends FieldShape["widget"]> = Extract<FieldShape, { widget: Widget }>;
type Controlled<Widget extends FieldShape["widget"]> = WidgetProps<ShapeOf<Widget>> & { control: FieldControl };

export function TextField({ shape, texts, value, onChange, control }: Controlled<"text">) {
  const text = typeof value === "string" ? value : "";
  const change = (next: string) => onChange(next === "" ? undefined : next);
  if (shape.multiline) {
    return <Textarea {...control} value={text} maxLength={shape.maxLength} placeholder={texts.placeholder} onChange={(event) => change(event.target.value)} />;
  }
  if (shape.input === "datetime-local") {
    return <MomentField control={control} value={text} onChange={change} />;
  }
  return (
    <Input
      {...control}
      type={shape.input}
      value={text}
      maxLength={shape.maxLength}
      placeholder={texts.placeholder}
      autoComplete={shape.input === "password" ? "off" : undefined}
      onChange={(event) => change(event.target.value)}
    />
  );
}

/**
 * What is being typed stays as it is: a year comes digit by digit, and offsets of years long ago have seconds, so that what was read from them
 * and written again would be another text.
 */
function MomentField({ control, value, onChange }: { control: FieldControl; value: string; onChange: (moment: string) => void }) {
  const [typed, setTyped] = useState({ text: toLocal(value), of: value });
  const shown = typed.of === value ? typed.text : toLocal(value);
  const type = (text: string) => {
    const of = fromLocal(text);
    setTyped({ text, of });
    onChange(of);
  };
  return <Input {...control} type="datetime-local" step={1} value={shown} onChange={(event) => type(event.target.value)} />;
}

export function NumberField({ shape, texts, value, onChange, control }: Controlled<"number">) {
  return (
    <Input
      {...control}
      type="number"
      step={shape.isInteger ? 1 : "any"}
      min={shape.minimum}
      max={shape.maximum}
      inputMode={shape.isInteger ? "numeric" : "decimal"}
      placeholder={texts.placeholder}
      defaultValue={typeof value === "number" ? value : ""}
      onChange={(event) => onChange(Number.isNaN(event.target.valueAsNumber) ? undefined : event.target.valueAsNumber)}
    />
  );
}

export function BooleanField({ label, texts, value, onChange, problem }: WidgetProps<ShapeOf<"boolean">>) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1">
      <div className="flex items-center gap-2.5">
        <Checkbox
          id={id}
          checked={value === true}
          onCheckedChange={(checked) => onChange(checked === true)}
          aria-invalid={problem ? true : undefined}
          aria-describedby={texts.description ? `${id}-hint` : undefined}
        />
        <label htmlFor={id} className="text-sm font-medium">
          {label}
        </label>
      </div>
      {texts.description ? (
        <p id={`${id}-hint`} className="text-xs text-muted-foreground">
          {texts.description}
        </p>
      ) : null}
      {problem ? (
        <p role="alert" className="text-xs text-destructive">
          {problem}
        </p>
      ) : null}
    </div>
  );
}

/** The stored moment is in UTC; people enter it in their zone. */
function toLocal(text: string): string {
  const moment = new Date(text);
  if (text === "" || Number.isNaN(moment.getTime())) return "";
  const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}

function fromLocal(text: string): string {
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? "" : moment.toISOString();
}
