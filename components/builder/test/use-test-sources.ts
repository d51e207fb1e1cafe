"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { useTRPC } from "@/components/data/trpc";
import { isFinal, newModel } from "@/components/runs/run-model";
import { STEP_LABEL } from "@/server/test-data/contract";
import type { TestSource } from "./test-results";
import { useLiveRun, useRunViews } from "./use-live-runs";

/** How many tests of single steps are looked at beside the last one of the draft. */
const STEP_TESTS_SHOWN = 8;
const LISTED = 30;

/** The last test of the draft and the newer ones of single steps. `runId` names another test of the draft to look at. */
export function useTestSources(workflowId: string, runId: string | null): { sources: readonly TestSource[]; refresh: () => void } {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const list = trpc.runs.list.queryOptions({ workflowId, mode: "test", limit: LISTED });
  const listed = useQuery(list);
  const tests = useMemo(() => {
    const items = listed.data?.items ?? [];
    const base = runId ?? items.find(({ labels }) => labels[STEP_LABEL] === undefined)?.id ?? null;
    const place = items.findIndex(({ id }) => id === base);
    const newer = (place === -1 ? items : items.slice(0, place)).filter(({ labels }) => labels[STEP_LABEL] !== undefined);
    const latest = newer.filter(({ labels }, index) => newer.findIndex((other) => other.labels[STEP_LABEL] === labels[STEP_LABEL]) === index);
    return [...latest.slice(0, STEP_TESTS_SHOWN).map(({ id, labels }) => ({ id, root: labels[STEP_LABEL] ?? null })), ...(base === null ? [] : [{ id: base, root: null }])];
  }, [listed.data, runId]);
  const views = useRunViews(tests.map(({ id }) => id));
  const [newest = null] = views;
  const live = useLiveRun(newest);
  const isOver = live !== null && isFinal(live.run.status);
  const newestId = newest?.run.id ?? null;
  useEffect(() => {
    // The kept first answer would be the beginning of the run for ever.
    if (isOver && newestId !== null && newest !== null && !isFinal(newest.run.status)) void queryClient.invalidateQueries({ queryKey: trpc.runs.get.queryKey({ runId: newestId }) });
  }, [isOver, newestId, newest, queryClient, trpc]);
  const sources = useMemo(
    () =>
      tests.flatMap(({ root }, index): TestSource[] => {
        const view = views[index] ?? null;
        const model = index === 0 ? live : view === null ? null : newModel(view);
        return model === null ? [] : [{ model, root }];
      }),
    [tests, views, live],
  );
  return { sources, refresh: () => void queryClient.invalidateQueries({ queryKey: trpc.runs.list.pathKey() }) };
}
