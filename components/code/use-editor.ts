import { diagnosticCount, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from "react";
import { EditorText } from "./editor-text";
import { editorTheme } from "./editor-theme";

const description = new Compartment();

export interface EditorParts<Latest> {
  text: string;
  onChange: (text: string) => void;
  /** What the editor is made of. It is made anew when `madeOf` changes, and kept otherwise. */
  extensions: (latest: () => Latest) => Extension;
  /** What the extensions call upon: always that of the last drawing. */
  latest: Latest;
  madeOf: string;
  attributes: () => Record<string, string>;
  describedBy?: string | undefined;
  /** Once it stands. */
  opened?: (editor: EditorView) => void;
}

/** An editor in the element of `host`, whose text is the field's: typing changes it, and what changes it elsewhere is shown. */
export function useEditor<Latest>({ text, onChange, extensions, latest, madeOf, attributes, describedBy, opened }: EditorParts<Latest>) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const [own] = useState(() => new EditorText());
  const changed = useEffectEvent(onChange);
  const current = useEffectEvent(() => latest);
  const begin = useEffectEvent(() => EditorState.create({
    doc: text,
    extensions: [
      extensions(() => current()),
      EditorView.contentAttributes.of({ tabindex: "0", ...attributes() }),
      description.of([]),
      EditorView.updateListener.of((update) => {
        if (!update.docChanged) return;
        own.typed(update.state.doc.toString());
        changed(update.state.doc.toString());
      }),
      editorTheme,
    ],
  }));
  const stands = useEffectEvent((editor: EditorView) => opened?.(editor));

  // Before the next key: it takes the place of a field that somebody may be writing in.
  useLayoutEffect(() => {
    if (host.current === null) return;
    const editor = new EditorView({ parent: host.current, state: begin() });
    view.current = editor;
    own.begins(editor.state.doc.toString());
    stands(editor);
    return () => {
      view.current = null;
      editor.destroy();
    };
  }, [madeOf, own]);

  // Errors come and go while somebody types: the editor stays.
  useEffect(() => {
    view.current?.dispatch({ effects: description.reconfigure(describedBy === undefined ? [] : EditorView.contentAttributes.of({ "aria-describedby": describedBy })) });
  }, [describedBy, madeOf]);

  useEffect(() => {
    const editor = view.current;
    if (editor === null) return;
    own.sees(text, editor.state.doc.toString(), () => editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } }));
  }, [text, own, madeOf]);

  return { host, view };
}

/** Underlines what is wrong, as far as the text reaches. */
export function underline(editor: EditorView, problems: readonly Pick<Diagnostic, "from" | "to" | "severity" | "message">[]): void {
  if (problems.length === 0 && diagnosticCount(editor.state) === 0) return;
  const end = editor.state.doc.length;
  editor.dispatch(setDiagnostics(editor.state, problems.map(({ from, to, severity, message }) => ({ from: Math.min(from, end), to: Math.min(Math.max(to, from), end), severity, message }))));
}
