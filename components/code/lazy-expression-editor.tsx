"use client";

import { useEffect, useLayoutEffect, useRef, useState, type ComponentType } from "react";
import { Textarea } from "@/components/ui/input";
import type { ExpressionEditorProps } from "./expression-editor";

type Editor = ComponentType<ExpressionEditorProps>;

let loaded: Editor | null = null;

async function load(): Promise<Editor> {
  return (loaded = (await import("./expression-editor")).default);
}

/** The editor, once it is loaded; until then a plain field, so that no key is lost and nothing jumps. */
export function LazyExpressionEditor(props: ExpressionEditorProps) {
  const [Editor, setEditor] = useState<Editor | null>(() => loaded);
  const written = useRef<number | null>(null);
  useEffect(() => {
    if (Editor !== null) return;
    let isGone = false;
    void load().then((editor) => (isGone ? undefined : setEditor(() => editor)));
    return () => {
      isGone = true;
    };
  }, [Editor]);
  return Editor === null ? <StandIn {...props} written={written} /> : <Editor {...props} written={written} />;
}

/** `written`: where somebody writes in it when it goes. */
function StandIn({ text, onChange, label, describedBy, isInvalid, placeholder, autoFocus = false, caret, written }: ExpressionEditorProps & { written: { current: number | null } }) {
  const own = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    const field = own.current!;
    if (autoFocus) {
      field.focus();
      const at = caret ?? field.value.length;
      field.setSelectionRange(at, at);
    }
    return () => {
      written.current = document.activeElement === field ? field.selectionStart : null;
    };
  }, [autoFocus, caret, written]);
  return (
    <Textarea
      ref={own}
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
