"use client";

import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, foldGutter, foldKeymap, indentOnInput } from "@codemirror/language";
import { lintGutter, lintKeymap } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, Prec, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { useEffect } from "react";
import type { TextRange } from "./locate-pointer";
import { underline, useEditor } from "./use-editor";

export interface EditorProblem extends TextRange {
  severity: "error" | "warning";
  message: string;
}

export interface JsonEditorProps {
  text: string;
  onChange: (text: string) => void;
  onSave?: () => void;
  problems: readonly EditorProblem[];
  /** A place to show; a new object shows it again. */
  goTo: TextRange | null;
  label: string;
  readOnly?: boolean;
}

const basics: Extension = [
  lineNumbers(),
  foldGutter(),
  lintGutter(),
  history(),
  drawSelection(),
  indentOnInput(),
  bracketMatching(),
  closeBrackets(),
  highlightActiveLine(),
  highlightSelectionMatches(),
  search({ top: true }),
  json(),
  EditorView.lineWrapping,
  keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...lintKeymap, indentWithTab]),
];

/** Escape, then Tab leaves the editor: that is CodeMirror's own way out for the keyboard. */
export default function JsonEditor({ text, onChange, onSave, problems, goTo, label, readOnly = false }: JsonEditorProps) {
  const { host, view } = useEditor({
    text,
    onChange,
    madeOf: `${label} ${readOnly}`,
    attributes: () => ({ "aria-label": label }),
    latest: { onSave },
    extensions: (latest) => [basics, Prec.high(keymap.of([{ key: "Mod-s", preventDefault: true, run: () => (latest().onSave?.(), true) }])), EditorState.readOnly.of(readOnly)],
  });

  useEffect(() => {
    const editor = view.current;
    if (editor === null) return;
    underline(editor, problems);
  }, [problems, view]);

  useEffect(() => {
    const editor = view.current;
    if (editor === null || goTo === null) return;
    const end = editor.state.doc.length;
    const selection = { anchor: Math.min(goTo.from, end), head: Math.min(goTo.to, end) };
    editor.dispatch({ selection, effects: EditorView.scrollIntoView(selection.anchor, { y: "center" }) });
    editor.focus();
  }, [goTo, view]);

  return <div ref={host} className="h-full min-h-0 overflow-hidden" />;
}
