"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { ShieldCheck } from "lucide-react";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { EnvironmentBadge } from "@/components/environments/environment-badge";
import { Gone, RestingList } from "@/components/live/resting-list";
import { useLivePages } from "@/components/live/use-live";
import { useRestOfPages } from "@/components/live/use-rest";
import { LoadMore } from "@/components/shell/load-more";
import { PageHeader } from "@/components/shell/page-header";
import { useUrlState } from "@/components/shell/use-url-state";
import { useHref } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";
import { EmptyState } from "@/components/ui/empty-state";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { ReviewDialog } from "./review-dialog";
import { ReviewStatus } from "./review-status";

const LISTS = { waiting: "For you", mine: "Yours", all: "All" } as const;
type List = keyof typeof LISTS;

const EMPTY: Readonly<Record<List, string>> = {
  waiting: "Drafts that others want to publish, and versions that they want to promote, stand here where a rule asks for a review.",
  mine: "You have not asked for a review. Publishing and promoting a workflow asks for one where a rule needs it.",
  all: "Settings › Protection says where publishing and promoting need a review.",
};

/** Drafts and versions that wait for the approval of another person before they are published or promoted. */
export function ReviewsPage() {
  const href = useHref();
  const { params, change } = useUrlState();
  const which = Object.keys(LISTS).find((name): name is List => name === params.get("list")) ?? "waiting";
  const shown = params.get("review");
  return (
    <div className="flex flex-1 flex-col">
      <PageHeader crumbs={[{ label: "Approvals", href: href("/approvals") }]} title="Reviews" />
      <Tabs value={which} onValueChange={(next) => change({ list: next === "waiting" ? null : next })} className="flex flex-1 flex-col">
        <TabsList className="px-3 sm:px-5" aria-label="Reviews">
          {Object.entries(LISTS).map(([name, label]) => <TabsTrigger key={name} value={name}>{label}</TabsTrigger>)}
        </TabsList>
        <TabsContent value={which}>
          <ReviewList key={which} which={which} choose={(review) => change({ review })} />
        </TabsContent>
      </Tabs>
      {shown === null ? null : <ReviewDialog reviewId={shown} close={() => change({ review: null })} />}
    </div>
  );
}

function ReviewList({ which, choose }: { which: List; choose: (reviewId: string) => void }) {
  const trpc = useTRPC();
  const query = useInfiniteQuery(trpc.reviews.list.infiniteQueryOptions({ which }, { getNextPageParam: (page) => page.nextCursor ?? undefined }));
  useLivePages("workflows", trpc.reviews.list.pathKey(), query.data?.pages.length ?? 1);
  const { rows: reviews, gone, resting } = useRestOfPages(query);
  if (query.isPending) return <SkeletonRows count={4} />;
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} what="the reviews" />;
  if (reviews.length === 0) return <EmptyState icon={ShieldCheck} title="No reviews">{EMPTY[which]}</EmptyState>;
  return (
    <>
      <RestingList {...resting}>
        <ul className="divide-y border-b">
          {reviews.map((review) => (
            <li key={review.id} data-gone={gone.has(review.id) || undefined}>
              <button type="button" onClick={() => choose(review.id)} className="flex w-full flex-wrap items-center gap-x-3 gap-y-1 px-4 py-3 text-left hover:bg-accent focus-visible:-outline-offset-2 sm:px-6">
                <span className="min-w-0 flex-1 basis-48">
                  <span className="block truncate text-sm font-medium">{review.workflow.name}</span>
                  <span className="block truncate text-xs text-muted-foreground">
                    {review.requestedBy.name}, <Moment at={review.createdAt} />
                    {review.note === "" ? "" : ` · ${review.note}`}
                  </span>
                </span>
                {review.environment === null ? null : (
                  <span className="flex items-center gap-2 text-xs text-muted-foreground">
                    Version {review.version?.number ?? ""} for <EnvironmentBadge environment={review.environment} />
                  </span>
                )}
                {gone.has(review.id) ? <Gone /> : <ReviewStatus review={review} />}
              </button>
            </li>
          ))}
        </ul>
      </RestingList>
      <LoadMore {...query} />
    </>
  );
}
