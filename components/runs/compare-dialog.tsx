"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { useHref } from "@/components/shell/workspace-context";
import { StatusBadge } from "@/components/status/status-badge";
import { Duration, Moment } from "@/components/time/moment";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { RunDetail } from "@/server/runs/contract";

const OFFERED_RUNS = 30;

/** Which run to hold beside this one: what it repeats first, then the newest of the same workflow. */
export function CompareDialog({ run, close }: { run: RunDetail; close: () => void }) {
  const trpc = useTRPC();
  const href = useHref();
  const runs = useQuery(trpc.runs.list.queryOptions({ workflowId: run.workflow?.id, limit: OFFERED_RUNS }));
  const others = (runs.data?.items ?? []).filter(({ id }) => id !== run.id);
  const address = (id: string) => href(`/runs/${run.id}/compare/${id}`);
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent title="Compare with another run" description={run.workflow === null ? "The newest runs." : `The newest runs of ${run.workflow.name}.`}>
        {runs.isPending ? (
          <SkeletonRows count={4} />
        ) : runs.isError ? (
          <ErrorState error={runs.error} retry={() => void runs.refetch()} what="the runs" />
        ) : (
          <ul className="flex flex-col divide-y">
            {run.rerunOf === null ? null : (
              <li className="py-2"><Link className="text-sm font-medium text-primary hover:underline" href={address(run.rerunOf.runId)}>The run that this one repeats</Link></li>
            )}
            {others.map((other) => (
              <li key={other.id}>
                <Link href={address(other.id)} className="flex flex-wrap items-center justify-between gap-2 rounded-sm px-1 py-2 text-sm hover:bg-accent">
                  <StatusBadge status={other.status} />
                  <Moment at={other.createdAt} />
                  <Duration from={other.startedAt} to={other.finishedAt} className="text-muted-foreground tabular-nums" />
                </Link>
              </li>
            ))}
            {others.length === 0 && run.rerunOf === null ? <li className="py-2 text-sm text-muted-foreground">There is no other run to compare with yet.</li> : null}
          </ul>
        )}
      </DialogContent>
    </Dialog>
  );
}
