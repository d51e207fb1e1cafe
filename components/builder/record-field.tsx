"use client";

import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { escapePointer } from "@/components/forms/escape-pointer";
import type { FieldTools } from "@/components/forms/field-types";
import { useUnfinished } from "@/components/forms/unfinished";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { CodedText } from "@/components/ui/coded-text";
import { Input } from "@/components/ui/input";
import { useFocusAdded } from "@/components/ui/use-focus-added";
import { isObject } from "./draft";
import { ValueInput } from "./value-input";

export interface RecordFieldProps {
  label: string;
  hint?: string | null;
  /** Inside of a field that has the label and the hint. */
  isPart?: boolean;
  value: unknown;
  onChange: (value: unknown) => void;
  pointer: string;
  isText: boolean;
  tools: FieldTools;
}

interface Row {
  key: number;
  name: string;
  value: unknown;
}

/** Names and values. A row without a name is not part of the value yet; what stands in it is kept while other steps are looked at. */
export function RecordField({ label, hint = null, isPart = false, value, onChange, pointer, isText, tools }: RecordFieldProps) {
  const unfinished = useUnfinished(`${pointer} nameless`);
  const [rows, setRows] = useState<Row[]>(() => {
    const named = Object.entries(isObject(value) ? value : {});
    const nameless = readNameless(unfinished.find(value ?? {})).map((own): [string, unknown] => ["", own]);
    return [...named, ...nameless].map(([name, own], key) => ({ key, name, value: own }));
  });
  const change = (next: Row[]) => {
    setRows(next);
    const named = Object.fromEntries(next.filter(({ name }) => name !== "").map((row) => [row.name, row.value ?? ""]));
    const nameless = next.flatMap(({ name, value: own }) => (name === "" && own !== undefined && own !== "" ? [own] : []));
    if (nameless.length === 0) unfinished.drop();
    else unfinished.keep(JSON.stringify(nameless), named);
    onChange(named);
  };
  const update = (index: number, part: Partial<Row>) => change(rows.map((row, place) => (place === index ? { ...row, ...part } : row)));
  const { place, awaitAdded } = useFocusAdded<HTMLFieldSetElement>(rows.length);
  const add = () => {
    awaitAdded();
    setRows([...rows, { key: Math.max(-1, ...rows.map(({ key }) => key)) + 1, name: "", value: undefined }]);
  };
  const names = rows.map(({ name }) => name);
  return (
    <fieldset ref={place} className="flex flex-col gap-2">
      <legend className={cn("mb-1.5 text-sm font-medium", isPart && "sr-only")}>{isPart ? `${label}: names and values` : label}</legend>
      {hint === null ? null : <p className="text-xs text-muted-foreground"><CodedText text={hint} /></p>}
      {rows.map((row, index) => {
        const at = `${pointer}/${escapePointer(row.name)}`;
        const problem = names.indexOf(row.name) < index && row.name !== "" ? "This name stands here twice." : tools.problems.get(at);
        return (
          <div key={row.key} data-entry className="flex flex-col gap-1">
            <div className="flex items-start gap-1.5">
              <Input aria-label={`${label}: name ${index + 1}`} placeholder="Name" value={row.name} onChange={(event) => update(index, { name: event.target.value })} className="w-2/5 shrink-0" />
              <span className="contents" data-field={at}>
              <ValueInput
                label={`${label}: value of ${row.name || `row ${index + 1}`}`}
                pointer={at}
                problem={problem ?? undefined}
                aria-label={`${label}: value of ${row.name || `row ${index + 1}`}`}
                aria-invalid={problem ? true : undefined}
                placeholder="Value or {{ expression }}"
                value={row.value}
                isText={isText}
                onChange={(next) => update(index, { value: next })}
                setUnreadable={(message) => tools.setUnreadable(at, message)}
              />
              </span>
              <Button variant="ghost" size="icon" aria-label={`Remove ${row.name || `row ${index + 1}`}`} onClick={() => change(rows.toSpliced(index, 1))}>
                <Trash2 aria-hidden />
              </Button>
            </div>
            {row.name === "" && row.value !== undefined && row.value !== "" ? <p role="status" className="text-xs text-muted-foreground">Give it a name: until then it is no part of the draft.</p> : null}
            {problem ? <p role="alert" className="text-xs text-destructive">{problem}</p> : null}
          </div>
        );
      })}
      <Button size="sm" className="self-start" onClick={add}>
        <Plus aria-hidden />
        Add
      </Button>
    </fieldset>
  );
}

/** Values that stood in rows without a name when the field was left. */
function readNameless(text: string | null): unknown[] {
  const read: unknown = text === null ? [] : JSON.parse(text);
  return Array.isArray(read) ? read : [];
}
