"use client";

import { Pencil, Pin, SquareArrowOutUpRight } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { readGraph } from "@/components/canvas/read-graph";
import { handledError } from "@/components/runs/handled-error";
import { isFinal, openWaits } from "@/components/runs/run-model";
import { useHref } from "@/components/shell/workspace-context";
import { StatusBadge } from "@/components/status/status-badge";
import { asStatus } from "@/components/status/statuses";
import { Duration } from "@/components/time/moment";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { ValuePanel } from "@/components/values/value-panel";
import { ValueView } from "@/components/values/value-view";
import { WaitCard } from "@/components/waits/wait-card";
import { useChildren } from "@/components/runs/use-children";
import { stepText } from "../expressions/reference-text";
import type { Draft, DraftNode } from "../draft";
import { nameOf } from "../places";
import { ListenForEvent } from "./listen-for-event";
import { PinEditor } from "./pin-editor";
import { StepLog } from "./step-log";
import { useTestBench } from "./test-context";
import type { TestResult, TestSource } from "./test-results";
import { TestButtons } from "./node-tools";

/** What the last test knows of a step: how it went, what it got, gave and said, and the output that is kept for tests. */
export function TestTab({ node, draft }: { node: DraftNode; draft: Draft }) {
  const bench = useTestBench();
  const [isEditing, setEditing] = useState(false);
  const result = bench.resultOf(node.id);
  const isPinned = Object.hasOwn(bench.pins, node.id);
  const pinned = bench.pins[node.id];
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-wrap gap-1.5">
        <TestButtons node={node} size="text" />
        <Button size="sm" onClick={() => setEditing(true)}>
          <Pencil aria-hidden />
          {isPinned ? "Edit pin" : "Write a pin"}
        </Button>
      </div>
      {node.kind.startsWith("trigger.") && node.kind !== "trigger.manual" ? <ListenForEvent nodeId={node.id} kind={node.kind.slice("trigger.".length)} /> : null}
      {isPinned ? (
        <section className="flex flex-col gap-2">
          <h3 className="flex items-center gap-1.5 text-sm font-medium">
            <Pin className="size-3.5 text-primary" aria-hidden />
            Pinned output
          </h3>
          <p className="text-xs text-muted-foreground">Tests use it in place of running this step. Published runs never do.</p>
          <ValuePanel value={pinned} label="Pinned output" rootText={`${stepText(node.id)}.output`} />
        </section>
      ) : null}
      {result === null ? <p className="text-sm text-muted-foreground">{bench.chosen === null ? "The last test" : "The chosen run"} did not come here. Test this step, or run up to here, to see what it gets and gives.</p> : <Result key={`${result.model.run.id} ${result.path}`} result={result} id={node.id} draft={draft} />}
      {isEditing ? (
        <PinEditor place={`${bench.workflowId} ${node.id}`} name={nameOf(draft, node.id)} begin={pinned} onPin={(value) => bench.pin(node.id, { value })} close={() => setEditing(false)} />
      ) : null}
    </div>
  );
}

function Result({ result, id, draft }: { result: TestResult; id: string; draft: Draft }) {
  const bench = useTestBench();
  const { model, path, attempts, isWaiting } = result;
  const step = attempts.at(-1);
  const streamed = bench.streamOf(path);
  const href = useHref();
  const children = useChildren(model.run, path);
  const runId = model.run.id;
  const handled = step?.status === "failed" ? errorOf(bench.sources, draft, id, result) : null;
  const version = `${step?.attempt ?? 0} ${step?.status ?? ""} ${step?.finishedAt ?? ""}`;
  const parts = step === undefined ? [] : ([{ what: "output", title: "Output", size: step.sizes.output }, { what: "input", title: "Input", size: step.sizes.input }] as const);
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 text-xs text-muted-foreground" role="status">
        <StatusBadge status={isWaiting && step?.finishedAt == null ? "waiting" : asStatus(step?.status ?? "waiting")} />
        {step === undefined ? null : <span className="tabular-nums"><Duration from={step.startedAt} to={step.finishedAt} /></span>}
        {attempts.length > 1 ? <span>attempt {attempts.length}</span> : null}
        {step?.items == null ? null : <span>{step.items} items</span>}
        <code className="min-w-0 truncate font-mono">{path}</code>
      </div>
      {children.map((child) => (
        <Link key={child.runId} href={href(`/runs/${child.runId}`)} className="flex items-center gap-2 self-start text-sm text-primary hover:underline">
          <SquareArrowOutUpRight className="size-3.5" aria-hidden />
          Open the run of the sub-workflow
          <StatusBadge status={asStatus(child.status)} />
        </Link>
      ))}
      {openWaits(model, path).map((wait) => <WaitCard key={wait.id} wait={wait} />)}
      {step?.failure == null ? null : (
        <Alert tone="danger" title={step.failure.message}>
          <code className="font-mono text-xs">{[step.failure.code, step.failure.field].filter(Boolean).join(" ")}</code>
          {handled === null ? null : <p className="mt-1">{handled}</p>}
        </Alert>
      )}
      {streamed !== "" && step?.finishedAt == null ? (
        <section className="flex flex-col gap-1.5">
          <h3 className="text-sm font-medium">As it is written</h3>
          <p className="max-h-60 overflow-y-auto rounded-md border bg-muted/40 p-2 text-sm break-words whitespace-pre-wrap">{streamed}</p>
        </section>
      ) : null}
      {parts.map(({ what, title, size }) =>
        size === null ? null : (
          <section key={what} className="flex flex-col gap-2">
            <h3 className="text-sm font-medium">{title}</h3>
            <ValueView value={{ runId, path, attempt: step?.attempt, what }} version={version} label={title} {...(what === "output" ? { rootText: `${stepText(id)}.output` } : {})} />
          </section>
        ),
      )}
      <StepLog runId={runId} path={path} isOver={isFinal(model.run.status)} />
    </>
  );
}

/** Where the error of a step that failed goes. */
function errorOf(sources: readonly TestSource[], draft: Draft, id: string, { model, path }: TestResult): string | null {
  const isAlone = sources.some((source) => source.model === model && source.root === id);
  // What was tested as part of a run went where its connections led then.
  const graph = readGraph(isAlone ? draft : model.definition);
  const node = graph.nodes.find((one) => one.id === id);
  return node === undefined ? null : handledError(model, graph, node, path, isAlone);
}
