"use client";

import { useEffect, useMemo, useRef, useState } from "react";
import type { FieldTools, SchemaFieldProps } from "@/components/forms/field-types";
import { UnfinishedContext } from "@/components/forms/unfinished";
import type { WorkflowProblem } from "@/server/workflows/contract";
import type { Draft } from "./draft";
import { FormPlaceContext, type FormPlace } from "./expressions/field-place";
import { KeepFocus, type FocusPlace } from "./keep-focus";
import { useTestBench } from "./test/test-context";
import { TemplateField, type FieldRules } from "./template-field";
import { ToldTexts } from "./told-texts";

export interface ConfigFormProps {
  schema: unknown;
  value: Record<string, unknown>;
  onChange: (value: Record<string, unknown>, pointer: string) => void;
  /** Where the value stands in the definition: problems below it show at their fields. */
  base: string;
  problems: readonly WorkflowProblem[];
  rules: FieldRules;
  /** The node that the fields belong to, for what their expressions can read; the workflow itself when left out. */
  draft?: Draft;
  nodeId?: string;
}

/** A form over part of a draft: every change is an edit at once, and problems come from the validator of drafts. */
export function ConfigForm({ schema, value: given, onChange, base, problems, rules, draft, nodeId }: ConfigFormProps) {
  // What is typed is seen at once; the draft follows when typing rests, field by field. What changes elsewhere begins the fields anew.
  const [form, setForm] = useState(() => ({ value: given, seen: textOf(given), turn: 0 }));
  const [told] = useState(() => new ToldTexts());
  const { value, turn } = form;
  const text = textOf(given);
  if (text !== form.seen) {
    setForm(told.has(text) ? { ...form, seen: text } : { value: given, seen: text, turn: turn + 1 });
  }
  useEffect(() => told.settle(text), [told, text]);
  const focus = useRef<FocusPlace>(null);
  const { workflowId } = useTestBench();
  const [unreadable, setUnreadable] = useState<ReadonlyMap<string, string>>(new Map());
  const prefix = base.replace(/^\/nodes\/-?\d+/, "");
  const place = useMemo((): FormPlace | null => (draft === undefined || nodeId === undefined ? null : { draft, nodeId, prefix }), [draft, nodeId, prefix]);
  const shown = useMemo(() => {
    const map = new Map<string, string>();
    for (const { path, message } of problems) {
      const pointer = path.startsWith(`${base}/`) ? path.slice(base.length) : null;
      if (pointer !== null && !map.has(pointer)) map.set(pointer, message.endsWith(" is required") ? "This is required." : message);
    }
    return new Map([...map, ...unreadable]);
  }, [problems, base, unreadable]);
  const tools: FieldTools = {
    root: schema,
    problems: shown,
    setUnreadable: (pointer, message) =>
      setUnreadable((current) => {
        if ((current.get(pointer) ?? null) === message) return current;
        const next = new Map(current);
        if (message === null) next.delete(pointer);
        else next.set(pointer, message);
        return next;
      }),
    renderField: (props: SchemaFieldProps) => (
      <div className="contents" data-field={props.pointer}>
        <TemplateField {...props} rules={rules} />
      </div>
    ),
  };
  const root = {
    schema,
    value,
    onChange: (next: unknown) => {
      const whole = (next ?? {}) as Record<string, unknown>;
      told.note(textOf(whole));
      setForm((current) => ({ ...current, value: whole }));
      onChange(whole, changedKey(value, next));
    },
    pointer: "",
    label: "Config",
    isRequired: true,
    depth: 0,
    tools,
  };
  return (
    <FormPlaceContext value={place}>
      <UnfinishedContext value={workflowId === "" || nodeId === undefined ? null : `${workflowId} ${nodeId}${prefix}`}>
        <div key={turn} className="flex flex-col gap-4">
          {tools.renderField(root)}
          <KeepFocus keptRef={focus} />
        </div>
      </UnfinishedContext>
    </FormPlaceContext>
  );
}

/** Values that the draft has yet to come back with. */
function textOf(value: unknown): string {
  return JSON.stringify(value) ?? "";
}

/** The field that an edit is about, so that typing in it is undone as one. */
function changedKey(before: Record<string, unknown>, after: unknown): string {
  const next = (after ?? {}) as Record<string, unknown>;
  return [...new Set([...Object.keys(before), ...Object.keys(next)])].filter((key) => before[key] !== next[key]).join(",");
}
