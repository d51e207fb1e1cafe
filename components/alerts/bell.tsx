"use client";

import { useQuery } from "@tanstack/react-query";
import { Bell as BellIcon, BellOff } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { useLiveRefresh } from "@/components/live/use-live";
import { useRest } from "@/components/live/use-rest";
import { useHref } from "@/components/shell/workspace-context";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { SkeletonRows } from "@/components/ui/skeleton";
import { InboxList } from "./inbox-list";
import { useMarkRead } from "./use-inbox";

const SHOWN = 8;
const MOST_COUNTED = 99;

/** What this person has not read yet, with the newest of it one click away. */
export function Bell() {
  const trpc = useTRPC();
  const [open, setOpen] = useState(false);
  const { data } = useQuery(trpc.alerts.unread.queryOptions());
  useLiveRefresh("alerts", trpc.alerts.unread.pathKey(), 500);
  const count = data?.count ?? 0;
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <PopoverTrigger asChild>
        <Button variant="ghost" size="icon" className="relative" aria-label={count === 0 ? "Inbox" : `Inbox, ${count} unread`}>
          <BellIcon aria-hidden />
          {count === 0 ? null : (
            <span aria-hidden className="absolute top-0.5 right-0.5 min-w-4 rounded-full bg-primary px-1 text-center text-[0.625rem] leading-4 font-semibold text-primary-foreground tabular-nums">
              {count > MOST_COUNTED ? `${MOST_COUNTED}+` : count}
            </span>
          )}
        </Button>
      </PopoverTrigger>
      <PopoverContent align="start" className="flex max-h-[min(32rem,calc(100dvh-5rem))] w-96 max-w-[calc(100vw-1rem)] flex-col p-0" aria-label="Inbox">
        <Newest unread={count} close={() => setOpen(false)} />
      </PopoverContent>
    </Popover>
  );
}

function Newest({ unread, close }: { unread: number; close: () => void }) {
  const trpc = useTRPC();
  const href = useHref();
  const mark = useMarkRead();
  const inbox = useQuery(trpc.alerts.inbox.queryOptions({ limit: SHOWN }));
  useLiveRefresh("alerts", trpc.alerts.inbox.pathKey(), 500);
  const rest = useRest(inbox.data?.items ?? []);
  return (
    <>
      <div className="flex items-center justify-between gap-2 border-b px-4 py-2">
        <h2 className="text-sm font-semibold">Inbox</h2>
        <Button variant="ghost" size="sm" disabled={unread === 0 || mark.isPending} onClick={() => mark.mutate({})}>
          Mark all as read
        </Button>
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto">
        {inbox.isPending ? (
          <SkeletonRows count={3} />
        ) : inbox.isError ? (
          <ErrorState error={inbox.error} retry={() => void inbox.refetch()} what="the inbox" />
        ) : rest.rows.length === 0 ? (
          <EmptyState icon={BellOff} title="Nothing yet">
            Rules under Settings → Notifications say what you are told of.
          </EmptyState>
        ) : (
          <InboxList rest={rest} label="Newest notifications" onFollow={close} />
        )}
      </div>
      <div className="flex justify-between gap-2 border-t px-4 py-2 text-sm">
        <Link className="text-primary underline-offset-4 hover:underline" href={href("/inbox")} onClick={close}>Show all</Link>
        <Link className="text-primary underline-offset-4 hover:underline" href={href("/settings/notifications?tab=mine")} onClick={close}>Preferences</Link>
      </div>
    </>
  );
}
