"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { Activity, FilterX } from "lucide-react";
import Link from "next/link";
import { useMemo, useState } from "react";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { useLiveRefresh } from "@/components/live/use-live";
import { LoadMore } from "@/components/shell/load-more";
import { PageHeader } from "@/components/shell/page-header";
import { useUrlState } from "@/components/shell/use-url-state";
import { useHref } from "@/components/shell/workspace-context";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { SkeletonRows } from "@/components/ui/skeleton";
import { LiveIndicator } from "./live-indicator";
import { isFiltered, readRunFilter, toListInput, type RunFilter } from "./run-filter";
import { RunFilterBar } from "./run-filter-bar";
import { RunTable } from "./run-table";

/** Beyond this the list no longer renews itself: every page would be asked for again. */
const LIVE_PAGES = 3;

export function RunsPage() {
  const { params, change } = useUrlState();
  const query = params.toString();
  const filter = useMemo(() => readRunFilter(new URLSearchParams(query)), [query]);
  const clear = () => change({ workflow: null, status: null, mode: null, trigger: null, range: null, from: null, to: null });
  return (
    <>
      <PageHeader title="Runs" meta={<LiveIndicator />} />
      <RunFilterBar filter={filter} change={change} clear={clear} />
      <RunList key={filter.range ?? ""} filter={filter} clear={clear} />
    </>
  );
}

function RunList({ filter, clear }: { filter: RunFilter; clear: () => void }) {
  const trpc = useTRPC();
  // A range counts back from the moment it was chosen, so that its pages fit together.
  const [openedAt] = useState(() => Date.now());
  const runs = useInfiniteQuery(
    trpc.runs.list.infiniteQueryOptions(toListInput(filter, openedAt), { getNextPageParam: (page) => page.nextCursor, placeholderData: (previous) => previous }),
  );
  const pages = runs.data?.pages ?? [];
  useLiveRefresh(pages.length <= LIVE_PAGES ? "runs" : null, trpc.runs.list.pathKey());
  const items = pages.flatMap((page) => page.items);
  return (
    <div className="px-4 pb-8 sm:px-6">
      {runs.isPending ? (
        <SkeletonRows count={8} />
      ) : runs.isError ? (
        <ErrorState error={runs.error} retry={() => void runs.refetch()} what="the runs" />
      ) : items.length === 0 ? (
        <NoRuns isFiltered={isFiltered(filter)} clear={clear} />
      ) : (
        <>
          <RunTable runs={items} />
          <LoadMore {...runs} />
        </>
      )}
    </div>
  );
}

function NoRuns({ isFiltered: filtered, clear }: { isFiltered: boolean; clear: () => void }) {
  const href = useHref();
  if (filtered) {
    return (
      <EmptyState icon={FilterX} title="No run fits the filter" actions={<Button onClick={clear}>Show all runs</Button>}>
        Runs older than the workspace keeps them are gone for good.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={Activity}
      title="Nothing has run yet"
      actions={
        <Button variant="primary" asChild>
          <Link href={href("/workflows")}>Choose a workflow</Link>
        </Button>
      }
    >
      Every run of every workflow shows here with its status, its input and all of its steps. Open a workflow and press Run.
    </EmptyState>
  );
}
