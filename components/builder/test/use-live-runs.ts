"use client";

import { useQueries } from "@tanstack/react-query";
import { useContext, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { useTRPC, useTRPCClient } from "@/components/data/trpc";
import { LiveContext } from "@/components/live/live-provider";
import { useLiveStatus } from "@/components/live/use-live";
import { RunFeed } from "@/components/runs/run-feed";
import { isFinal, type RunModel } from "@/components/runs/run-model";
import type { RunView } from "@/server/runs/contract";

const POLL_MILLISECONDS = 15_000;
const POLL_WITHOUT_STREAM_MILLISECONDS = 1_500;

/** Runs as they go on; null for what is not loaded. */
export function useLiveRuns(views: readonly (RunView | null)[]): readonly (RunModel | null)[] {
  const client = useTRPCClient();
  const hub = useContext(LiveContext);
  const isStreaming = useLiveStatus() === "open";
  const [known] = useState(() => new WeakMap<RunView, RunFeed>());
  const feeds = useMemo(() => views.map((view) => (view === null ? null : feedFor(view, known, () => feedOf(client, view)))), [views, known, client]);
  const [subscribe, read] = useMemo(() => storeOf(feeds), [feeds]);
  const models = useSyncExternalStore(subscribe, read, read);
  const going = models.flatMap((model) => (model === null || isFinal(model.run.status) ? [] : [model.run.id])).join(" ");
  useEffect(() => {
    const stops = feeds.map((feed) => {
      if (feed === null || feed.isFinished) return () => undefined;
      // What happened between the first answer and the first notice.
      void feed.pull();
      const timer = setInterval(() => void feed.pull(), isStreaming ? POLL_MILLISECONDS : POLL_WITHOUT_STREAM_MILLISECONDS);
      const stop = hub?.subscribe(`run:${feed.read().run.id}`, { onChange: () => void feed.pull() });
      return () => {
        clearInterval(timer);
        stop?.();
      };
    });
    return () => stops.forEach((stop) => stop());
  }, [feeds, going, isStreaming, hub]);
  return models;
}

function feedFor(view: RunView, known: WeakMap<RunView, RunFeed>, make: () => RunFeed): RunFeed {
  const feed = known.get(view) ?? make();
  known.set(view, feed);
  return feed;
}

/** Several feeds as one store. */
function storeOf(feeds: readonly (RunFeed | null)[]): [(listener: () => void) => () => void, () => readonly (RunModel | null)[]] {
  let last: readonly (RunModel | null)[] = [];
  const subscribe = (listener: () => void) => {
    const stops = feeds.map((feed) => feed?.subscribe(listener));
    return () => stops.forEach((stop) => stop?.());
  };
  const read = () => {
    const next = feeds.map((feed) => feed?.read() ?? null);
    return next.length === last.length && next.every((model, index) => model === last[index]) ? last : (last = next);
  };
  return [subscribe, read];
}

/** Of a test all steps are followed, those of every iteration too. */
function feedOf(client: ReturnType<typeof useTRPCClient>, view: RunView): RunFeed {
  const runId = view.run.id;
  return new RunFeed(view, {
    changes: ({ afterSeq }) => client.runs.steps.query({ runId, afterSeq }),
    iterations: (question) => client.runs.iterations.query({ runId, ...question }),
  });
}

/** Finished runs, and the first answer of those that go on. */
export function useRunViews(runIds: readonly string[]): (RunView | null)[] {
  const trpc = useTRPC();
  return useQueries({
    queries: runIds.map((runId) => ({ ...trpc.runs.get.queryOptions({ runId }), staleTime: Infinity, refetchOnWindowFocus: false, refetchOnReconnect: false })),
    combine: (results) => results.map(({ data }) => data ?? null),
  });
}
