"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { BellOff, CheckCheck } from "lucide-react";
import { useId } from "react";
import { toast } from "@/components/ui/toast";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { useLiveRefresh } from "@/components/live/use-live";
import { useRestOfPages } from "@/components/live/use-rest";
import { LoadMore } from "@/components/shell/load-more";
import { PageHeader } from "@/components/shell/page-header";
import { useUrlState } from "@/components/shell/use-url-state";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Switch } from "@/components/ui/switch";
import { InboxList } from "./inbox-list";
import { useMarkRead } from "./use-inbox";

const PAGE = 50;

/** Everything this person was told, of the last 90 days. */
export function InboxPage() {
  const trpc = useTRPC();
  const { params, change } = useUrlState();
  const id = useId();
  const mark = useMarkRead();
  const unread = params.get("unread") === "1";
  const inbox = useInfiniteQuery(trpc.alerts.inbox.infiniteQueryOptions({ limit: PAGE, unread }, { getNextPageParam: (page) => page.nextCursor }));
  useLiveRefresh("alerts", trpc.alerts.inbox.pathKey());
  const rest = useRestOfPages(inbox, unread ? "unread" : "all");
  const count = useQuery(trpc.alerts.unread.queryOptions()).data?.count ?? 0;
  const readAll = () => mark.mutate({}, { onSuccess: ({ count: marked, at }) => void toast(`${marked} marked as read.`, { action: { label: "Undo", onClick: () => at !== null && mark.mutate({ read: false, at }) } }) });
  return (
    <>
      <PageHeader title="Inbox" />
      <div className="flex w-full max-w-4xl flex-col gap-3 px-4 py-5 sm:px-6">
        <div className="flex flex-wrap items-center justify-between gap-3">
          <div className="flex items-center gap-2">
            <Switch id={id} checked={unread} onCheckedChange={(only) => change({ unread: only ? "1" : null })} />
            <label htmlFor={id} className="text-sm">Unread only</label>
          </div>
          <Button size="sm" disabled={mark.isPending || count === 0} onClick={readAll}>
            <CheckCheck aria-hidden />
            Mark all as read
          </Button>
        </div>
        <Card>
          {inbox.isPending ? (
            <SkeletonRows count={5} />
          ) : inbox.isError ? (
            <ErrorState error={inbox.error} retry={() => void inbox.refetch()} what="the inbox" />
          ) : rest.rows.length === 0 ? (
            <EmptyState icon={BellOff} title={unread ? "All read" : "Nothing yet"}>
              Rules under Settings → Notifications say what people are told of; approvals that ask you come here too.
            </EmptyState>
          ) : (
            <InboxList rest={rest} label="Notifications" />
          )}
        </Card>
        <LoadMore {...inbox} />
      </div>
    </>
  );
}
