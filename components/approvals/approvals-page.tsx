"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { Inbox } from "lucide-react";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { useLiveRefresh } from "@/components/live/use-live";
import { LoadMore } from "@/components/shell/load-more";
import { PageHeader } from "@/components/shell/page-header";
import { EmptyState } from "@/components/ui/empty-state";
import { SkeletonRows } from "@/components/ui/skeleton";
import { WaitCard } from "@/components/waits/wait-card";

/** What waits for the person who looks at it. */
export function ApprovalsPage() {
  const trpc = useTRPC();
  const waits = useInfiniteQuery(trpc.waits.mine.infiniteQueryOptions({}, { getNextPageParam: (page) => page.nextCursor }));
  useLiveRefresh("runs", trpc.waits.mine.pathKey());
  const items = waits.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <PageHeader title="Approvals" />
      <div className="px-4 py-4 sm:px-6">
        {waits.isPending ? (
          <SkeletonRows count={3} />
        ) : waits.isError ? (
          <ErrorState error={waits.error} retry={() => void waits.refetch()} what="the approvals" />
        ) : items.length === 0 ? (
          <EmptyState icon={Inbox} title="Nothing waits for you">
            When a workflow reaches a step of the kind Approval that you may answer, it shows here and its run waits, for days if need be.
          </EmptyState>
        ) : (
          <>
            <ul className="flex max-w-3xl flex-col gap-3">
              {items.map((wait) => (
                <li key={wait.id}>
                  <WaitCard wait={wait} withRun />
                </li>
              ))}
            </ul>
            <LoadMore {...waits} />
          </>
        )}
      </div>
    </>
  );
}
