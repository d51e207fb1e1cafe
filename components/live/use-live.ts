"use client";

import { useQueryClient, type QueryKey } from "@tanstack/react-query";
import { useContext, useEffect, useEffectEvent, useSyncExternalStore } from "react";
import type { LiveChunk } from "@/server/live/contract";
import { LiveContext } from "./live-provider";
import type { LiveStatus } from "./live-stream";
import { useThrottled } from "./use-throttled";

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
  useLive(topic, useThrottled(() => void queryClient.invalidateQueries({ queryKey }), atMostEvery));
}

export function useLiveStatus(): LiveStatus {
  const hub = useContext(LiveContext);
  return useSyncExternalStore(
    (listener) => hub?.onStatus(listener) ?? (() => undefined),
    () => hub?.status ?? "connecting",
    () => "connecting",
  );
}

/** The same for a list of pages, which are all asked for again: the more of them are shown, the rarer. */
export function useLivePages(topic: string | null, queryKey: QueryKey, pages: number): void {
  useLiveRefresh(topic, queryKey, REFRESH_AT_MOST_EVERY_MILLISECONDS * Math.max(1, pages));
}
