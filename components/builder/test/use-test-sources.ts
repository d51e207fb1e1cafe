"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { isFinal } from "@/components/runs/run-model";
import { useUrlState } from "@/components/shell/use-url-state";
import type { TestSource } from "./test-results";
import { testsToShow } from "./tests-to-show";
import { useLiveRuns, useRunViews } from "./use-live-runs";

const LISTED = 30;

export interface TestSources {
  sources: readonly TestSource[];
  /** Another run than the last test, whose data is asked for; `problem`: why it cannot be shown. */
  chosen: { runId: string; problem: string | null } | null;
  /** Null: back to the last test. */
  choose: (runId: string | null) => void;
  /** A test of the draft has begun: it is looked at from now on. */
  begun: (runId: string) => void;
  refresh: () => void;
}

/** The run of the whole workflow whose data is looked at, and the newer tests of single steps. The address names the run. */
export function useTestSources(workflowId: string): TestSources {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { params, change } = useUrlState();
  const runId = params.get("test");
  const after = params.get("after");
  const list = trpc.runs.list.queryOptions({ workflowId, mode: "test", limit: LISTED });
  const listed = useQuery(list);
  const asked = useQuery({ ...trpc.runs.get.queryOptions({ runId: runId ?? "" }), enabled: runId !== null, staleTime: Infinity, refetchOnWindowFocus: false, refetchOnReconnect: false, retry: false });
  const problem = runId === null ? null : asked.isError ? readRefusal(asked.error).message : asked.isSuccess && asked.data.run.workflow?.id !== workflowId ? "That is a run of another workflow." : null;
  const isChosen = runId !== null && problem === null;
  const newest = listed.data?.items[0]?.id ?? null;
  const isUnknown = isChosen && after === null && listed.isSuccess && !listed.isFetching && !listed.data.items.some(({ id }) => id === runId);
  // The address came from elsewhere: what was tested up to now says nothing of that run.
  useEffect(() => {
    if (isUnknown && newest !== null) change({ after: newest });
  }, [isUnknown, newest, change]);
  const tests = useMemo(() => testsToShow(listed.data?.items ?? [], isChosen ? { runId, after } : null), [listed.data, isChosen, runId, after]);
  const views = useRunViews(tests.map(({ id }) => id));
  const models = useLiveRuns(views);
  const ended = models.flatMap((model, index) => (model !== null && isFinal(model.run.status) && !isFinal(views[index]?.run.status ?? model.run.status) ? [model.run.id] : [])).join(" ");
  useEffect(() => {
    // The kept first answer would be the beginning of the run for ever.
    for (const id of ended.split(" ").filter(Boolean)) void queryClient.invalidateQueries({ queryKey: trpc.runs.get.queryKey({ runId: id }) });
  }, [ended, queryClient, trpc]);
  const sources = useMemo(
    () =>
      tests.flatMap(({ root }, index): TestSource[] => {
        const model = models[index] ?? null;
        return model === null ? [] : [{ model, root }];
      }),
    [tests, models],
  );
  return {
    sources,
    chosen: runId === null ? null : { runId, problem },
    choose: (next) => change({ test: next, after: next === null ? null : newest }),
    begun: (next) => change({ test: next, after: null }),
    refresh: () => void queryClient.invalidateQueries({ queryKey: trpc.runs.list.pathKey() }),
  };
}
