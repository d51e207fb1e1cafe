"use client";

import { useQuery } from "@tanstack/react-query";
import { Ban, GitCompare, ListChecks, RotateCcw, StepForward, X } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "@/components/data/trpc";
import { ChosenCount } from "@/components/shell/chosen-count";
import { useHref, useMay } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";
import { Button } from "@/components/ui/button";
import type { RunSummary } from "@/server/runs/contract";
import { BulkResults } from "./bulk-results";
import type { toListInput } from "./run-filter";
import { isFinal } from "./run-model";
import { useBulkRerun, type BulkOutcome } from "./use-bulk";

const BulkCancelDialog = dynamic(() => import("./bulk-cancel-dialog").then((module) => module.BulkCancelDialog), { ssr: false });

const BulkAllDialog = dynamic(() => import("./bulk-all-dialog").then((module) => module.BulkAllDialog), { ssr: false });

export interface BulkBarProps {
  chosen: readonly RunSummary[];
  /** Those of them that the list does not show. */
  hidden: readonly RunSummary[];
  dropHidden: () => void;
  clear: () => void;
  /** The filter, when more runs fit it than are shown and all of these are chosen. */
  beyond: ReturnType<typeof toListInput> | null;
}

/** What can be done with all the runs that are chosen, shown or not. */
export function BulkBar({ chosen, hidden, dropHidden, clear, beyond }: BulkBarProps) {
  const mayStart = useMay("run:start");
  const mayCancel = useMay("run:cancel");
  const href = useHref();
  const [isCancelling, setCancelling] = useState(false);
  const [all, setAll] = useState<ReturnType<typeof toListInput> | null>(null);
  const [outcome, setOutcome] = useState<BulkOutcome | null>(null);
  const rerun = useBulkRerun(setOutcome);
  const [newer, older] = chosen.toSorted((one, other) => Date.parse(other.createdAt) - Date.parse(one.createdAt));
  const open = chosen.filter(({ status }) => !isFinal(status));
  const failed = chosen.filter(({ status }) => status === "failed");
  if (chosen.length === 0 && outcome === null) return null;
  return (
    <div className="sticky top-0 z-10 mb-3 flex flex-col gap-2 rounded-lg border bg-popover p-2 shadow-sm" role="region" aria-label="Chosen runs">
      {chosen.length === 0 ? null : (
        <div className="flex flex-wrap items-center gap-2">
          <ChosenCount
            count={chosen.length}
            hidden={hidden}
            dropHidden={dropHidden}
            line={(run) => <Link href={href(`/runs/${run.id}`)} className="hover:underline">{run.workflow?.name ?? "Run of a file"}, <Moment at={run.createdAt} /></Link>}
          />
          {mayStart ? (
            <Button size="sm" disabled={rerun.isPending} onClick={() => rerun.begin(chosen.map(({ id }) => id))}>
              <RotateCcw aria-hidden />
              Re-run {chosen.length}
            </Button>
          ) : null}
          {mayStart && failed.length > 0 ? (
            <Button size="sm" disabled={rerun.isPending} onClick={() => rerun.begin(failed.map(({ id }) => id), "failure")}>
              <StepForward aria-hidden />
              Re-run {failed.length} from the failed step
            </Button>
          ) : null}
          {mayCancel ? (
            <Button size="sm" disabled={open.length === 0} onClick={() => setCancelling(true)}>
              <Ban aria-hidden />
              Cancel {open.length > 0 ? open.length : ""}
            </Button>
          ) : null}
          {newer !== undefined && older !== undefined && chosen.length === 2 ? (
            <Button size="sm" asChild>
              <Link href={href(`/runs/${newer.id}/compare/${older.id}`)}>
                <GitCompare aria-hidden />
                Compare
              </Link>
            </Button>
          ) : null}
          {beyond !== null && (mayStart || mayCancel) ? (
            <Button size="sm" onClick={() => setAll(beyond)}>
              <ListChecks aria-hidden />
              <AllCount input={beyond} />
            </Button>
          ) : null}
          <Button size="sm" variant="ghost" className="ml-auto" onClick={clear}>
            <X aria-hidden />
            Choose none
          </Button>
        </div>
      )}
      {outcome === null ? null : <BulkResults outcome={outcome} close={() => setOutcome(null)} />}
      {all === null ? null : <BulkAllDialog input={all} close={() => setAll(null)} />}
      {isCancelling ? <BulkCancelDialog runIds={open.map(({ id }) => id)} close={() => setCancelling(false)} onDone={setOutcome} /> : null}
    </div>
  );
}

/** "All 3,012 that fit the filter" as soon as they are counted. */
function AllCount({ input }: { input: ReturnType<typeof toListInput> }) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.bulkJobs.count.queryOptions({ action: "rerun", filter: input }));
  return <>{data === undefined || data.isMore ? "All that fit the filter …" : `All ${data.count.toLocaleString("en")} that fit the filter …`}</>;
}
