"use client";

import { createContext, useContext } from "react";

/** JSON that was begun and is none yet, beside the value that stands in the draft meanwhile. */
interface Unfinished {
  text: string;
  value: unknown;
}

/** Texts outlive the fields they are typed in: another step is selected, an edit is taken back, somebody else changes the step. */
const kept = new Map<string, Unfinished>();

/** Names the place of a form; null: what is unfinished goes with its field. */
export const UnfinishedContext = createContext<string | null>(null);

export interface UnfinishedText {
  /** As long as the value is still the one beside which it was typed. */
  find: (value: unknown) => string | null;
  keep: (text: string, value: unknown) => void;
  drop: () => void;
}

export function useUnfinished(pointer: string): UnfinishedText {
  const form = useContext(UnfinishedContext);
  return unfinishedAt(form === null ? null : `${form} ${pointer}`);
}

export function unfinishedAt(key: string | null): UnfinishedText {
  return {
    find: (value) => {
      const found = key === null ? undefined : kept.get(key);
      return found !== undefined && JSON.stringify(found.value) === JSON.stringify(value) ? found.text : null;
    },
    keep: (text, value) => (key === null ? undefined : void kept.set(key, { text, value })),
    drop: () => (key === null ? undefined : void kept.delete(key)),
  };
}
