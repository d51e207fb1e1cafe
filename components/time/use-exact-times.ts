"use client";

import { useSyncExternalStore } from "react";

const KEY = "millrace-exact-times";
const listeners = new Set<() => void>();

function read(): boolean {
  try {
    return localStorage.getItem(KEY) === "1";
  } catch {
    return false;
  }
}

function tell(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) window.addEventListener("storage", tell);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) window.removeEventListener("storage", tell);
  };
}

/** Whether times are written out instead of told from now: for all of them at once, so that none has to be pointed at. */
export function useExactTimes(): boolean {
  return useSyncExternalStore(subscribe, read, () => false);
}

export function chooseExactTimes(isExact: boolean): void {
  try {
    if (isExact) localStorage.setItem(KEY, "1");
    else localStorage.removeItem(KEY);
  } catch {
    // Storage is refused: the choice cannot be kept.
  }
  tell();
}
