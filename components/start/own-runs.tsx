"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { Gone, RestingList } from "@/components/live/resting-list";
import { useRestOfPages } from "@/components/live/use-rest";
import { LoadMore } from "@/components/shell/load-more";
import { StatusBadge } from "@/components/status/status-badge";
import { Moment } from "@/components/time/moment";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Skeleton, SkeletonRows } from "@/components/ui/skeleton";
import { ValuePanel } from "@/components/values/value-panel";
import type { OwnRun } from "@/server/runs/contract";

const REFRESH_MS = 2_000;

/** Runs that the person has started: how they end, and what comes out. */
export function OwnRuns() {
  const trpc = useTRPC();
  const [shown, show] = useState<OwnRun | null>(null);
  const query = useInfiniteQuery(
    trpc.runs.own.infiniteQueryOptions({}, {
      getNextPageParam: (page) => page.nextCursor ?? undefined,
      refetchInterval: ({ state }) => (state.data?.pages.some(({ items }) => items.some(({ finishedAt }) => finishedAt === null)) ? REFRESH_MS : false),
    }),
  );
  const { rows: runs, gone, resting } = useRestOfPages(query);
  return (
    <section aria-labelledby="own-runs">
      <h2 id="own-runs" className="mb-2 text-sm font-semibold">Your runs</h2>
      {query.isPending ? (
        <SkeletonRows count={3} />
      ) : query.isError ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} what="your runs" />
      ) : runs.length === 0 ? (
        <p className="text-sm text-muted-foreground">You have started none yet.</p>
      ) : (
        <>
          <RestingList {...resting}>
            <ul className="divide-y rounded-lg border">
              {runs.map((run) => (
                <li key={run.id} data-gone={gone.has(run.id) || undefined} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5">
                  {gone.has(run.id) ? <Gone /> : <StatusBadge status={run.status} />}
                  <span className="min-w-0 flex-1 truncate text-sm">{run.workflow}</span>
                  <span className="text-xs text-muted-foreground"><Moment at={run.createdAt} /></span>
                  {run.finishedAt === null ? null : <Button variant="ghost" onClick={() => show(run)} aria-label={`Result of ${run.workflow}`}>Result</Button>}
                </li>
              ))}
            </ul>
          </RestingList>
          <LoadMore {...query} />
        </>
      )}
      {shown === null ? null : <Result run={shown} close={() => show(null)} />}
    </section>
  );
}

function Result({ run, close }: { run: OwnRun; close: () => void }) {
  const trpc = useTRPC();
  const { data, error, refetch } = useQuery(trpc.runs.ownResult.queryOptions({ runId: run.id }));
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent title={run.workflow} className="max-w-xl">
        {error !== null ? (
          <ErrorState error={error} retry={() => void refetch()} what="the result" />
        ) : data === undefined ? (
          <Skeleton className="h-24 w-full" />
        ) : data.error !== null ? (
          <Alert tone="danger" title={data.error} />
        ) : (
          <ValuePanel label="Output" size={null} value={data.output ?? null} />
        )}
      </DialogContent>
    </Dialog>
  );
}
