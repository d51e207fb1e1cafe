"use client";

import { useEffect, useMemo, useSyncExternalStore } from "react";
import { useTRPCClient } from "@/components/data/trpc";
import { useLive, useLiveStatus } from "@/components/live/use-live";
import { useThrottled } from "@/components/live/use-throttled";
import type { RunLogLine } from "@/server/runs/contract";
import { LINES_PER_PAGE, LogFeed, type Log } from "./log-feed";

const PULL_AT_MOST_EVERY_MILLISECONDS = 400;
/** The net below the live stream. */
const POLL_MILLISECONDS = 15_000;
const POLL_WITHOUT_STREAM_MILLISECONDS = 2_000;

export interface RunLogsInput {
  runId: string;
  level: "debug" | "info" | "warn" | "error";
  /** Part of the messages; empty: all of them. */
  text: string;
  /** Of this step alone. */
  path?: string;
  isFinished: boolean;
}

/** The log as it is written: also the lines of a step that goes on, of which the run's journal tells nothing. */
export function useRunLogs({ runId, level, text, path, isFinished }: RunLogsInput): Log & { retry: () => void; older: () => void } {
  const client = useTRPCClient();
  const feed = useMemo(
    () =>
      new LogFeed(async (question) => {
        const place = "after" in question ? { cursor: question.after } : question;
        const page = await client.runs.logs.query({ runId, level, limit: LINES_PER_PAGE, ...place, ...(path === undefined ? {} : { path }), ...(text === "" ? {} : { text }) });
        return { items: page.items as RunLogLine[], nextCursor: page.nextCursor };
      }),
    [client, runId, level, text, path],
  );
  const log = useSyncExternalStore(feed.subscribe, feed.read, feed.read);
  useLive(`run:${runId}`, useThrottled(() => void feed.pull(), PULL_AT_MOST_EVERY_MILLISECONDS));
  const isStreaming = useLiveStatus() === "open";
  useEffect(() => {
    void feed.pull();
    if (isFinished) return;
    const timer = setInterval(() => void feed.pull(), isStreaming ? POLL_MILLISECONDS : POLL_WITHOUT_STREAM_MILLISECONDS);
    return () => clearInterval(timer);
  }, [feed, isFinished, isStreaming]);
  return { ...log, retry: () => void feed.pull(), older: () => void feed.older() };
}
