"use client";

import { useMutation } from "@tanstack/react-query";
import { Ban, CircleAlert, Eye, EyeOff, FlaskConical, SquareArrowOutUpRight, TextCursorInput } from "lucide-react";
import Link from "next/link";
import { toast } from "@/components/ui/toast";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { isFinal } from "@/components/runs/run-model";
import { useHref, useMay } from "@/components/shell/workspace-context";
import { StatusBadge } from "@/components/status/status-badge";
import { Duration } from "@/components/time/moment";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/select";
import { nameOf } from "../places";
import { isTrigger, type Draft } from "../draft";
import { RunPicker } from "./run-picker";
import { useTestBench } from "./test-context";
import { statusOf } from "./test-results";

/** The last test of the draft, or another run whose data is looked at: how it went, what it began with, and the next test. */
export function TestBar({ draft }: { draft: Draft }) {
  const bench = useTestBench();
  const href = useHref();
  const { sources, input, isShown, chosen } = bench;
  const newest = sources[0];
  const run = newest?.model.run;
  return (
    <div role="group" aria-label="Tests of the draft" className="flex flex-wrap items-center gap-1 rounded-md border bg-card p-1 text-xs shadow-xs">
      {bench.mayTest ? (
        <>
          <Button size="sm" variant="primary" disabled={bench.isStarting} onClick={() => bench.run()} title="Test the whole draft (Ctrl or ⌘ Enter)">
            <FlaskConical aria-hidden />
            Test
          </Button>
          <Button size="sm" variant="ghost" className="max-w-40" onClick={bench.editInput} aria-label="Input of tests" title="What tests of this draft begin with">
            <TextCursorInput aria-hidden />
            <span className="truncate">{input?.name ?? (input?.event !== undefined && input.event.nodeId === bench.startAt ? "Event" : "Input")}</span>
          </Button>
          <StartAt draft={draft} />
        </>
      ) : null}
      {newest === undefined || run === undefined ? null : (
        <>
          <span className="flex items-center gap-1.5 px-1" role="status">
            <StatusBadge status={statusOf(newest)} />
            {run.startedAt === null ? null : <span className="text-muted-foreground tabular-nums"><Duration from={run.startedAt} to={run.finishedAt} /></span>}
            {run.mode === "test" ? null : <span className="text-muted-foreground">production</span>}
            {newest.root === null ? null : <span className="max-w-32 truncate text-muted-foreground">only {nameOf(draft, newest.root)}</span>}
          </span>
          {isFinal(run.status) || run.mode !== "test" ? null : <CancelTest runId={run.id} />}
          <Button asChild size="icon-sm" variant="ghost">
            <Link href={href(`/runs/${run.id}`)} aria-label="Open the run" title="Open the run">
              <SquareArrowOutUpRight aria-hidden />
            </Link>
          </Button>
          <Button size="icon-sm" variant="ghost" aria-pressed={isShown} aria-label={isShown ? "Hide the results on the canvas" : "Show the results on the canvas"} title={isShown ? "Hide the results on the canvas" : "Show the results on the canvas"} onClick={() => bench.setShown(!isShown)}>
            {isShown ? <EyeOff aria-hidden /> : <Eye aria-hidden />}
          </Button>
        </>
      )}
      <RunPicker />
      {chosen?.problem == null ? null : (
        <span className="flex basis-full items-center gap-1.5 px-1 text-destructive" role="alert">
          <CircleAlert className="size-3.5 shrink-0" aria-hidden />
          <span className="max-w-72">The chosen run is not shown. {chosen.problem}</span>
          <Button size="sm" variant="ghost" onClick={() => bench.chooseRun(null)}>Back to the last test</Button>
        </span>
      )}
    </div>
  );
}

/** Which trigger tests begin at, where there are several. */
function StartAt({ draft }: { draft: Draft }) {
  const { startAt, setStartAt } = useTestBench();
  const triggers = draft.nodes.filter(({ kind, parent }) => isTrigger(kind) && parent === undefined);
  if (triggers.length < 2) return null;
  const own = triggers.find(({ kind }) => kind === "trigger.manual") ?? triggers[0]!;
  return (
    <Select
      aria-label="Tests start at"
      value={startAt ?? own.id}
      options={triggers.map(({ id }) => ({ value: id, label: nameOf(draft, id) }))}
      onValueChange={(id) => setStartAt(id === own.id ? null : id)}
      className="h-7 max-w-36 text-xs"
    />
  );
}

function CancelTest({ runId }: { runId: string }) {
  const trpc = useTRPC();
  const mayCancel = useMay("run:cancel");
  const cancel = useMutation(trpc.runs.cancel.mutationOptions({ onError: (error) => void toast.error(readRefusal(error).message) }));
  if (!mayCancel) return null;
  return (
    <Button size="icon-sm" variant="ghost" aria-label="Cancel the test" title="Cancel the test" disabled={cancel.isPending} onClick={() => cancel.mutate({ runId })}>
      <Ban aria-hidden />
    </Button>
  );
}
