"use client";

import { RotateCcw } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import type { Graph, GraphNode } from "@/components/canvas/read-graph";
import { SidePanel } from "@/components/shell/side-panel";
import { useMayIn } from "@/components/shell/rights";
import { useHref } from "@/components/shell/workspace-context";
import { StatusBadge } from "@/components/status/status-badge";
import { Duration, Moment } from "@/components/time/moment";
import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Select } from "@/components/ui/select";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { ValueView } from "@/components/values/value-view";
import { WaitCard } from "@/components/waits/wait-card";
import { OpenCalled } from "@/components/workflows/open-called";
import { findKind } from "@/server/nodes/catalog";
import type { StepSummary } from "@/server/runs/contract";
import { ChildRuns } from "./child-runs";
import { handledError, stoppedBy } from "./handled-error";
import { HeldStepAlert } from "./held-step";
import type { HeldStep } from "./held-steps";
import { isFinal, openWaits, type RunModel } from "./run-model";
import { useChildren } from "./use-children";
import { useRerun } from "./use-rerun";

export interface StepPanelProps {
  path: string;
  model: RunModel;
  /** Set while a limit holds it. */
  held: HeldStep | null;
  graph: Graph;
  node: GraphNode | null;
  streamed: string;
  onClose: () => void;
}

/** One step: its attempts, what it got, what it gave, what it waits for. */
export function StepPanel({ path, model, held, graph, node, streamed, onClose }: StepPanelProps) {
  const attempts = model.steps.get(path) ?? [];
  const [chosen, setChosen] = useState<number | null>(null);
  const step = attempts.find(({ attempt }) => attempt === chosen) ?? attempts.at(-1);
  const waits = openWaits(model, path);
  const stopped = step === attempts.at(-1) ? stoppedBy(model, graph, path) : null;
  const begun = useChildren(model.run, path);
  return (
    <SidePanel title={node?.name ?? path} onClose={onClose}>
      <div className="flex flex-col gap-4 p-4">
        <div className="flex flex-wrap items-center gap-2">
          {step === undefined ? null : <StatusBadge status={step.finishedAt === null && (waits.length > 0 || held !== null) ? "waiting" : step.status} />}
          {node === null ? null : <Badge>{findKind(node.kind)?.title ?? node.kind}</Badge>}
          {step?.port ? <Badge>port {step.port}</Badge> : null}
          <span className="flex min-w-0 items-center gap-1">
            <code className="truncate font-mono text-xs text-muted-foreground">{path}</code>
            <CopyButton text={path} label="Copy path" />
          </span>
        </div>
        {stopped === null ? null : <p className="text-sm text-muted-foreground">{stopped}</p>}
        {node === null ? null : <OpenCalled kind={node.kind} config={node.config} />}
        {held === null ? null : <HeldStepAlert step={held} runId={model.run.id} />}
        {waits.map((wait) => (
          <WaitCard key={wait.id} wait={wait} />
        ))}
        <ChildRuns runs={begun.filter((child) => !waits.some(({ childRunId }) => childRunId === child.runId))} />
        {step === undefined ? held !== null ? null : (
          <p className="text-sm text-muted-foreground">
            {isFinal(model.run.status) ? "The run did not come to this step." : "The run has not come to this step yet."}
          </p>
        ) : (
          <StepDetails key={step.attempt} step={step} attempts={attempts} handled={node === null || step !== attempts.at(-1) ? null : handledError(model, graph, node, path)} streamed={streamed} model={model} onAttempt={setChosen} />
        )}
      </div>
    </SidePanel>
  );
}

interface StepDetailsProps {
  step: StepSummary;
  attempts: readonly StepSummary[];
  /** Where its error went, if it ended nothing else. */
  handled: string | null;
  streamed: string;
  model: RunModel;
  onAttempt: (attempt: number) => void;
}

function StepDetails({ step, attempts, handled, streamed, model, onAttempt }: StepDetailsProps) {
  const href = useHref();
  const rerun = useRerun();
  const { run } = model;
  const mayStart = useMayIn(run.workflow?.id, "run:start");
  return (
    <>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-xs">
        <dt className="text-muted-foreground">Began</dt>
        <dd><Moment at={step.startedAt} /></dd>
        <dt className="text-muted-foreground">Took</dt>
        <dd className="tabular-nums"><Duration from={step.startedAt} to={step.finishedAt} /></dd>
        {step.items === null ? null : (
          <>
            <dt className="text-muted-foreground">Items</dt>
            <dd className="tabular-nums">{step.items}</dd>
          </>
        )}
        {step.progress?.text ? (
          <>
            <dt className="text-muted-foreground">Progress</dt>
            <dd>{step.progress.text}</dd>
          </>
        ) : null}
      </dl>
      {attempts.length > 1 ? (
        <Select
          aria-label="Attempt"
          value={String(step.attempt)}
          onValueChange={(attempt) => onAttempt(Number(attempt))}
          options={attempts.map(({ attempt, status }) => ({ value: String(attempt), label: `Attempt ${attempt}: ${status}` }))}
        />
      ) : null}
      {step.failure === null ? null : (
        <Alert tone={step.status === "skipped" ? "info" : "danger"} title={step.failure.message}>
          <code className="font-mono text-xs">{step.failure.code}</code>
          {step.failure.field ? <code className="ml-2 font-mono text-xs">{step.failure.field}</code> : null}
          {handled === null ? null : <p className="mt-1">{handled}</p>}
          {step.failure.runId === undefined || run.children.some(({ runId }) => runId === step.failure?.runId) ? null : (
            <Link className="ml-2 text-primary underline-offset-4 hover:underline" href={href(`/runs/${step.failure.runId}`)}>
              Open that run
            </Link>
          )}
        </Alert>
      )}
      {streamed !== "" && step.finishedAt === null ? (
        <section className="flex flex-col gap-1.5">
          <h3 className="text-xs font-medium text-muted-foreground">As it is written</h3>
          <p className="max-h-60 overflow-y-auto rounded-md border bg-muted/40 p-2 text-sm break-words whitespace-pre-wrap" aria-live="off">{streamed}</p>
        </section>
      ) : null}
      <StepValues step={step} runId={run.id} />
      {mayStart && isFinal(run.status) ? (
        <Button className="self-start" disabled={rerun.isPending} onClick={() => rerun.mutate({ runId: run.id, fromPath: step.path })}>
          <RotateCcw aria-hidden />
          Re-run from here
        </Button>
      ) : null}
    </>
  );
}

function StepValues({ step, runId }: { step: StepSummary; runId: string }) {
  const parts = [
    { what: "output", title: "Output" },
    { what: "input", title: "Input" },
    ...(step.sizes.error === null ? [] : [{ what: "error", title: "Error" } as const]),
  ] as const;
  const begin = step.status === "failed" && step.sizes.error !== null ? "error" : "output";
  return (
    <Tabs defaultValue={begin}>
      <TabsList>
        {parts.map(({ what, title }) => (
          <TabsTrigger key={what} value={what}>
            {title}
          </TabsTrigger>
        ))}
      </TabsList>
      {parts.map(({ what, title }) => (
        <TabsContent key={what} value={what} className="pt-3">
          <ValueView value={{ runId, path: step.path, attempt: step.attempt, what }} version={`${step.status} ${step.finishedAt ?? ""}`} label={title} />
        </TabsContent>
      ))}
    </Tabs>
  );
}
