"use client";

import { useEffect, useState, useSyncExternalStore } from "react";
import { useTRPCClient } from "@/components/data/trpc";
import { useLive, useLiveStatus } from "@/components/live/use-live";
import type { RunView } from "@/server/runs/contract";
import { RunFeed } from "./run-feed";
import type { RunModel } from "./run-model";

/** The net below the live stream. */
const POLL_MILLISECONDS = 15_000;
const POLL_WITHOUT_STREAM_MILLISECONDS = 2_000;

/** The run as it goes on. */
export function useRun(view: RunView): { model: RunModel; feed: RunFeed } {
  const client = useTRPCClient();
  const [feed] = useState(() => {
    const runId = view.run.id;
    return new RunFeed(view, {
      changes: ({ afterSeq, within, under }) => client.runs.steps.query({ runId, afterSeq, outline: true, within: [...within], ...(under === undefined ? {} : { under }) }),
      iterations: (question) => client.runs.iterations.query({ runId, ...question }),
    });
  });
  const model = useSyncExternalStore(feed.subscribe, feed.read, feed.read);
  const isStreaming = useLiveStatus() === "open";
  const isFinished = feed.isFinished;
  useLive(`run:${view.run.id}`, () => void feed.pull());
  useEffect(() => {
    if (isFinished) return;
    const timer = setInterval(() => void feed.pull(), isStreaming ? POLL_MILLISECONDS : POLL_WITHOUT_STREAM_MILLISECONDS);
    return () => clearInterval(timer);
  }, [feed, isStreaming, isFinished]);
  return { model, feed };
}
