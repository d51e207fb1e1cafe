"use client";

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { CirclePlay } from "lucide-react";
import { useState } from "react";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { LoadMore } from "@/components/shell/load-more";
import { PageHeader } from "@/components/shell/page-header";
import { useSearchText } from "@/components/shell/use-search-text";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Input } from "@/components/ui/input";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { Startable } from "@/server/runs/contract";
import { OwnRuns } from "./own-runs";
import { StartDialog } from "./start-dialog";

/** Shorter lists are looked through faster than searched. */
const SHORT = 10;

/** What somebody may start without seeing how it works, and what came of it. */
export function StartPage() {
  const trpc = useTRPC();
  const { text, setText, search } = useSearchText();
  const query = useInfiniteQuery({ ...trpc.runs.startable.infiniteQueryOptions({ search }, { getNextPageParam: (page) => page.nextCursor }), placeholderData: keepPreviousData });
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const isSearching = text !== "" || search !== "";
  const [chosen, choose] = useState<Startable | null>(null);
  return (
    <div className="flex flex-1 flex-col">
      <PageHeader title="Start" />
      <div className="mx-auto flex w-full max-w-4xl flex-col gap-8 p-4 sm:p-6">
        <section aria-label="Workflows to start" className="flex flex-col gap-3">
          {isSearching || query.hasNextPage || query.isPlaceholderData || items.length > SHORT ? (
            <Input type="search" aria-label="Search workflows" placeholder="Search workflows" maxLength={200} value={text} onChange={(event) => setText(event.target.value)} className="max-w-sm" />
          ) : null}
          {query.isPending || (query.isPlaceholderData && items.length === 0) ? (
            <SkeletonRows count={3} />
          ) : query.isError ? (
            <ErrorState error={query.error} retry={() => void query.refetch()} what="the workflows" />
          ) : items.length === 0 && isSearching ? (
            <p role="status" className="p-6 text-center text-sm text-muted-foreground">Nothing fits “{search}”.</p>
          ) : items.length === 0 ? (
            <EmptyState icon={CirclePlay} title="Nothing to start yet">
              A workflow stands here once its settings say that it may be started without being seen.
            </EmptyState>
          ) : (
            <ul className="divide-y rounded-lg border">
              {items.map((one) => (
                <li key={one.workflowId} className="flex items-center gap-3 px-4 py-3">
                  <div className="min-w-0 flex-1">
                    <h2 className="truncate text-sm font-medium">{one.name}</h2>
                    {one.description === "" ? null : <p className="text-xs text-muted-foreground">{one.description}</p>}
                  </div>
                  <Button onClick={() => choose(one)} aria-label={`Start ${one.name}`}>
                    <CirclePlay aria-hidden />
                    Start
                  </Button>
                </li>
              ))}
            </ul>
          )}
          <LoadMore {...query} />
        </section>
        <OwnRuns />
      </div>
      {chosen === null ? null : <StartDialog key={chosen.workflowId} workflow={chosen} close={() => choose(null)} />}
    </div>
  );
}
