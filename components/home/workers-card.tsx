"use client";

import { useQuery } from "@tanstack/react-query";
import { CircleCheck, Cpu, TriangleAlert } from "lucide-react";
import Link from "next/link";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { useHref } from "@/components/shell/workspace-context";
import { Card, CardHeader } from "@/components/ui/card";
import { cn } from "@/components/ui/class-names";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { WorkerSummary } from "@/server/workers/contract";
import { formatCount } from "./figures";

/** Workers tell the database how they are; nothing tells the pages. */
const REFRESH_MILLISECONDS = 10_000;

/** Whether there is somebody who does the work. */
export function WorkersCard() {
  const trpc = useTRPC();
  const view = useQuery({ ...trpc.workers.list.queryOptions(), refetchInterval: REFRESH_MILLISECONDS });
  return (
    <Card>
      <CardHeader title="Workers" description="Processes that carry out the steps" />
      {view.isPending ? (
        <SkeletonRows count={3} />
      ) : view.isError ? (
        <ErrorState error={view.error} retry={() => void view.refetch()} what="the workers" />
      ) : (
        <Workers workers={view.data.workers} />
      )}
    </Card>
  );
}

function Workers({ workers }: { workers: readonly WorkerSummary[] }) {
  const href = useHref();
  const alive = workers.filter(({ status }) => status === "alive");
  const silent = workers.filter(({ status }) => status === "silent").length;
  const slots = alive.reduce((sum, worker) => sum + worker.slots, 0);
  const busy = alive.reduce((sum, worker) => sum + worker.busy, 0);
  return (
    <div className="relative flex flex-col gap-3 px-4 py-3 text-sm hover:bg-muted/60">
      <Link href={href("/settings/workers")} className="flex items-center gap-2 after:absolute after:inset-0">
        {alive.length === 0 ? <TriangleAlert className="size-4 text-status-failed" aria-hidden /> : <CircleCheck className="size-4 text-status-succeeded" aria-hidden />}
        {alive.length === 0 ? "No worker is alive: runs stay in the queue" : `${formatCount(alive.length)} alive`}
      </Link>
      <div className="flex flex-col gap-1.5">
        <p className="flex items-center gap-2">
          <Cpu className="size-4 text-muted-foreground" aria-hidden />
          {`${formatCount(busy)} of ${formatCount(slots)} slots busy`}
        </p>
        <div aria-hidden className="h-1.5 overflow-hidden rounded-full bg-muted">
          <div className={cn("h-full rounded-full", busy === slots ? "bg-status-blocked" : "bg-status-running")} style={{ width: `${slots === 0 ? 0 : (busy / slots) * 100}%` }} />
        </div>
      </div>
      {silent > 0 ? (
        <p className="flex items-center gap-2 text-warning">
          <TriangleAlert className="size-4" aria-hidden />
          {`${formatCount(silent)} silent within the last hour`}
        </p>
      ) : null}
    </div>
  );
}
