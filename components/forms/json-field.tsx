"use client";

import { useEffect, useEffectEvent, useState } from "react";
import type { FieldControl } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import type { SchemaFieldProps } from "./field-types";
import { useUnfinished } from "./unfinished";

/** Any value, as JSON text. What is typed is kept as it is; only text that is JSON becomes the value. */
export function JsonField({ value, onChange, pointer, tools, control }: SchemaFieldProps & { control: FieldControl }) {
  const unfinished = useUnfinished(pointer);
  const [text, setText] = useState(() => unfinished.find(value) ?? (value === undefined ? "" : JSON.stringify(value, null, 2)));
  const change = (next: string) => {
    setText(next);
    const problem = problemOf(next);
    tools.setUnreadable(pointer, problem);
    if (problem === null) unfinished.drop();
    else unfinished.keep(next, value);
    if (problem === null) onChange(next.trim() === "" ? undefined : JSON.parse(next));
  };
  // What is wrong with a text goes with its field, to another place or altogether.
  const say = useEffectEvent((at: string, message: string | null) => tools.setUnreadable(at, message));
  const current = useEffectEvent(() => problemOf(text));
  useEffect(() => {
    say(pointer, current());
    return () => say(pointer, null);
  }, [pointer]);
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

function problemOf(text: string): string | null {
  if (text.trim() === "") return null;
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return `This is not JSON yet: ${error instanceof Error ? error.message : String(error)}`;
  }
}
