"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Play, Square, X } from "lucide-react";
import { useEffect, useRef } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Moment } from "@/components/time/moment";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import type { BulkJobView } from "@/server/bulk-jobs/contract";

const REFRESH_MS = 2_000;

const TITLES: Readonly<Record<BulkJobView["action"], string>> = { cancel: "Cancel all that fit", rerun: "Re-run all that fit", failure: "Re-run all that fit from the failed step" };
const SAID: Readonly<Record<BulkJobView["action"], string>> = { cancel: "told to end", rerun: "began again", failure: "began again" };
const STATES: Readonly<Record<BulkJobView["state"], string>> = { running: "Under way", stopped: "Stopped", done: "Done", failed: "Did not go on" };

/** What the server does, or did, for all runs that fitted a filter. Nothing where there is none. */
export function BulkJobs() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { data: jobs = [] } = useQuery({ ...trpc.bulkJobs.list.queryOptions(), refetchInterval: ({ state }) => (state.data?.some((job) => job.state === "running") === true ? REFRESH_MS : false) });
  const running = jobs.filter(({ state }) => state === "running").length;
  const before = useRef(running);
  useEffect(() => {
    // The list shows what came of it also where nothing live told of each run.
    if (running < before.current) void queryClient.invalidateQueries({ queryKey: trpc.runs.list.pathKey() });
    before.current = running;
  }, [running, queryClient, trpc]);
  return jobs.map((job) => <Job key={job.id} job={job} />);
}

function Job({ job }: { job: BulkJobView }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { id, action, state, total, seen, done, refusals, reason, problem, startedBy, isOwn, createdAt } = job;
  const changed = { onSettled: () => void queryClient.invalidateQueries({ queryKey: trpc.bulkJobs.list.pathKey() }), onError: (error: unknown) => void toast.error(readRefusal(error).message) };
  const stop = useMutation(trpc.bulkJobs.stop.mutationOptions(changed));
  const goOn = useMutation(trpc.bulkJobs.goOn.mutationOptions(changed));
  const dismiss = useMutation(trpc.bulkJobs.dismiss.mutationOptions(changed));
  const of = total === null ? "" : ` of ${total.toLocaleString("en")}`;
  return (
    <section aria-label={TITLES[action]} className="mb-3 flex flex-col gap-2 rounded-lg border bg-card p-3 text-sm">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <h2 className="min-w-0 font-medium">{TITLES[action]}</h2>
        <div className="flex items-center gap-2">
          {state === "running" ? <Button size="sm" disabled={stop.isPending} onClick={() => stop.mutate({ jobId: id })}><Square aria-hidden />Stop</Button> : null}
          {isOwn && (state === "stopped" || state === "failed") ? <Button size="sm" disabled={goOn.isPending} onClick={() => goOn.mutate({ jobId: id })}><Play aria-hidden />Go on</Button> : null}
          {state === "running" ? null : <Button size="sm" variant="ghost" aria-label={`Close: ${TITLES[action]}`} disabled={dismiss.isPending} onClick={() => dismiss.mutate({ jobId: id })}><X aria-hidden /></Button>}
        </div>
      </div>
      {total === null || total === 0 || state === "done" ? null : <progress className="h-2 w-full accent-primary" aria-label="Runs that came by" max={total} value={Math.min(seen, total)} />}
      <p role="status" className="tabular-nums">{`${STATES[state]}: ${seen.toLocaleString("en")}${of} came by, ${done.toLocaleString("en")} ${SAID[action]}.`}</p>
      {refusals.map(({ message, count }) => <p key={message} className="break-words text-destructive">{count.toLocaleString("en")} refused: {message}</p>)}
      {problem === null ? null : <p className="break-words text-destructive">{problem}</p>}
      <p className="text-xs text-muted-foreground">{isOwn ? "Begun by you" : `Begun by ${startedBy}`}, <Moment at={createdAt} />{reason === null ? "" : ` (${reason})`}</p>
    </section>
  );
}
