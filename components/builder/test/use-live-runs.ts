"use client";

import { useQueries } from "@tanstack/react-query";
import { useEffect, useMemo, useSyncExternalStore } from "react";
import { useTRPC, useTRPCClient } from "@/components/data/trpc";
import { useLive, useLiveStatus } from "@/components/live/use-live";
import { RunFeed } from "@/components/runs/run-feed";
import type { RunModel } from "@/components/runs/run-model";
import type { RunView } from "@/server/runs/contract";

const POLL_MILLISECONDS = 15_000;
const POLL_WITHOUT_STREAM_MILLISECONDS = 1_500;

/** A run as it goes on; null while it is not loaded, or when there is none to show. */
export function useLiveRun(view: RunView | null): RunModel | null {
  const client = useTRPCClient();
  const feed = useMemo(() => (view === null ? null : feedOf(client, view)), [view, client]);
  const model = useSyncExternalStore(feed?.subscribe ?? subscribeToNothing, () => feed?.read() ?? null, () => null);
  const isFinished = feed?.isFinished ?? true;
  const isStreaming = useLiveStatus() === "open";
  useLive(view === null ? null : `run:${view.run.id}`, () => void feed?.pull());
  useEffect(() => {
    if (feed === null || isFinished) return;
    // What happened between the first answer and the first notice.
    void feed.pull();
    const timer = setInterval(() => void feed.pull(), isStreaming ? POLL_MILLISECONDS : POLL_WITHOUT_STREAM_MILLISECONDS);
    return () => clearInterval(timer);
  }, [feed, isFinished, isStreaming]);
  return model;
}

/** Of a test all steps are followed, those of every iteration too. */
function feedOf(client: ReturnType<typeof useTRPCClient>, view: RunView): RunFeed {
  const runId = view.run.id;
  return new RunFeed(view, {
    changes: ({ afterSeq }) => client.runs.steps.query({ runId, afterSeq }),
    iterations: (question) => client.runs.iterations.query({ runId, ...question }),
  });
}

const subscribeToNothing = () => () => undefined;

/** Finished runs, and the first answer of those that go on. */
export function useRunViews(runIds: readonly string[]): (RunView | null)[] {
  const trpc = useTRPC();
  return useQueries({
    queries: runIds.map((runId) => ({ ...trpc.runs.get.queryOptions({ runId }), staleTime: Infinity, refetchOnWindowFocus: false, refetchOnReconnect: false })),
    combine: (results) => results.map(({ data }) => data ?? null),
  });
}
