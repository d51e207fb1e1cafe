"use client";

import { useState } from "react";
import { cn } from "@/components/ui/class-names";
import type { FieldControl } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";

export interface ValueInputProps extends Partial<FieldControl> {
  value: unknown;
  onChange: (value: unknown) => void;
  /** Says what is wrong with half-written JSON; null once it is a value. */
  setUnreadable: (message: string | null) => void;
  isLong?: boolean;
  isCode?: boolean;
  /** Text only: there is no choice of JSON. */
  isText?: boolean;
  placeholder?: string;
  "aria-label"?: string;
}

/** A text with expressions in it or, on request, any JSON. */
export function ValueInput({ value, onChange, setUnreadable, isLong = false, isCode = false, isText = false, placeholder, ...control }: ValueInputProps) {
  const [isJson, setJson] = useState(!isText && value !== undefined && typeof value !== "string");
  const [json, setJsonText] = useState(() => (value === undefined ? "" : JSON.stringify(value, null, 2)));
  const changeJson = (next: string) => {
    setJsonText(next);
    if (next.trim() === "") {
      setUnreadable(null);
      return onChange(undefined);
    }
    try {
      onChange(JSON.parse(next));
      setUnreadable(null);
    } catch {
      setUnreadable("This is not JSON yet.");
    }
  };
  const switchMode = () => {
    setUnreadable(null);
    if (isJson) onChange(typeof value === "string" || value === undefined ? value : JSON.stringify(value));
    else {
      const read = readJson(value);
      setJsonText(read === undefined ? "" : JSON.stringify(read, null, 2));
      onChange(read);
    }
    setJson(!isJson);
  };
  const text = typeof value === "string" ? value : "";
  const isExpression = text.includes("{{");
  const classes = cn((isJson || isCode || isExpression) && "font-mono text-xs max-sm:text-sm", isExpression && !isCode && "text-primary", !isText && "pr-14");
  return (
    <span className="relative block w-full">
      {isJson ? (
        <Textarea {...control} value={json} spellCheck={false} placeholder={placeholder} onChange={(event) => changeJson(event.target.value)} className={classes} />
      ) : isLong || isCode || text.includes("\n") || text.length > 90 ? (
        <Textarea
          {...control}
          value={text}
          spellCheck={!isCode && !isExpression}
          placeholder={placeholder}
          rows={isCode ? 12 : Math.min(8, Math.max(2, text.split("\n").length))}
          onChange={(event) => onChange(event.target.value === "" ? undefined : event.target.value)}
          className={cn(classes, "min-h-0")}
        />
      ) : (
        <Input {...control} value={text} spellCheck={!isExpression} placeholder={placeholder} onChange={(event) => onChange(event.target.value === "" ? undefined : event.target.value)} className={classes} />
      )}
      {isText ? null : (
        <button
          type="button"
          onClick={switchMode}
          aria-label={isJson ? "JSON; write it as text" : "Text; write it as JSON"}
          title={isJson ? "Write it as text" : "Write it as JSON"}
          className="absolute top-1.5 right-1.5 rounded-sm border bg-muted px-1.5 py-0.5 text-[10px] font-medium text-muted-foreground hover:bg-accent"
        >
          {isJson ? "JSON" : "Text"}
        </button>
      )}
    </span>
  );
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
