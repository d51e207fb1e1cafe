"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/data/trpc";
import { useLivePages } from "@/components/live/use-live";
import { useRestOfPages } from "@/components/live/use-rest";
import { useMay } from "@/components/shell/workspace-context";
import type { Box, Entry } from "./boxes";

/** The entries of one box, page by page. */
export function useBox(box: Box) {
  const trpc = useTRPC();
  const mayAnswer = useMay("wait:answer");
  const getNextPageParam = (page: { nextCursor: string | null }) => page.nextCursor;
  const mine = useInfiniteQuery({ ...trpc.waits.mine.infiniteQueryOptions({}, { getNextPageParam }), enabled: box === "mine" && mayAnswer });
  const others = useInfiniteQuery({ ...trpc.waits.others.infiniteQueryOptions({}, { getNextPageParam }), enabled: box === "others" });
  const answered = useInfiniteQuery({ ...trpc.waits.answered.infiniteQueryOptions({}, { getNextPageParam }), enabled: box === "answered" });
  const query = { mine, others, answered }[box];
  useLivePages("runs", trpc.waits[box].pathKey(), query.data?.pages.length ?? 0);
  const { rows: entries, gone, resting } = useRestOfPages<Entry>(query, box);
  return { query, entries, gone, resting, isPending: query.isPending && (box !== "mine" || mayAnswer) };
}
