"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC, useTRPCClient } from "@/components/data/trpc";
import { useMay } from "@/components/shell/workspace-context";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import type { RunSummary } from "@/server/runs/contract";
import { actOnAll, NOT_BEGUN, PORTION, type Progress } from "./act-on-all";
import type { toListInput } from "./run-filter";
import { isFinal } from "./run-model";

type Action = "rerun" | "failure" | "cancel";

const MEANT: Readonly<Record<Action, (run: RunSummary) => boolean>> = {
  rerun: () => true,
  failure: ({ status }) => status === "failed",
  cancel: ({ status }) => !isFinal(status),
};
const SAID: Readonly<Record<Action, string>> = { rerun: "began again", failure: "began again from the step that failed", cancel: "are being cancelled" };

export interface BulkAllDialogProps {
  /** The filter, with what it counts back from. */
  input: ReturnType<typeof toListInput>;
  close: () => void;
}

/** Something for all runs that fit the filter, however many: this page goes through them, portion by portion. */
export function BulkAllDialog({ input: given, close }: BulkAllDialogProps) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const actions = [
    ...(useMay("run:start") ? [{ value: "failure", label: "Re-run the failed ones from the step that failed" }, { value: "rerun", label: "Re-run them from their start" }] : []),
    ...(useMay("run:cancel") ? [{ value: "cancel", label: "Cancel those that have not ended" }] : []),
  ];
  const [action, setAction] = useState(actions[0]?.value as Action);
  const [reason, setReason] = useState("");
  // Runs that begin while somebody reads this are not meant.
  const [input] = useState(() => ({ ...given, to: given.to ?? new Date().toISOString() }));
  const [progress, setProgress] = useState<Progress>(NOT_BEGUN);
  const [state, setState] = useState<"idle" | "running" | "stopped">("idle");
  const [problem, setProblem] = useState<string | null>(null);
  const isStopped = useRef(false);
  useEffect(() => () => void (isStopped.current = true), []);
  const chart = useQuery(trpc.runs.chart.queryOptions(input));
  const fitting = chart.data === undefined || chart.data.coveredFrom !== null ? null : chart.data.buckets.flatMap(({ counts }) => Object.values(counts)).reduce((sum, count) => sum + count, 0);
  const act = async (runIds: string[]) => {
    const { results } = action === "cancel"
      ? await client.runs.cancelMany.mutate({ runIds, ...(reason.trim() === "" ? {} : { reason: reason.trim() }) })
      : await client.runs.rerunMany.mutate({ runIds, from: action === "failure" ? "failure" : "start" });
    return results.map(({ refusal }) => refusal?.message ?? null);
  };
  const go = async () => {
    isStopped.current = false;
    setProblem(null);
    setState("running");
    try {
      const list = (cursor: string | null) => client.runs.list.query({ ...input, limit: PORTION, ...(cursor === null ? {} : { cursor }) });
      await actOnAll({ list, act, isMeant: MEANT[action], isStopped: () => isStopped.current, onProgress: setProgress }, progress);
    } catch (error) {
      setProblem(readRefusal(error).message);
    }
    setState("stopped");
    void queryClient.invalidateQueries({ queryKey: trpc.runs.list.pathKey() });
  };
  const stop = () => void (isStopped.current = true);
  const isRunning = state === "running";
  return (
    <Dialog open onOpenChange={() => (isRunning ? undefined : close())}>
      <DialogContent
        title="All runs that fit the filter"
        description={fitting === null ? "However many there are, from the newest to the oldest." : `${fitting.toLocaleString()} runs fit, those of before now.`}
        footer={
          <>
            <Button onClick={isRunning ? stop : close}>{isRunning ? "Stop" : progress.isAtEnd ? "Close" : "Leave them"}</Button>
            {progress.isAtEnd ? null : <Button variant={action === "cancel" ? "destructive" : "primary"} disabled={isRunning || action === undefined} onClick={() => void go()}>{state === "stopped" ? "Go on" : "Begin"}</Button>}
          </>
        }
      >
        <div className="flex flex-col gap-4">
          <Field label="What to do">
            {(control) => <Select {...control} value={action} options={actions} disabled={state !== "idle"} onValueChange={(next) => setAction(next as Action)} />}
          </Field>
          {action === "cancel" ? (
            <Field label="Reason" hint="Shown on each run.">
              {(control) => <Textarea {...control} value={reason} maxLength={1_000} disabled={state !== "idle"} onChange={(event) => setReason(event.target.value)} />}
            </Field>
          ) : null}
          {state === "idle" ? <p className="text-xs text-muted-foreground">This page does it, {PORTION} at a time: leave it open until all have come by. It can be stopped in between.</p> : null}
          {state === "idle" ? null : (
            <div role="status" className="flex flex-col gap-2 text-sm">
              {fitting === null || fitting === 0 ? null : <progress className="h-2 w-full accent-primary" aria-label="Runs that came by" max={fitting} value={progress.seen} />}
              <p>{`${progress.seen.toLocaleString()} ${progress.isAtEnd ? "runs came by" : "runs came by so far"}: ${progress.done.toLocaleString()} ${SAID[action]}.`}</p>
              {[...progress.refusals].map(([message, count]) => <p key={message} className="text-destructive">{count.toLocaleString()} refused: {message}</p>)}
            </div>
          )}
          {problem === null ? null : <Alert tone="danger" title="It did not go on.">{problem} “Go on” continues behind the runs that came by; where the connection was lost, some of the next {PORTION} may have been dealt with already.</Alert>}
        </div>
      </DialogContent>
    </Dialog>
  );
}
