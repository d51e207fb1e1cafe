"use client";

import { useCallback, useSyncExternalStore } from "react";
import { THEME_KEY } from "./theme-script";

export type ThemeChoice = "system" | "light" | "dark";
type Resolved = "light" | "dark";

const listeners = new Set<() => void>();
const darkSystem = () => window.matchMedia("(prefers-color-scheme: dark)");

function readChoice(): ThemeChoice {
  const stored = readStored();
  return stored === "light" || stored === "dark" ? stored : "system";
}

function readStored(): string | null {
  try {
    return localStorage.getItem(THEME_KEY);
  } catch {
    return null;
  }
}

function resolve(choice: ThemeChoice): Resolved {
  if (choice !== "system") return choice;
  return darkSystem().matches ? "dark" : "light";
}

function show(): void {
  document.documentElement.classList.toggle("dark", resolve(readChoice()) === "dark");
}

function apply(): void {
  show();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    show();
    darkSystem().addEventListener("change", apply);
    window.addEventListener("storage", apply);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    darkSystem().removeEventListener("change", apply);
    window.removeEventListener("storage", apply);
  };
}

/** The colour scheme: the system's unless the person chose one. */
export function useTheme(): { choice: ThemeChoice; resolved: Resolved; choose: (choice: ThemeChoice) => void } {
  const choice = useSyncExternalStore(subscribe, readChoice, () => "system" as const);
  const resolved = useSyncExternalStore(subscribe, () => resolve(readChoice()), () => "light" as const);
  const choose = useCallback((next: ThemeChoice) => {
    try {
      if (next === "system") localStorage.removeItem(THEME_KEY);
      else localStorage.setItem(THEME_KEY, next);
    } catch {
      // Storage is refused: the choice cannot be kept.
    }
    apply();
  }, []);
  return { choice, resolved, choose };
}
