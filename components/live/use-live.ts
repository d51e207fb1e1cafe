"use client";

import { useQueryClient, type QueryKey } from "@tanstack/react-query";
import { useContext, useEffect, useEffectEvent, useRef, useSyncExternalStore } from "react";
import type { LiveChunk } from "@/server/live/contract";
import { LiveContext } from "./live-provider";
import type { LiveStatus } from "./live-stream";

/** Calls back when the topic changes. Null: nothing to listen to. */
export function useLive(topic: string | null, onChange: () => void, onChunk?: (chunk: LiveChunk) => void): void {
  const hub = useContext(LiveContext);
  const changed = useEffectEvent(onChange);
  const chunk = useEffectEvent((part: LiveChunk) => onChunk?.(part));
  useEffect(() => {
    if (hub === null || topic === null) return;
    return hub.subscribe(topic, { onChange: () => changed(), onChunk: (part) => chunk(part) });
  }, [hub, topic]);
}

const REFRESH_AT_MOST_EVERY_MILLISECONDS = 1_500;

/** Loads the queries under this key again when the topic changes; a busy topic not more often than makes sense. */
export function useLiveRefresh(topic: string | null, queryKey: QueryKey, atMostEvery = REFRESH_AT_MOST_EVERY_MILLISECONDS): void {
  const queryClient = useQueryClient();
  const waiting = useRef<ReturnType<typeof setTimeout> | null>(null);
  const last = useRef(0);
  useEffect(
    () => () => {
      if (waiting.current !== null) clearTimeout(waiting.current);
      waiting.current = null;
    },
    [],
  );
  useLive(topic, () => {
    const delay = Math.max(0, last.current + atMostEvery - Date.now());
    waiting.current ??= setTimeout(() => {
      waiting.current = null;
      last.current = Date.now();
      void queryClient.invalidateQueries({ queryKey });
    }, delay);
  });
}

export function useLiveStatus(): LiveStatus {
  const hub = useContext(LiveContext);
  return useSyncExternalStore(
    (listener) => hub?.onStatus(listener) ?? (() => undefined),
    () => hub?.status ?? "connecting",
    () => "connecting",
  );
}
