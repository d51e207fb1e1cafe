"use client";

import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, foldGutter, foldKeymap, indentOnInput } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, Prec, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useEffectEvent, useRef } from "react";
import { editorTheme } from "./editor-theme";
import type { TextRange } from "./locate-pointer";

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
  editorTheme,
];

/** Escape, then Tab leaves the editor: that is CodeMirror's own way out for the keyboard. */
export default function JsonEditor({ text, onChange, onSave, problems, goTo, label, readOnly = false }: JsonEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const changed = useEffectEvent(onChange);
  const save = useEffectEvent(() => onSave?.());
  const begin = useEffectEvent(() => text);

  useEffect(() => {
    if (host.current === null) return;
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: begin(),
        extensions: [
          basics,
          Prec.high(keymap.of([{ key: "Mod-s", preventDefault: true, run: () => (save(), true) }])),
          EditorState.readOnly.of(readOnly),
          EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    return () => {
      view.current = null;
      editor.destroy();
    };
  }, [label, readOnly]);

  useEffect(() => {
    const editor = view.current;
    if (editor === null || editor.state.doc.toString() === text) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
  }, [text]);

  useEffect(() => {
    const editor = view.current;
    if (editor === null) return;
    const end = editor.state.doc.length;
    const diagnostics: Diagnostic[] = problems.map(({ from, to, severity, message }) => ({ from: Math.min(from, end), to: Math.min(to, end), severity, message }));
    editor.dispatch(setDiagnostics(editor.state, diagnostics));
  }, [problems]);

  useEffect(() => {
    const editor = view.current;
    if (editor === null || goTo === null) return;
    const end = editor.state.doc.length;
    const selection = { anchor: Math.min(goTo.from, end), head: Math.min(goTo.to, end) };
    editor.dispatch({ selection, effects: EditorView.scrollIntoView(selection.anchor, { y: "center" }) });
    editor.focus();
  }, [goTo]);

  return <div ref={host} className="h-full min-h-0 overflow-hidden" />;
}
