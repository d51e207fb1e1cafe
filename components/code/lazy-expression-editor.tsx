"use client";

import { useEffect, useRef, useState, type ComponentType } from "react";
import { Textarea } from "@/components/ui/input";
import type { ExpressionEditorProps } from "./expression-editor";

type Editor = ComponentType<ExpressionEditorProps>;

let loaded: Editor | null = null;

async function load(): Promise<Editor> {
  return (loaded = (await import("./expression-editor")).default);
}

/** The editor, once it is loaded; until then a plain field, so that no key is lost and nothing jumps. */
export function LazyExpressionEditor(props: ExpressionEditorProps) {
  const { text, onChange, label, describedBy, isInvalid, placeholder, autoFocus = false } = props;
  const standIn = useRef<HTMLTextAreaElement>(null);
  const [{ editor: Editor, wasWritten }, setLoaded] = useState(() => ({ editor: loaded, wasWritten: false }));
  useEffect(() => {
    if (Editor !== null) return;
    let isGone = false;
    void load().then((editor) => (isGone ? undefined : setLoaded({ editor, wasWritten: document.activeElement === standIn.current })));
    return () => {
      isGone = true;
    };
  }, [Editor]);
  useEffect(() => {
    const field = standIn.current;
    if (!autoFocus || field === null) return;
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  }, [autoFocus]);
  if (Editor !== null) return <Editor {...props} autoFocus={autoFocus || wasWritten} />;
  return (
    <Textarea
      ref={standIn}
      rows={1}
      value={text}
      onChange={(event) => onChange(event.target.value)}
      aria-label={label}
      aria-describedby={describedBy}
      aria-invalid={isInvalid || undefined}
      placeholder={placeholder}
      spellCheck={false}
      className="min-h-9 resize-none font-mono text-xs max-sm:text-sm"
    />
  );
}
