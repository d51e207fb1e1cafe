"use client";

import { useEffect, useState, useSyncExternalStore } from "react";
import { useTRPCClient } from "@/components/data/trpc";
import { useLive, useLiveStatus } from "@/components/live/use-live";
import type { RunView } from "@/server/runs/contract";
import { RunFeed } from "./run-feed";
import type { RunModel } from "./run-model";
import { RunRest } from "./run-rest";

/** The net below the live stream. */
const POLL_MILLISECONDS = 15_000;
const POLL_WITHOUT_STREAM_MILLISECONDS = 2_000;
const MORE_AT_ONCE = 200;

/** The run as it goes on. */
export function useRun(view: RunView): { model: RunModel; feed: RunFeed; rest: RunRest } {
  const client = useTRPCClient();
  const [feed] = useState(() => {
    const runId = view.run.id;
    return new RunFeed(view, {
      changes: ({ afterSeq, within, under }) => client.runs.steps.query({ runId, afterSeq, outline: true, within: [...within], ...(under === undefined ? {} : { under }) }),
      iterations: (question) => client.runs.iterations.query({ runId, ...question }),
    });
  });
  const [rest] = useState(() => {
    const runId = view.run.id;
    return new RunRest(feed, {
      waits: (question) => client.waits.list.query({ runId, limit: MORE_AT_ONCE, ...question }),
      openSteps: (question) => client.runs.openSteps.query({ runId, outline: true, limit: MORE_AT_ONCE, ...question }),
    });
  });
  const model = useSyncExternalStore(feed.subscribe, feed.read, feed.read);
  const isStreaming = useLiveStatus() === "open";
  const isFinished = feed.isFinished;
  const pull = () => void feed.pull().then(() => rest.refresh());
  useLive(`run:${view.run.id}`, pull);
  useEffect(() => {
    if (isFinished) return;
    const timer = setInterval(() => void feed.pull().then(() => rest.refresh()), isStreaming ? POLL_MILLISECONDS : POLL_WITHOUT_STREAM_MILLISECONDS);
    return () => clearInterval(timer);
  }, [feed, rest, isStreaming, isFinished]);
  return { model, feed, rest };
}
