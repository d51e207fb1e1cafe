"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useTRPC } from "@/components/data/trpc";
import { Gone, RestingList } from "@/components/live/resting-list";
import { useLiveRefresh } from "@/components/live/use-live";
import { useRest } from "@/components/live/use-rest";
import { useHref } from "@/components/shell/workspace-context";
import { StatusIcon } from "@/components/status/status-badge";
import { Moment } from "@/components/time/moment";
import { Card, CardHeader } from "@/components/ui/card";
import { runsPath } from "./windows";

const SHOWN = 5;

/** The newest failures with their reason, one click from the run. */
export function LatestFailures() {
  const trpc = useTRPC();
  const href = useHref();
  const runs = useQuery(trpc.runs.list.queryOptions({ status: ["failed"], mode: "production", limit: SHOWN }));
  useLiveRefresh("runs", trpc.runs.list.pathKey());
  const { rows, gone, resting } = useRest(runs.data?.items ?? []);
  if (!runs.isSuccess || rows.length === 0) return null;
  return (
    <Card>
      <CardHeader
        title="Latest failures"
        actions={
          <Link href={href(runsPath({ status: "failed", mode: "production" }))} className="text-xs text-primary underline-offset-4 hover:underline">
            All failed runs
          </Link>
        }
      />
      <RestingList {...resting}>
        <ul className="divide-y">
          {rows.map((run) => (
            <li key={run.id} data-gone={gone.has(run.id) || undefined} className="relative flex items-start gap-2.5 px-4 py-2.5 text-sm hover:bg-muted/60">
              <StatusIcon status={run.status} className="mt-0.5" />
              <div className="min-w-0 flex-1">
                <Link href={href(`/runs/${run.id}`)} className="block truncate font-medium after:absolute after:inset-0">
                  {run.workflow?.name ?? "Run of a file"}
                </Link>
                {run.failure === null ? null : <p className="line-clamp-2 text-xs break-words text-muted-foreground">{run.failure.message}</p>}
              </div>
              {gone.has(run.id) ? <Gone /> : <Moment at={run.finishedAt ?? run.createdAt} className="relative shrink-0 text-xs text-muted-foreground" />}
            </li>
          ))}
        </ul>
      </RestingList>
    </Card>
  );
}
