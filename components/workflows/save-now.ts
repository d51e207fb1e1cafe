import type { EditSession } from "@/components/builder/edit-session";
import type { DraftStore } from "./draft-store";

/** Saves what the person sees, after the saving that is under way. False: the server has not got it. */
export async function saveNow(store: DraftStore, session: EditSession): Promise<boolean> {
  session.flush();
  while (store.read().isSaving) await nextChange(store);
  return store.save();
}

function nextChange(store: DraftStore): Promise<void> {
  return new Promise((resolve) => {
    const stop = store.subscribe(() => {
      stop();
      resolve();
    });
  });
}
