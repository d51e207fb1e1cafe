"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { GitBranch, RotateCcw } from "lucide-react";
import Link from "next/link";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import type { Graph } from "@/components/canvas/read-graph";
import { useMayIn } from "@/components/shell/rights";
import { useHref } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import { describeFailure, failureChain } from "./describe-failure";
import { FailedExpression } from "./failed-expression";
import { FailureChain } from "./failure-chain";
import { HeldStepAlert } from "./held-step";
import type { HeldSteps } from "./held-steps";
import { splitPath } from "./paths";
import { openWaits, type RunModel } from "./run-model";
import type { RunRest } from "./run-rest";
import { useRerun } from "./use-rerun";
import { WaitReason } from "./wait-reason";

export interface RunNoticesProps {
  model: RunModel;
  /** Steps that a limit holds. */
  held: HeldSteps;
  graph: Graph;
  definition: Record<string, unknown>;
  rest: Pick<RunRest, "moreWaits" | "moreSteps">;
  onShowStep: (path: string) => void;
}

/** What matters first: why it failed, why it was stopped, what it waits for. */
export function RunNotices(props: RunNoticesProps) {
  return (
    <>
      <WaitReason run={props.model.run} />
      <Notices {...props} />
    </>
  );
}

/** Told one by one; the canvas shows all of them. */
const TOLD_HELD = 3;

function Notices({ model, held, graph, definition, rest, onShowStep }: RunNoticesProps) {
  const { run } = model;
  const waits = openWaits(model).filter(({ kind, path }) => kind === "approval" || kind === "signal" || (kind === "turn" && !held.has(path)));
  if (run.failure === null && run.status !== "cancelled" && waits.length === 0 && held.size === 0 && model.moreWaits === 0 && model.moreOpenSteps === 0) return null;
  const holds = [...held.values()];
  return (
    <div className="flex max-h-[45dvh] shrink-0 flex-col gap-3 overflow-y-auto border-b p-3 sm:px-6">
      {run.status === "cancelled" ? <Alert tone="warning" title={`Cancelled${run.terminationReason ? `: ${run.terminationReason}` : "."}`} /> : null}
      {run.failure !== null && run.status !== "cancelled" ? (
        <Failure model={model} graph={graph} definition={definition} onShowStep={onShowStep} />
      ) : null}
      {holds.slice(0, TOLD_HELD).map((hold) => (
        <HeldStepAlert key={hold.path} step={hold} runId={run.id} name={graph.nodes.find(({ id }) => id === splitPath(hold.path).nodeId)?.name ?? hold.path} onShow={() => onShowStep(hold.path)} />
      ))}
      {holds.length > TOLD_HELD ? <p className="text-sm text-muted-foreground">{holds.length - TOLD_HELD} more steps wait for a place.</p> : null}
      {waits.map((wait) => (
        <Alert
          key={wait.id}
          title={wait.kind === "turn" ? `Waits for ${wait.title === "" ? "its turn" : wait.title.charAt(0).toLowerCase() + wait.title.slice(1)}` : wait.title || (wait.kind === "approval" ? "Waiting for an approval" : `Waiting for the signal ${wait.signal ?? ""}`)}
          actions={
            wait.kind === "turn" ? (
              <Button size="sm" onClick={() => onShowStep(wait.path)}>Show the step</Button>
            ) : (
              <Button size="sm" variant="primary" onClick={() => onShowStep(wait.path)}>
                {wait.kind === "approval" ? "Answer" : "Send the signal"}
              </Button>
            )
          }
        >
          Began to wait <Moment at={wait.createdAt} />
          {wait.kind === "turn" && wait.until !== null ? <>, goes on <Moment at={wait.until} /></> : null}
          {wait.requiredAnswers > 1 ? `, ${wait.answers} of ${wait.requiredAnswers} approvals` : null}
        </Alert>
      ))}
      <NotShown model={model} rest={rest} />
    </div>
  );
}

/** Beyond what one answer holds. */
function NotShown({ model: { moreWaits, moreOpenSteps }, rest }: Pick<RunNoticesProps, "model" | "rest">) {
  return (
    <>
      {moreWaits === 0 ? null : <More what={`${moreWaits} more waits`} onMore={() => rest.moreWaits()}>of this run are not shown.</More>}
      {moreOpenSteps === 0 ? null : <More what={`${moreOpenSteps} more steps`} onMore={() => rest.moreSteps()}>are under way, and not shown.</More>}
    </>
  );
}

function More({ what, onMore, children }: { what: string; onMore: () => Promise<void>; children: string }) {
  const more = useMutation({ mutationFn: onMore, onError: (error) => toast.error(`More could not be loaded: ${readRefusal(error).message}`) });
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-muted-foreground">
      <span role="status">
        {what} {children}
      </span>
      <Button size="sm" aria-label={`Show more: ${what}`} disabled={more.isPending} onClick={() => more.mutate()}>
        Show more
      </Button>
    </p>
  );
}

function Failure({ model, graph, definition, onShowStep }: Omit<RunNoticesProps, "held" | "rest">) {
  const href = useHref();
  const rerun = useRerun();
  const { run } = model;
  const mayStart = useMayIn(run.workflow?.id, "run:start");
  const trpc = useTRPC();
  const causes = useQuery({ ...trpc.runs.causes.queryOptions({ runId: run.id }), enabled: run.children.length > 0, staleTime: Infinity });
  const child = causes.data?.[0];
  const failure = describeFailure(model, graph, definition);
  if (failure === null) return null;
  const { path } = failure;
  const chain = path === null ? [] : failureChain(model, graph, path);
  return (
    <Alert
      tone="danger"
      title={failure.nodeName === null ? failure.message : `${failure.nodeName}: ${failure.message}`}
      actions={
        <>
          {path === null ? null : (
            <Button size="sm" onClick={() => onShowStep(path)}>
              Show the step
            </Button>
          )}
          {child === undefined ? null : (
            <Button size="sm" asChild>
              <Link href={href(`/runs/${child.runId}`)}>
                <GitBranch aria-hidden />
                {child.workflow === null ? "Open the run that failed" : `Open the run of ${child.workflow.name}`}
              </Link>
            </Button>
          )}
          {mayStart && path !== null ? (
            <Button size="sm" disabled={rerun.isPending} onClick={() => rerun.mutate({ runId: run.id, fromPath: path })}>
              <RotateCcw aria-hidden />
              Re-run from this step
            </Button>
          ) : null}
          {run.workflow !== null && failure.nodeId !== null ? (
            <Button size="sm" asChild>
              <Link href={href(`/workflows/${run.workflow.id}?node=${encodeURIComponent(failure.nodeId)}${failure.field === null ? "" : `&field=${encodeURIComponent(failure.field)}`}`)}>Open in the draft</Link>
            </Button>
          ) : null}
        </>
      }
    >
      <p>
        <code className="font-mono text-xs">{failure.code}</code>
        {path === null ? null : (
          <>
            {" at "}
            <code className="font-mono text-xs">{path}</code>
          </>
        )}
        {failure.field === null ? null : (
          <>
            {", field "}
            <code className="font-mono text-xs">{failure.field}</code>
          </>
        )}
      </p>
      <FailureChain chain={chain} causes={causes.data ?? []} onShowStep={onShowStep} />
      {failure.expression === null ? null : <FailedExpression text={failure.expression} />}
    </Alert>
  );
}
