"use client";

import { useEffect, useEffectEvent, useRef } from "react";
import type { Draft } from "../draft";
import { strandedPins, type Rename } from "./stranded-pins";
import type { usePins } from "./use-pins";

/** Pins lie beside the draft, by id: they go along when a step gets another one, and when that is taken back or done again. */
export function usePinsAlong(draft: Draft, pins: Readonly<Record<string, unknown>>, pinning: ReturnType<typeof usePins>): (from: string, to: string) => void {
  const renames = useRef<Rename[]>([]);
  const follow = useEffectEvent(() => {
    for (const { from, to, by } of strandedPins(renames.current, new Set(draft.nodes.map(({ id }) => id)), pins)) {
      pinning.move(from, to, () => (renames.current = renames.current.filter((one) => one !== by)));
    }
  });
  useEffect(() => follow(), [draft, pins]);
  return (from, to) => void renames.current.push({ from, to });
}
