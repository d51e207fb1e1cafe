"use client";

import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import { bracketMatching, indentOnInput } from "@codemirror/language";
import { setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useEffectEvent, useRef } from "react";
import { placesOfProblem } from "./code-problems";
import { editorTheme } from "./editor-theme";

export interface CodeEditorProps {
  id?: string;
  text: string;
  onChange: (text: string) => void;
  /** What the validator of drafts says of the code. */
  problem?: string;
  label: string;
  describedBy?: string;
}

const description = new Compartment();

const look = EditorView.theme({
  "&": { height: "auto", fontSize: "12px", backgroundColor: "transparent" },
  ".cm-scroller": { minHeight: "12rem", maxHeight: "32rem" },
  ".cm-gutters": { backgroundColor: "transparent" },
});

/** JavaScript or TypeScript of a step, with what is wrong underlined. Tab leaves it, as it leaves any field. */
export default function CodeEditor({ id, text, onChange, problem, label, describedBy }: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const changed = useEffectEvent(onChange);
  const begin = useEffectEvent(() => text);

  useEffect(() => {
    if (host.current === null) return;
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: begin(),
        extensions: [
          lineNumbers(),
          history(),
          indentOnInput(),
          bracketMatching(),
          closeBrackets(),
          javascript({ typescript: true }),
          EditorView.lineWrapping,
          keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap]),
          EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0", spellcheck: "false", "aria-multiline": "true", ...(id === undefined ? {} : { id }) }),
          description.of([]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed(update.state.doc.toString());
          }),
          editorTheme,
          look,
        ],
      }),
    });
    view.current = editor;
    return () => {
      view.current = null;
      editor.destroy();
    };
  }, [label, id]);

  useEffect(() => {
    view.current?.dispatch({ effects: description.reconfigure(describedBy === undefined ? [] : EditorView.contentAttributes.of({ "aria-describedby": describedBy })) });
  }, [describedBy, label, id]);

  useEffect(() => {
    const editor = view.current;
    if (editor === null || editor.state.doc.toString() === text) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
  }, [text]);

  useEffect(() => {
    const editor = view.current;
    if (editor === null) return;
    const code = editor.state.doc.toString();
    const places = problem === undefined ? [] : placesOfProblem(code, problem);
    editor.dispatch(setDiagnostics(editor.state, places.map(({ from, to }) => ({ from, to, severity: "error" as const, message: problem ?? "" }))));
  }, [problem, text]);

  return (
    <div
      ref={host}
      data-invalid={problem !== undefined || undefined}
      className="w-full min-w-0 overflow-hidden rounded-md border border-input bg-card focus-within:outline-2 focus-within:outline-offset-1 focus-within:outline-ring data-invalid:border-destructive"
    />
  );
}
