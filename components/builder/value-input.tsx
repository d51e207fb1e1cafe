"use client";

import { Braces } from "lucide-react";
import { useEffect, useEffectEvent, useState, type ReactNode } from "react";
import { LazyCodeEditor } from "@/components/code/lazy-code-editor";
import { useUnfinished } from "@/components/forms/unfinished";
import { cn } from "@/components/ui/class-names";
import type { FieldControl } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { isObject } from "./draft";
import { ExpressionField } from "./expressions/expression-field";
import { useFormPlace } from "./expressions/field-place";

export interface ValueInputProps extends Partial<FieldControl> {
  value: unknown;
  onChange: (value: unknown) => void;
  /** Says what is wrong with half-written JSON; null once it is a value. */
  setUnreadable: (message: string | null) => void;
  label: string;
  /** From the form's value to the field. */
  pointer: string;
  problem?: string;
  isLong?: boolean;
  isCode?: boolean;
  /** Text only: there is no choice of JSON. */
  isText?: boolean;
  /** Never an expression. */
  isLiteral?: boolean;
  placeholder?: string;
  "aria-label"?: string;
  /** An object as names and values, where the field can be one. */
  renderFields?: () => ReactNode;
}

type Mode = "text" | "expression" | "fields" | "json";

/** Longer texts begin with room for several lines. */
const LINE_CHARACTERS = 90;

/** A plain text, a text with expressions in it or, on request, names and values, or any JSON. */
export function ValueInput({ value, onChange, setUnreadable, label, pointer, problem, isLong = false, isCode = false, isText = false, isLiteral = false, placeholder, renderFields, ...control }: ValueInputProps) {
  const place = useFormPlace();
  const mayHold = place !== null && !isLiteral && !isCode;
  const unfinished = useUnfinished(pointer);
  const [begun] = useState(() => unfinished.find(value));
  const [wanted, setMode] = useState<Mode>(begun !== null ? "json" : isText || value === undefined || typeof value === "string" ? "text" : renderFields !== undefined && isObject(value) ? "fields" : "json");
  const [json, setJsonText] = useState(() => begun ?? (value === undefined ? "" : JSON.stringify(value, null, 2)));
  const [isTyping, setTyping] = useState(false);
  const [caret, setCaret] = useState<number | undefined>();
  const text = typeof value === "string" ? value : "";
  const [isMultiline, setMultiline] = useState(isLong || text.includes("\n"));
  const [isLengthy] = useState(text.length > LINE_CHARACTERS);
  // Braces make an expression wherever they are written. Nothing is exchanged for something smaller while somebody writes in it.
  const isBraced = wanted === "text" && mayHold && text.includes("{{");
  if (isBraced) setMode("expression");
  if (!isMultiline && text.includes("\n")) setMultiline(true);
  const mode: Mode = isBraced ? "expression" : wanted;
  const changeJson = (next: string) => {
    setJsonText(next);
    const read = parsed(next);
    setUnreadable(read === null ? UNREADABLE : null);
    if (read === null) return unfinished.keep(next, value);
    unfinished.drop();
    onChange(read.value);
  };
  const sayUnreadable = useEffectEvent(setUnreadable);
  useEffect(() => (begun === null ? undefined : sayUnreadable(UNREADABLE)), [begun]);
  const changeText = ({ value: next, selectionStart }: HTMLInputElement | HTMLTextAreaElement) => {
    if (next.includes("{{")) setTyping(true);
    setCaret(selectionStart ?? undefined);
    onChange(next === "" ? undefined : next);
  };
  const show = (next: Mode) => {
    setUnreadable(null);
    unfinished.drop();
    if ((next === "text" || next === "expression") && typeof value !== "string" && value !== undefined) onChange(JSON.stringify(value));
    if (next === "fields") onChange(isObject(readJson(value)) ? readJson(value) : undefined);
    if (next === "json") {
      const read = readJson(value);
      setJsonText(read === undefined ? "" : JSON.stringify(read, null, 2));
      onChange(read);
    }
    setTyping(next === "expression");
    setCaret(undefined);
    setMode(next);
  };
  const classes = cn(mode === "json" && "font-mono text-xs max-sm:text-sm");
  return (
    <span className="flex min-w-0 flex-1 flex-col gap-1">
      {mode === "expression" && place !== null ? (
        <ExpressionField
          place={place}
          pointer={pointer}
          value={text}
          onChange={(next) => onChange(next === "" ? undefined : next)}
          label={control["aria-label"] ?? label}
          problem={problem}
          describedBy={control["aria-describedby"]}
          isMultiline={isMultiline || !isText}
          autoFocus={isTyping}
          caret={caret}
        />
      ) : mode === "fields" && renderFields !== undefined ? (
        renderFields()
      ) : isCode ? (
        <LazyCodeEditor text={text} onChange={(next) => onChange(next === "" ? undefined : next)} problem={problem} label={control["aria-label"] ?? label} describedBy={control["aria-describedby"]} />
      ) : mode === "json" ? (
        <Textarea {...control} value={json} spellCheck={false} placeholder={placeholder} onChange={(event) => changeJson(event.target.value)} className={classes} />
      ) : isMultiline || isLengthy ? (
        <Textarea
          {...control}
          value={text}
          placeholder={placeholder}
          rows={Math.min(8, Math.max(2, text.split("\n").length))}
          onChange={(event) => changeText(event.target)}
          className={cn(classes, "min-h-0")}
        />
      ) : (
        <Input {...control} value={text} placeholder={placeholder} onChange={(event) => changeText(event.target)} className={classes} />
      )}
      {mayHold || !isText ? (
        <span className="flex gap-1 self-end" role="group" aria-label="How it is written">
          <Choice label="Text" isOn={mode === "text"} onClick={() => show("text")} isBlocked={mode === "expression" && text.includes("{{")} />
          {mayHold ? <Choice label="Expression" isOn={mode === "expression"} onClick={() => show("expression")} /> : null}
          {renderFields === undefined ? null : <Choice label="Fields" isOn={mode === "fields"} onClick={() => show("fields")} isBlocked={!mayBeFields(value)} />}
          {isText ? null : <Choice label="JSON" isOn={mode === "json"} onClick={() => show("json")} />}
        </span>
      ) : null}
    </span>
  );
}

/** Nothing that stands there is given up for names and values. */
function mayBeFields(value: unknown): boolean {
  return value === undefined || isObject(readJson(value));
}

const BLOCKED: Readonly<Record<string, string>> = {
  Text: "Take the expression out to write plain text",
  Fields: "Take out what stands here to write names and values",
};

function Choice({ label, isOn, isBlocked = false, onClick }: { label: string; isOn: boolean; isBlocked?: boolean; onClick: () => void }) {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      disabled={isBlocked}
      title={isBlocked ? BLOCKED[label] : undefined}
      onClick={isOn ? undefined : onClick}
      className={cn("flex items-center gap-0.5 rounded-sm px-1 text-[10px] leading-4 font-medium text-muted-foreground hover:bg-accent disabled:opacity-40", isOn && "bg-muted text-foreground")}
    >
      {label === "Expression" ? <Braces aria-hidden className="size-2.5" /> : null}
      {label}
    </button>
  );
}

const UNREADABLE = "This is not JSON yet.";

/** Null: it is no JSON. Nothing stands for no value. */
function parsed(text: string): { value: unknown } | null {
  if (text.trim() === "") return { value: undefined };
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
}

/** What a text would be as JSON; a text that is none stays a text. */
function readJson(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}
