"use client";

import { useEffect, useEffectEvent, useRef, useState, useSyncExternalStore } from "react";
import type { DraftState, DraftStore } from "@/components/workflows/draft-store";
import { EditSession, type SessionState } from "./edit-session";

const AUTOSAVE_MS = 1_000;
/** After a save that failed: the draft is safe in this browser meanwhile. */
const RETRY_MS = 5_000;
const RETRY_AT_MOST_MS = 60_000;

/** The edit history of a draft. Edits of the canvas are saved when the person pauses; text is saved when they say so. */
export function useEditSession(store: DraftStore, draft: DraftState, mayWrite: boolean): { session: EditSession; state: SessionState } {
  const [session] = useState(() => new EditSession(store, () => Date.now()));
  const state = useSyncExternalStore(session.subscribe, session.read, session.read);
  // Who leaves does not wait for the pause. What was typed just now is on its shelf before the page goes.
  const saveLast = useEffectEvent(() => {
    session.flush();
    if (mayWrite && session.read().isOwn && isSavableNow(store.read())) void store.save();
  });
  useEffect(() => {
    const leave = () => session.flush();
    const hide = () => (document.visibilityState === "hidden" ? saveLast() : undefined);
    window.addEventListener("pagehide", leave);
    document.addEventListener("visibilitychange", hide);
    return () => {
      window.removeEventListener("pagehide", leave);
      document.removeEventListener("visibilitychange", hide);
      saveLast();
    };
  }, [session]);
  const { failure, text } = draft;
  const isSavable = mayWrite && isSavableNow(draft);
  const isReady = isSavable && state.isOwn && failure === null;
  useSavingAgain(store, isSavable && failure !== null, failure === null);
  useEffect(() => {
    if (!isReady) return;
    const timer = setTimeout(() => void store.save(), AUTOSAVE_MS);
    return () => clearTimeout(timer);
  }, [isReady, store, text]);
  return { session, state };
}

/** What was found unsaved waits for a decision: keep or discard. */
function isSavableNow({ isDirty, isSaving, conflict, conflicts, restoredFrom, parsed }: DraftState): boolean {
  return isDirty && !isSaving && conflict === null && conflicts.length === 0 && restoredFrom === null && parsed.ok;
}

/** Saves again, at once when the network is back, else after ever longer pauses. */
function useSavingAgain(store: DraftStore, isWanted: boolean, isOver: boolean): void {
  const failures = useRef(0);
  useEffect(() => {
    if (isOver) failures.current = 0;
  }, [isOver]);
  useEffect(() => {
    if (!isWanted) return;
    const again = () => void store.save();
    const timer = setTimeout(again, Math.min(RETRY_AT_MOST_MS, RETRY_MS * 2 ** failures.current++));
    window.addEventListener("online", again);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("online", again);
    };
  }, [isWanted, store]);
}
