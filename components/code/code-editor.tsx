"use client";

import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import { bracketMatching, indentOnInput } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { useEffect } from "react";
import { placesOfProblem } from "./code-problems";
import { underline, useEditor } from "./use-editor";

export interface CodeEditorProps {
  id?: string;
  text: string;
  onChange: (text: string) => void;
  /** What the validator of drafts says of the code. */
  problem?: string;
  label: string;
  describedBy?: string;
}

const look = EditorView.theme({
  "&": { height: "auto", fontSize: "12px", backgroundColor: "transparent" },
  ".cm-scroller": { minHeight: "12rem", maxHeight: "32rem" },
  ".cm-gutters": { backgroundColor: "transparent" },
});

const basics: Extension = [
  lineNumbers(),
  history(),
  indentOnInput(),
  bracketMatching(),
  closeBrackets(),
  javascript({ typescript: true }),
  EditorView.lineWrapping,
  keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap]),
  look,
];

/** JavaScript or TypeScript of a step, with what is wrong underlined. Tab leaves it, as it leaves any field. */
export default function CodeEditor({ id, text, onChange, problem, label, describedBy }: CodeEditorProps) {
  const { host, view } = useEditor({
    text,
    onChange,
    describedBy,
    madeOf: `${label} ${id ?? ""}`,
    attributes: () => ({ "aria-label": label, spellcheck: "false", "aria-multiline": "true", ...(id === undefined ? {} : { id }) }),
    extensions: () => basics,
    latest: null,
  });

  useEffect(() => {
    const editor = view.current;
    if (editor === null) return;
    const code = editor.state.doc.toString();
    const places = problem === undefined ? [] : placesOfProblem(code, problem);
    underline(editor, places.map(({ from, to }) => ({ from, to, severity: "error" as const, message: problem ?? "" })));
  }, [problem, text, view]);

  return (
    <div
      ref={host}
      data-invalid={problem !== undefined || undefined}
      className="w-full min-w-0 overflow-hidden rounded-md border border-input bg-card focus-within:outline-2 focus-within:outline-offset-1 focus-within:outline-ring data-invalid:border-destructive"
    />
  );
}
