"use client";

import { useSyncExternalStore } from "react";

/** On a first visit there is a guide, about so tall. */
const USUAL_PIXELS = 320;

const keyOf = (workspaceId: string) => `millrace-guide:${workspaceId}`;

export function roomFrom(stored: string | null): number {
  const pixels = Number(stored ?? USUAL_PIXELS);
  return Number.isFinite(pixels) && pixels >= 0 ? pixels : USUAL_PIXELS;
}

function read(key: string): number {
  try {
    return roomFrom(window.localStorage.getItem(key));
  } catch {
    return USUAL_PIXELS;
  }
}

const never = () => () => undefined;

/** How tall the guide was when the page was last looked at here; 0: it was put away. */
export function useGuideRoom(workspaceId: string): number {
  return useSyncExternalStore(never, () => read(keyOf(workspaceId)), () => USUAL_PIXELS);
}

export function keepGuideRoom(workspaceId: string, pixels: number): void {
  try {
    window.localStorage.setItem(keyOf(workspaceId), String(pixels));
  } catch {
    // Without a storage the page makes room for the usual height.
  }
}
