"use client";

import { useEffect, useEffectEvent, useRef } from "react";

/** Runs what it is given not more often than that: at once after a quiet time, else when the time is over. */
export function useThrottled(run: () => void, atMostEveryMilliseconds: number): () => void {
  const waiting = useRef<ReturnType<typeof setTimeout> | null>(null);
  const last = useRef(0);
  const runNow = useEffectEvent(run);
  const lateRun = useRef(() => {});
  useEffect(() => {
    lateRun.current = () => runNow();
    return () => {
      if (waiting.current !== null) clearTimeout(waiting.current);
      waiting.current = null;
    };
  }, []);
  return () => {
    waiting.current ??= setTimeout(() => {
      waiting.current = null;
      last.current = Date.now();
      lateRun.current();
    }, Math.max(0, last.current + atMostEveryMilliseconds - Date.now()));
  };
}
