"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ErrorState } from "@/components/data/error-state";
import { useTRPCClient } from "@/components/data/trpc";
import { useSettled } from "@/components/palette/use-settled";
import { formatSize } from "@/components/time/format";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { MarkedText } from "./marked-text";
import type { ValueRef } from "./use-value";

const PAGE = 32_768;
const PAUSE_MILLISECONDS = 300;

/** The stored text of a large value, part by part; a search goes through all of it, place after place. */
export function SlicedRaw({ stored, version, query }: { stored: ValueRef; version: string; query: string }) {
  const find = useSettled(query.trim(), PAUSE_MILLISECONDS);
  return <Parts key={find} stored={stored} version={version} find={find} />;
}

function Parts({ stored, version, find }: { stored: ValueRef; version: string; find: string }) {
  const client = useTRPCClient();
  /** Where the parts begin that led here. */
  const [trail, setTrail] = useState<readonly number[]>([0]);
  const offset = trail.at(-1) ?? 0;
  const part = useQuery({
    queryKey: ["stored-raw", stored, version, find, offset],
    queryFn: ({ signal }) => client.runs.value.query({ ...stored, offset, limit: PAGE, ...(find === "" ? {} : { find }) }, { signal }),
    staleTime: Infinity,
    placeholderData: keepPreviousData,
  });
  if (part.isPending) return <Skeleton className="h-32 w-full" />;
  if (part.isError) return <ErrorState error={part.error} retry={() => void part.refetch()} what="this part" />;
  const { text, total, next, found, offset: begin } = part.data;
  const isSearch = find !== "";
  const after = !isSearch ? next : found == null ? null : found + 1;
  return (
    <div className="flex flex-col gap-1">
      <p className="sticky top-0 flex flex-wrap items-center gap-2 bg-muted py-1 font-sans text-xs text-muted-foreground">
        <Button variant="link" size="sm" disabled={trail.length === 1} onClick={() => setTrail(trail.slice(0, -1))}>{isSearch ? "Previous place" : "Previous"}</Button>
        <span role="status" className="tabular-nums">{statusOf({ isSearch, isFirst: trail.length === 1, found, begin, end: next ?? total ?? 0, total: total ?? 0 })}</span>
        <Button variant="link" size="sm" disabled={after === null || part.isPlaceholderData} onClick={() => (after === null ? undefined : setTrail([...trail, after]))}>{isSearch ? "Next place" : "Next"}</Button>
      </p>
      <MarkedText text={text} query={find} />
    </div>
  );
}

function statusOf({ isSearch, isFirst, found, begin, end, total }: { isSearch: boolean; isFirst: boolean; found?: number | null; begin: number; end: number; total: number }): string {
  if (!isSearch) return `${formatSize(begin)} to ${formatSize(end)} of ${formatSize(total)}`;
  if (found == null) return isFirst ? "Nothing in it says that." : "There is no further place.";
  return `At ${formatSize(found)} of ${formatSize(total)}`;
}
