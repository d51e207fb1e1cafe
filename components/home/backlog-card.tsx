"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { useLiveRefresh } from "@/components/live/use-live";
import { useHref } from "@/components/shell/workspace-context";
import { StatusIcon } from "@/components/status/status-badge";
import { Moment } from "@/components/time/moment";
import { Card, CardHeader } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { formatCount } from "./figures";
import { runsPath } from "./windows";

const STATES = [
  { status: "queued", label: "In the queue" },
  { status: "running", label: "Running" },
  { status: "waiting", label: "Waiting for something" },
  { status: "blocked", label: "Held back by a limit" },
] as const;

/** What has not ended, now. */
export function BacklogCard() {
  const trpc = useTRPC();
  const href = useHref();
  const backlog = useQuery(trpc.home.backlog.queryOptions());
  useLiveRefresh("runs", trpc.home.backlog.pathKey());
  return (
    <Card>
      <CardHeader title="Now" description="Runs that have not ended" />
      {backlog.isPending ? (
        <SkeletonRows count={4} />
      ) : backlog.isError ? (
        <ErrorState error={backlog.error} retry={() => void backlog.refetch()} what="the queue" />
      ) : (
        <ul className="divide-y">
          {STATES.map(({ status, label }) => (
            <li key={status} className="relative flex items-center gap-2 px-4 py-2 text-sm hover:bg-muted/60">
              <StatusIcon status={status} className="animate-none" />
              <Link href={href(runsPath({ status }))} className="min-w-0 flex-1 after:absolute after:inset-0">
                {label}
                {status === "queued" && backlog.data.oldestDueAt !== null ? (
                  <span className="block text-xs text-muted-foreground">
                    the next one since <Moment at={backlog.data.oldestDueAt} />
                  </span>
                ) : null}
              </Link>
              <span className="font-semibold tabular-nums">{formatCount(backlog.data[status], backlog.data.atLeast)}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
