"use client";

import { useQuery } from "@tanstack/react-query";
import { CalendarClock, TriangleAlert } from "lucide-react";
import Link from "next/link";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { useLiveRefresh } from "@/components/live/use-live";
import { useHref } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";
import { Card, CardHeader } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { Schedules } from "@/server/home/contract";
import { formatCount } from "./figures";

/** What fires next by the clock, and whether something is late. */
export function SchedulesCard() {
  const trpc = useTRPC();
  const href = useHref();
  const schedules = useQuery(trpc.home.schedules.queryOptions());
  useLiveRefresh("runs", trpc.home.schedules.pathKey(), REFRESH_AT_MOST_EVERY_MILLISECONDS);
  return (
    <Card>
      <CardHeader title="Schedules" description="What starts next by the clock" actions={<Link href={href("/triggers")} className="text-xs text-primary underline-offset-4 hover:underline">All triggers</Link>} />
      {schedules.isPending ? (
        <SkeletonRows count={3} />
      ) : schedules.isError ? (
        <ErrorState error={schedules.error} retry={() => void schedules.refetch()} what="the schedules" />
      ) : (
        <List {...schedules.data} />
      )}
    </Card>
  );
}

const REFRESH_AT_MOST_EVERY_MILLISECONDS = 5_000;

function List({ next, overdue, scheduled }: Schedules) {
  const href = useHref();
  // The next come first, so the first of them is the latest one.
  const late = overdue === 1 && next[0] !== undefined ? `/triggers?trigger=${next[0].id}` : "/triggers";
  if (scheduled === 0) {
    return (
      <p className="flex items-start gap-2 px-4 py-3 text-sm text-muted-foreground">
        <CalendarClock className="mt-0.5 size-4 shrink-0" aria-hidden />
        Nothing starts by the clock yet. A workflow that begins with a schedule shows here with its next time.
      </p>
    );
  }
  return (
    <ul className="divide-y">
      {overdue === 0 ? null : (
        <li className="relative flex items-center gap-2 px-4 py-2 text-sm text-warning hover:bg-muted/60">
          <TriangleAlert className="size-4 shrink-0" aria-hidden />
          <Link href={href(late)} className="after:absolute after:inset-0">{`${formatCount(overdue)} should have started already`}</Link>
        </li>
      )}
      {next.map(({ id, name, workflow, at }) => (
        <li key={id} className="relative flex items-baseline justify-between gap-3 px-4 py-2 text-sm hover:bg-muted/60">
          <Link href={href(`/triggers?trigger=${id}`)} className="min-w-0 truncate font-medium after:absolute after:inset-0" >
            {workflow.name}
            <span className="font-normal text-muted-foreground">{` · ${name}`}</span>
          </Link>
          <Moment at={at} className="relative shrink-0 text-xs text-muted-foreground" />
        </li>
      ))}
      {scheduled > next.length ? (
        <li className="relative px-4 py-2 text-xs text-muted-foreground hover:bg-muted/60">
          <Link href={href("/triggers")} className="after:absolute after:inset-0">{`${formatCount(scheduled - next.length)} more`}</Link>
        </li>
      ) : null}
    </ul>
  );
}
