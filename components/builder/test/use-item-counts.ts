"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTRPCClient } from "@/components/data/trpc";
import type { NodesById, TestResult, TestSource } from "./test-results";

const STEPS_MAX = 1_000;

/** How many items the outputs of the last tests have, by node; those that are no lists are left out. */
export function useItemCounts(sources: readonly TestSource[], byId: NodesById, find: (nodeId: string) => TestResult | null): ReadonlyMap<string, number> {
  const client = useTRPCClient();
  const wanted = useMemo(() => {
    const byRun = new Map<string, Map<string, string>>();
    for (const id of [...byId.keys()].slice(0, STEPS_MAX)) {
      const result = find(id);
      if (result === null || result.attempts.at(-1)?.status !== "succeeded") continue;
      const paths = byRun.get(result.model.run.id) ?? new Map<string, string>();
      byRun.set(result.model.run.id, paths.set(result.path, id));
    }
    return byRun;
  }, [byId, find]);
  const asked = [...wanted].map(([runId, paths]) => ({ runId, paths: [...paths.keys()] }));
  const { data } = useQuery({
    queryKey: ["item-counts", asked],
    queryFn: () => Promise.all(asked.map((one) => client.runs.counts.query(one))),
    enabled: asked.length > 0 && sources.length > 0,
    staleTime: Infinity,
    placeholderData: (before) => before,
  });
  return useMemo(() => {
    const counts = new Map<string, number>();
    for (const [index, paths] of [...wanted.values()].entries()) {
      for (const [path, count] of Object.entries(data?.[index] ?? {})) {
        const id = paths.get(path);
        if (id !== undefined) counts.set(id, count);
      }
    }
    return counts;
  }, [wanted, data]);
}
