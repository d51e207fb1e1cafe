"use client";

import { Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { escapePointer } from "@/components/forms/escape-pointer";
import type { FieldTools } from "@/components/forms/field-types";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { Input } from "@/components/ui/input";
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

/** Names and values. A row without a name is not part of the value yet. */
export function RecordField({ label, hint = null, isPart = false, value, onChange, pointer, isText, tools }: RecordFieldProps) {
  const [rows, setRows] = useState<Row[]>(() => Object.entries(isObject(value) ? value : {}).map(([name, own], key) => ({ key, name, value: own })));
  const change = (next: Row[]) => {
    setRows(next);
    onChange(Object.fromEntries(next.filter(({ name }) => name !== "").map((row) => [row.name, row.value ?? ""])));
  };
  const update = (index: number, part: Partial<Row>) => change(rows.map((row, place) => (place === index ? { ...row, ...part } : row)));
  const names = rows.map(({ name }) => name);
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className={cn("mb-1.5 text-sm font-medium", isPart && "sr-only")}>{isPart ? `${label}: names and values` : label}</legend>
      {hint === null ? null : <p className="text-xs text-muted-foreground">{hint}</p>}
      {rows.map((row, index) => {
        const at = `${pointer}/${escapePointer(row.name)}`;
        const problem = names.indexOf(row.name) < index && row.name !== "" ? "This name stands here twice." : tools.problems.get(at);
        return (
          <div key={row.key} className="flex flex-col gap-1">
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
            {problem ? <p role="alert" className="text-xs text-destructive">{problem}</p> : null}
          </div>
        );
      })}
      <Button size="sm" className="self-start" onClick={() => setRows([...rows, { key: Math.max(-1, ...rows.map(({ key }) => key)) + 1, name: "", value: undefined }])}>
        <Plus aria-hidden />
        Add
      </Button>
    </fieldset>
  );
}
