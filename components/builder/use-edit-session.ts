"use client";

import { useEffect, useState, useSyncExternalStore } from "react";
import type { DraftState, DraftStore } from "@/components/workflows/draft-store";
import { EditSession, type SessionState } from "./edit-session";

const AUTOSAVE_MS = 1_000;

/** The edit history of a draft. Edits of the canvas are saved when the person pauses; text is saved when they say so. */
export function useEditSession(store: DraftStore, draft: DraftState, mayWrite: boolean): { session: EditSession; state: SessionState } {
  const [session] = useState(() => new EditSession(store, () => Date.now()));
  const state = useSyncExternalStore(session.subscribe, session.read, session.read);
  // What was typed just now is on its shelf before the page goes.
  useEffect(() => {
    const leave = () => session.flush();
    window.addEventListener("pagehide", leave);
    return () => window.removeEventListener("pagehide", leave);
  }, [session]);
  const { isDirty, isSaving, conflict, conflicts, failure, restoredFrom, parsed, text } = draft;
  // What was found unsaved waits for a decision: keep or discard.
  const isReady = mayWrite && state.isOwn && isDirty && !isSaving && conflict === null && conflicts.length === 0 && failure === null && restoredFrom === null && parsed.ok;
  useEffect(() => {
    if (!isReady) return;
    const timer = setTimeout(() => void store.save(), AUTOSAVE_MS);
    return () => clearTimeout(timer);
  }, [isReady, store, text]);
  return { session, state };
}
