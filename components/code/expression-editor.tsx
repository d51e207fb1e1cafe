"use client";

import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, startCompletion, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { EditorState, Prec, RangeSetBuilder } from "@codemirror/state";
import { Decoration, EditorView, keymap, placeholder as placeholderText, ViewPlugin, type DecorationSet, type ViewUpdate } from "@codemirror/view";
import { useEffect, useImperativeHandle, useRef, type Ref } from "react";
import type { EditorProblem } from "./json-editor";
import { underline, useEditor } from "./use-editor";

export interface ExpressionEditorHandle {
  /** Changes the text around the cursor: answers the new text and the cursor in it. */
  rewrite: (change: (text: string, from: number, to: number) => { text: string; cursor: number }) => void;
  focus: () => void;
}

export interface ExpressionEditorProps {
  text: string;
  onChange: (text: string) => void;
  /** Completions at a cursor. `isAsked`: the person asked for them, not the typing. */
  complete: (text: string, cursor: number) => Promise<CompletionResult | null>;
  /** Where expressions stand in a text, for their colour. */
  spansOf: (text: string) => readonly { from: number; to: number }[];
  problems: readonly EditorProblem[];
  label: string;
  describedBy?: string;
  isInvalid?: boolean;
  isMultiline?: boolean;
  placeholder?: string;
  /** The cursor goes to `caret` at once: the person was typing here. */
  autoFocus?: boolean;
  /** Left out: the end. */
  caret?: number;
  /** Where somebody writes in the field whose place it takes; null: nobody does. */
  written?: { readonly current: number | null };
  ref?: Ref<ExpressionEditorHandle>;
}

const look = EditorView.theme({
  "&": { height: "auto", fontSize: "12px", backgroundColor: "transparent" },
  ".cm-content": { padding: "7px 0" },
  ".cm-line": { padding: "0 10px" },
  ".cm-scroller": { maxHeight: "16rem" },
  ".cm-expression": { color: "var(--primary)", backgroundColor: "color-mix(in srgb, var(--primary) 9%, transparent)", borderRadius: "3px" },
  ".cm-tooltip-autocomplete > ul": { fontSize: "12px", maxHeight: "14rem" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--accent-foreground)" },
  ".cm-completionDetail": { color: "var(--muted-foreground)", fontStyle: "normal", marginLeft: "1em" },
});

/** A text with expressions: completion, colours and underlined problems. Tab leaves it, as it leaves any field. */
export default function ExpressionEditor(props: ExpressionEditorProps) {
  const { text, problems, label, describedBy, isInvalid = false, isMultiline = false, placeholder = "", autoFocus = false, caret, written, ref } = props;
  const wasOpened = useRef(false);
  const { host, view } = useEditor({
    text,
    onChange: props.onChange,
    describedBy,
    madeOf: JSON.stringify([label, isMultiline, placeholder]),
    attributes: () => ({ "aria-label": label, spellcheck: "false", "aria-multiline": String(isMultiline) }),
    latest: props,
    extensions: (latest) => [
      history(),
      closeBrackets(),
      autocompletion({ override: [(context: CompletionContext) => latest().complete(context.state.doc.toString(), context.pos)], activateOnTyping: true, icons: false, closeOnBlur: true }),
      coloured((content) => latest().spansOf(content)),
      EditorView.lineWrapping,
      placeholderText(placeholder),
      ...(isMultiline ? [] : [EditorState.transactionFilter.of((change) => (change.docChanged && change.newDoc.lines > 1 ? [] : change))]),
      Prec.highest(keymap.of([{ key: "Tab", run: acceptCompletion }, { key: "Ctrl-Space", run: startCompletion }])),
      keymap.of([...closeBracketsKeymap, ...completionKeymap, ...defaultKeymap, ...historyKeymap]),
      look,
    ],
    opened: (editor) => {
      // It is made anew under another label, while somebody writes elsewhere.
      const at = wasOpened.current ? null : (written?.current ?? null);
      if ((!autoFocus && at === null) || (wasOpened.current && document.activeElement !== document.body)) return;
      wasOpened.current = true;
      editor.focus();
      editor.dispatch({ selection: { anchor: Math.min(at ?? caret ?? editor.state.doc.length, editor.state.doc.length) } });
    },
  });

  useEffect(() => {
    const editor = view.current;
    if (editor === null) return;
    underline(editor, problems);
  }, [problems, view]);

  useImperativeHandle(ref, () => ({
    rewrite: (change) => {
      const editor = view.current;
      if (editor === null) return;
      const { from, to } = editor.state.selection.main;
      const next = change(editor.state.doc.toString(), from, to);
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: next.text }, selection: { anchor: next.cursor } });
      editor.focus();
    },
    focus: () => view.current?.focus(),
  }));

  return (
    <div
      ref={host}
      data-invalid={isInvalid || undefined}
      className="w-full min-w-0 rounded-md border border-input bg-card focus-within:outline-2 focus-within:outline-offset-1 focus-within:outline-ring data-invalid:border-destructive"
    />
  );
}

/** Expressions in their own colour. */
function coloured(spansOf: ExpressionEditorProps["spansOf"]) {
  const mark = Decoration.mark({ class: "cm-expression" });
  const draw = (editor: EditorView): DecorationSet => {
    const marks = new RangeSetBuilder<Decoration>();
    for (const { from, to } of spansOf(editor.state.doc.toString())) if (to > from) marks.add(from, to, mark);
    return marks.finish();
  };
  return ViewPlugin.fromClass(
    class {
      decorations: DecorationSet;
      constructor(editor: EditorView) {
        this.decorations = draw(editor);
      }
      update(update: ViewUpdate) {
        if (update.docChanged) this.decorations = draw(update.view);
      }
    },
    { decorations: (plugin) => plugin.decorations },
  );
}
