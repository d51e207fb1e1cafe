"use client";

import { useCallback, useSyncExternalStore } from "react";

/** Wide enough for a panel beside the content. */
export const WIDE = "(min-width: 64rem)";

/** Somebody has asked their system for less of it. */
export const REDUCED_MOTION = "(prefers-reduced-motion: reduce)";

export function useMediaQuery(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const media = window.matchMedia(query);
      media.addEventListener("change", listener);
      return () => media.removeEventListener("change", listener);
    },
    [query],
  );
  return useSyncExternalStore(
    subscribe,
    () => window.matchMedia(query).matches,
    () => true,
  );
}
