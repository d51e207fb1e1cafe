"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/data/trpc";
import { useLiveRefresh } from "@/components/live/use-live";
import type { RunDetail } from "@/server/runs/contract";

/** More than a step has attempts. */
const MOST = 100;

/** Runs that one step began, in their order. They come with the run as long as those are not too many. */
export function useChildren({ id, children, hasMoreChildren, finishedAt }: RunDetail, path: string): RunDetail["children"] {
  const trpc = useTRPC();
  const options = trpc.runs.list.queryOptions({ parentRunId: id, parentPath: path, limit: MOST });
  const found = useQuery({ ...options, enabled: hasMoreChildren });
  useLiveRefresh(hasMoreChildren && finishedAt === null ? `run:${id}` : null, options.queryKey);
  if (!hasMoreChildren) return children.filter((child) => child.path === path);
  return (found.data?.items ?? []).map((run) => ({ runId: run.id, path, status: run.status })).reverse();
}
