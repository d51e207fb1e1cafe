"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/data/trpc";
import { MAX_BRIEFS } from "@/server/limits/constants";
import type { RunSummary } from "@/server/runs/contract";
import { titleOf } from "./wait-reason";

const REFRESH_MILLISECONDS = 5_000;

/** Why the unfinished ones among the runs of a list do not go on, by their ids. */
export function useWaitBriefs(runs: readonly Pick<RunSummary, "id" | "finishedAt">[]): ReadonlyMap<string, string> {
  const trpc = useTRPC();
  const runIds = runs.filter(({ finishedAt }) => finishedAt === null).map(({ id }) => id).slice(0, MAX_BRIEFS);
  const briefs = useQuery({ ...trpc.limits.briefs.queryOptions({ runIds }), enabled: runIds.length > 0, refetchInterval: REFRESH_MILLISECONDS, placeholderData: (previous) => previous });
  const known = new Set(runIds);
  return new Map((briefs.data ?? []).filter(({ runId }) => known.has(runId)).map(({ runId, reason }) => [runId, titleOf(reason)]));
}
