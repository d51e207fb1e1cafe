"use client";

import { useState, type FormEvent } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { labelOf } from "./label-text";

/** A label that is not among those offered. */
export function LabelEntry({ hint, onEnter }: { hint: string; onEnter: (label: string) => void }) {
  const [text, setText] = useState("");
  const label = labelOf(text);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (label === null) return;
    onEnter(label);
    setText("");
  };
  return (
    <form onSubmit={submit} className="flex gap-2">
      <Field label="Another label" hint={hint} className="min-w-0 flex-1">
        {(control) => <Input {...control} value={text} onChange={(event) => setText(event.target.value)} placeholder="name=value" maxLength={601} />}
      </Field>
      <Button type="submit" disabled={label === null} className="mt-[1.6rem] self-start">Add</Button>
    </form>
  );
}
