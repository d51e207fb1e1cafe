import type { EditSession } from "@/components/builder/edit-session";
import type { DraftState, DraftStore } from "./draft-store";

/** Saves what the person sees, after the saving that is under way. False: the server has not got it. */
export async function saveNow(store: DraftStore, session: EditSession): Promise<boolean> {
  session.flush();
  while (store.read().isSaving) await nextChange(store);
  return store.save();
}

export function whyNotSaved({ failure, conflict, conflicts }: DraftState): string {
  const isAsked = conflict !== null || conflicts.length > 0;
  return `The draft is not saved yet. ${isAsked ? "Somebody else changed the same: choose first, above the canvas." : (failure ?? "Try again in a moment.")}`;
}

function nextChange(store: DraftStore): Promise<void> {
  return new Promise((resolve) => {
    const stop = store.subscribe(() => {
      stop();
      resolve();
    });
  });
}
