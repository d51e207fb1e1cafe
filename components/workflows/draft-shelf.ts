import { z } from "zod";

const keptSchema = z.object({ text: z.string(), revision: z.number(), at: z.number() });
export type KeptDraft = z.output<typeof keptSchema>;

/** Where unsaved text lies. */
export interface DraftShelf {
  read: () => KeptDraft | null;
  put: (kept: KeptDraft) => void;
  clear: () => void;
}

export function browserShelf(workflowId: string): DraftShelf {
  const key = `millrace-draft:${workflowId}`;
  const attempt = <T>(action: () => T): T | null => {
    try {
      return action();
    } catch {
      // Storage is refused or full: the page warns before it is left.
      return null;
    }
  };
  return {
    read: () => attempt(() => keptSchema.safeParse(JSON.parse(localStorage.getItem(key) ?? "null")).data ?? null),
    put: (kept) => void attempt(() => localStorage.setItem(key, JSON.stringify(kept))),
    clear: () => void attempt(() => localStorage.removeItem(key)),
  };
}
