"use client";

import { useMemo, useRef } from "react";
import type { CompletionResult } from "@codemirror/autocomplete";
import type { ExpressionEditorHandle } from "@/components/code/expression-editor";
import type { EditorProblem } from "@/components/code/json-editor";
import { LazyExpressionEditor } from "@/components/code/lazy-expression-editor";
import { useSettled } from "@/components/palette/use-settled";
import { prettyJson } from "@/components/values/print-value";
import { parseTemplate } from "@/server/expressions/template";
import { useTestBench } from "../test/test-context";
import { completeAt, previewOf } from "./complete";
import { insertReference } from "./expression-at";
import type { FormPlace } from "./field-place";
import { scopeOfEdge, scopeOfField, type FieldScope } from "./field-scope";
import { usePreview, valueOfChain, type Preview } from "./use-preview";
import { ValuePicker } from "./value-picker";
import { useValueSource } from "./value-source";

export interface ExpressionFieldProps {
  place: FormPlace;
  /** From the form's value to the field. */
  pointer: string;
  value: string;
  onChange: (value: string) => void;
  label: string;
  /** What the validator of drafts says of the field. */
  problem?: string;
  describedBy?: string;
  isMultiline?: boolean;
  autoFocus?: boolean;
  /** Where the cursor goes then; left out: the end. */
  caret?: number;
}

const PAUSE_MILLISECONDS = 200;

/** A text with expressions: completion from what upstream steps gave, problems where they are, and what it comes to. */
export function ExpressionField({ place, pointer, value, onChange, label, problem, describedBy, isMultiline = false, autoFocus = false, caret }: ExpressionFieldProps) {
  const editor = useRef<ExpressionEditorHandle>(null);
  const { draft, nodeId, prefix, edgeIndex } = place;
  const scope = useMemo(() => (edgeIndex === undefined ? scopeOfField(draft, nodeId, `${prefix}${pointer}`) : scopeOfEdge(draft, edgeIndex)), [draft, nodeId, prefix, pointer, edgeIndex]);
  const source = useValueSource(draft, nodeId);
  const { chosen } = useTestBench();
  // Nothing is wrong yet with what somebody has not written to its end.
  const settled = useSettled(value, PAUSE_MILLISECONDS);
  const preview = usePreview(settled, extraNamesOf(scope), source);
  const problems = useMemo(() => problemsIn(settled, problem, preview), [settled, problem, preview]);
  const complete = async (text: string, cursor: number): Promise<CompletionResult | null> => {
    const found = await completeAt(text, cursor, scope, (chain) => valueOfChain(source, chain));
    if (found === null) return null;
    // The list is filtered by what is written of a name, whatever stands before it.
    const written = text.slice(found.from, cursor);
    return { from: found.from, filter: false, options: found.options.filter(({ label: name }) => fits(name, written)).map(({ label: name, insert, detail, type }) => ({ label: name, apply: insert, detail, type })) };
  };
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <LazyExpressionEditor
        ref={editor}
        text={value}
        onChange={onChange}
        complete={complete}
        spansOf={spansOf}
        problems={problems}
        label={label}
        describedBy={describedBy}
        isInvalid={problem !== undefined || problems.some(({ severity }) => severity === "error")}
        isMultiline={isMultiline}
        placeholder="{{ expression }}"
        autoFocus={autoFocus}
        caret={caret}
      />
      <div className="flex min-h-6 items-start gap-2">
        <PreviewLine preview={preview} run={chosen === null ? "the last test" : "the chosen run"} />
        <span className="ml-auto shrink-0">
          <ValuePicker
            label={label}
            scope={scope}
            source={source}
            onPick={(reference) => editor.current?.rewrite((text, from, to) => insertReference(text, from, to, reference))}
            onClose={() => editor.current?.focus()}
          />
        </span>
      </div>
    </div>
  );
}

/** `run`: where the data are from. */
function PreviewLine({ preview, run }: { preview: Preview; run: string }) {
  switch (preview.state) {
    case "none":
    case "pending":
      return null;
    case "value":
      return (
        <p className="min-w-0 truncate pt-1 font-mono text-[11px] text-status-succeeded" title={prettyJson(preview.value).slice(0, 2_000)} aria-label={`Value with the data of ${run}`}>
          = {previewOf(preview.value)}
        </p>
      );
    case "unknown":
      return <p className="min-w-0 pt-1 text-[11px] break-words text-muted-foreground">{preview.reason}</p>;
    case "failed":
      return <p className="min-w-0 pt-1 text-[11px] break-words text-warning">With the data of {run}: {preview.message}</p>;
  }
}

/** Syntax where it ends, what the last test's data does at its expression, and what the validator says of the whole. */
function problemsIn(text: string, problem: string | undefined, preview: Preview): EditorProblem[] {
  const parsed = parseTemplate(text);
  if (!parsed.ok) return [{ from: Math.max(0, Math.min(parsed.error.offset, text.length - 1)), to: text.length, severity: "error", message: parsed.error.message }];
  if (preview.state === "failed") {
    const at = text.indexOf(preview.expression, preview.position);
    return [{ from: Math.max(0, at), to: at === -1 ? text.length : at + preview.expression.length, severity: "warning", message: preview.message }];
  }
  if (problem === undefined) return [];
  const spans = spansOf(text);
  // The validator names what it means in quotes: that word is underlined.
  const named = [...problem.matchAll(/"([^"]+)"/g)].flatMap(([, word = ""]) => spans.flatMap((span) => placesOf(text, word, span)));
  const shown = named.length > 0 ? named : spans.length > 0 ? spans : [{ from: 0, to: text.length }];
  return shown.map(({ from, to }) => ({ from, to, severity: "error", message: problem }));
}

function placesOf(text: string, word: string, span: { from: number; to: number }): { from: number; to: number }[] {
  const at = text.indexOf(word, span.from);
  return at === -1 || at >= span.to ? [] : [{ from: at, to: at + word.length }];
}

function spansOf(text: string): { from: number; to: number }[] {
  const parsed = parseTemplate(text);
  if (!parsed.ok) return [];
  return parsed.parts.flatMap((part, index) => (part.kind === "text" ? [] : [{ from: part.offset, to: parsed.parts[index + 1]?.offset ?? text.length }]));
}

const KNOWN_ROOTS = ["steps", "item", "index", "loops", "previous", "error", "input", "trigger", "vars", "run", "workspace", "now"];

function extraNamesOf({ roots }: FieldScope): string[] {
  return roots.filter((root) => !KNOWN_ROOTS.includes(root));
}

function fits(name: string, written: string): boolean {
  const wanted = written.replace(/^[\s?.[\]"]+/, "").toLowerCase();
  return wanted === "" || name.toLowerCase().includes(wanted);
}
