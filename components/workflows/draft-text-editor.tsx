"use client";

import { useEffect, useMemo, useState } from "react";
import type { EditorProblem } from "@/components/code/json-editor";
import { LazyJsonEditor } from "@/components/code/lazy-json-editor";
import type { TextRange } from "@/components/code/locate-pointer";
import type { DraftState, DraftStore } from "./draft-store";

export interface EditorGoal {
  /** JSON pointer of the place to show. */
  pointer: string;
}

type Locate = (text: string) => (pointer: string) => TextRange;

export interface DraftTextEditorProps {
  store: DraftStore;
  draft: DraftState;
  goal: EditorGoal | null;
  readOnly: boolean;
}

/** The draft as JSON, with its problems underlined where they are. */
export function DraftTextEditor({ store, draft, goal, readOnly }: DraftTextEditorProps) {
  const [locate, setLocate] = useState<Locate | null>(null);
  useEffect(() => {
    // It comes with the editor, which pages without one do not load.
    void import("@/components/code/locate-pointer").then(({ pointerLocator }) => setLocate(() => pointerLocator));
  }, []);
  const { text, parsed, problems } = draft;
  const marked = useMemo((): EditorProblem[] => {
    if (!parsed.ok) return [{ from: parsed.offset, to: parsed.offset + 1, severity: "error", message: parsed.message }];
    if (locate === null || problems === null) return [];
    const find = locate(text);
    return problems.map(({ path, severity, message }) => ({ ...find(path), severity, message }));
  }, [locate, text, parsed, problems]);
  const goTo = useMemo(() => {
    if (goal === null || locate === null) return null;
    const { text: current, parsed: now } = store.read();
    return now.ok ? locate(current)(goal.pointer) : { from: now.offset, to: now.offset };
  }, [goal, locate, store]);
  return (
    <div className="flex min-h-0 min-w-0 flex-col">
      <div className="min-h-0 flex-1">
        <LazyJsonEditor
          text={text}
          onChange={(next) => store.edit(next)}
          onSave={() => void store.save()}
          problems={marked}
          goTo={goTo}
          label="Draft as JSON"
          readOnly={readOnly}
        />
      </div>
      {readOnly ? null : <HowItIsSaved isDirty={draft.isDirty} />}
    </div>
  );
}

/** Unlike edits on the canvas: half a text may be valid, and is not what anybody means. */
function HowItIsSaved({ isDirty }: { isDirty: boolean }) {
  return (
    <p className="border-t px-4 py-1.5 text-xs text-muted-foreground">
      {isDirty ? "Not saved yet: text is saved by Save above, or by Ctrl or ⌘ S. Until then it is kept in this browser." : "Text is saved by Save above, or by Ctrl or ⌘ S; edits on the canvas save themselves."}
    </p>
  );
}
