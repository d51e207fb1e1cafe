"use client";

import { useSyncExternalStore } from "react";

export function isMac(): boolean {
  return /mac|iphone|ipad/i.test(navigator.userAgent);
}

/** Name of the key combination that opens the palette, as it stands on the person's keys. */
export function usePaletteKeyText(): string {
  return useSyncExternalStore(
    () => () => undefined,
    () => (isMac() ? "⌘K" : "Ctrl K"),
    () => "Ctrl K",
  );
}
