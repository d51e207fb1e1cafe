"use client";

import { useState } from "react";
import type { FieldControl } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import type { SchemaFieldProps } from "./field-types";

/** Any value, as JSON text. What is typed is kept as it is; only text that is JSON becomes the value. */
export function JsonField({ value, onChange, pointer, tools, control }: SchemaFieldProps & { control: FieldControl }) {
  const [text, setText] = useState(() => (value === undefined ? "" : JSON.stringify(value, null, 2)));
  const change = (next: string) => {
    setText(next);
    if (next.trim() === "") {
      tools.setUnreadable(pointer, null);
      onChange(undefined);
      return;
    }
    try {
      onChange(JSON.parse(next));
      tools.setUnreadable(pointer, null);
    } catch (error) {
      tools.setUnreadable(pointer, `This is not JSON yet: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  return (
    <Textarea
      {...control}
      value={text}
      spellCheck={false}
      onChange={(event) => change(event.target.value)}
      className="min-h-28 font-mono text-xs max-sm:text-sm"
    />
  );
}
