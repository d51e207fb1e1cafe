"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { LoadMore } from "@/components/shell/load-more";
import { SearchField } from "@/components/shell/search-field";
import { useHref } from "@/components/shell/workspace-context";
import { StatusBadge } from "@/components/status/status-badge";
import { Duration, Moment } from "@/components/time/moment";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { RunDetail, RunSummary } from "@/server/runs/contract";
import { runIdIn } from "@/components/palette/search";
import { textProblem } from "./run-filter";

const RUNS_PER_PAGE = 20;

/** Which run to hold beside this one: what it repeats first, then the newest of the same workflow; or any run, by its id. */
export function CompareDialog({ run, close }: { run: RunDetail; close: () => void }) {
  const trpc = useTRPC();
  const href = useHref();
  const [search, setSearch] = useState("");
  const pasted = runIdIn(search);
  const problem = textProblem(search);
  const text = pasted ?? (search.trim() === "" || problem !== null ? undefined : search.trim());
  const input = { workflowId: pasted === null ? run.workflow?.id : undefined, text, limit: RUNS_PER_PAGE };
  const runs = useInfiniteQuery(trpc.runs.list.infiniteQueryOptions(input, { getNextPageParam: (page) => page.nextCursor, placeholderData: (previous) => previous }));
  const others = (runs.data?.pages ?? []).flatMap((page) => page.items).filter(({ id }) => id !== run.id);
  const address = (id: string) => href(`/runs/${run.id}/compare/${id}`);
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent title="Compare with another run" description={run.workflow === null ? "The newest runs, or any by its id." : `The newest runs of ${run.workflow.name}, or any run by its id.`} unsaved={false}>
        <SearchField value={search} onSearch={setSearch} label="Search input, output, error or id" />
        {problem === null ? null : <p role="status" className="text-xs text-muted-foreground">{problem}</p>}
        {runs.isPending ? (
          <SkeletonRows count={4} />
        ) : runs.isError ? (
          <ErrorState error={runs.error} retry={() => void runs.refetch()} what="the runs" />
        ) : (
          <>
            <ul aria-label="Runs to compare with" className="flex flex-col divide-y">
              {run.rerunOf === null || text !== undefined ? null : (
                <li className="py-2"><Link className="text-sm font-medium text-primary hover:underline" href={address(run.rerunOf.runId)}>The run that this one repeats</Link></li>
              )}
              {others.map((other) => <Offered key={other.id} other={other} address={address(other.id)} withName={pasted !== null} />)}
              {others.length === 0 ? (
                <li className="py-2 text-sm text-muted-foreground">{text === undefined ? (run.rerunOf === null ? "There is no other run to compare with yet." : "There is no other run of this workflow.") : pasted === run.id ? "That is this very run." : "No other run fits."}</li>
              ) : null}
            </ul>
            <LoadMore {...runs} />
          </>
        )}
      </DialogContent>
    </Dialog>
  );
}

function Offered({ other, address, withName }: { other: RunSummary; address: string; withName: boolean }) {
  return (
    <li>
      <Link href={address} className="flex flex-wrap items-center justify-between gap-2 rounded-sm px-1 py-2 text-sm hover:bg-accent">
        <StatusBadge status={other.status} />
        {withName ? <span className="min-w-0 truncate font-medium">{other.workflow?.name ?? "Run of a file"}</span> : null}
        <Moment at={other.createdAt} />
        <Duration from={other.startedAt} to={other.finishedAt} className="text-muted-foreground tabular-nums" />
      </Link>
    </li>
  );
}
