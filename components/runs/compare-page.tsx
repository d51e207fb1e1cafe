"use client";

import { useQuery } from "@tanstack/react-query";
import { ChevronDown, ChevronRight } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { PageHeader } from "@/components/shell/page-header";
import { useHref } from "@/components/shell/workspace-context";
import { StatusBadge } from "@/components/status/status-badge";
import { formatDuration } from "@/components/time/format";
import { Duration, Moment } from "@/components/time/moment";
import { Badge } from "@/components/ui/badge";
import { cn } from "@/components/ui/class-names";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { Compared, RunSummary } from "@/server/runs/contract";
import { partsOfRun, partsOfStep } from "./compare-parts";
import { CompareValues } from "./compare-values";

/** Two runs side by side: what differed comes first. */
export function ComparePage({ runId, otherId }: { runId: string; otherId: string }) {
  const trpc = useTRPC();
  const href = useHref();
  const compared = useQuery(trpc.runs.compare.queryOptions({ runId, otherId }));
  return (
    <>
      <PageHeader crumbs={[{ label: "Runs", href: href("/runs") }, { label: "This run", href: href(`/runs/${runId}`) }]} title="Two runs compared" />
      <div className="flex flex-col gap-4 px-4 py-4 pb-8 sm:px-6">
        {compared.isPending ? (
          <SkeletonRows count={8} />
        ) : compared.isError ? (
          <ErrorState error={compared.error} retry={() => void compared.refetch()} what="the comparison" />
        ) : (
          <Comparison compared={compared.data as Compared} />
        )}
      </div>
    </>
  );
}

function Comparison({ compared }: { compared: Compared }) {
  const { left, right, same, steps, differing, total } = compared;
  return (
    <>
      <div className="grid gap-3 sm:grid-cols-2">
        <Side title="This run" run={left} />
        <Side title="The other run" run={right} />
      </div>
      <p className="flex flex-wrap gap-2">
        {(["version", "input", "output"] as const).map((what) => (
          <Badge key={what} tone={same[what] ? "neutral" : "accent"}>{same[what] ? `Same ${what}` : `Different ${what}`}</Badge>
        ))}
        <Badge tone={differing === 0 ? "neutral" : "accent"}>{`${differing} of ${total} steps differ`}</Badge>
      </p>
      <WholeRuns compared={compared} />
      <div className="rounded-lg border bg-card">
        <Table label="Steps of both runs">
          <TableHeader>
            <tr>
              <TableHead>Step</TableHead>
              <TableHead>This run</TableHead>
              <TableHead>The other run</TableHead>
              <TableHead>Input</TableHead>
              <TableHead>Output</TableHead>
              <TableHead>Error</TableHead>
              <TableHead>Config</TableHead>
            </tr>
          </TableHeader>
          <TableBody>
            {steps.map((step) => <StepRows key={step.path} step={step} compared={compared} />)}
          </TableBody>
        </Table>
      </div>
      {steps.length < total ? <p className="text-sm text-muted-foreground">{`${total - steps.length} more steps are not shown; steps that differ come first.`}</p> : null}
    </>
  );
}

function WholeRuns({ compared }: { compared: Compared }) {
  const { left, right } = compared;
  const [isOpen, setOpen] = useState(false);
  return (
    <section className="flex flex-col gap-2 rounded-lg border bg-card p-2">
      <Disclosure isOpen={isOpen} onToggle={() => setOpen(!isOpen)} label="Input, output and trigger of the runs" className="font-sans text-sm font-medium" />
      {isOpen ? <div className="min-w-0 px-1 pb-1"><CompareValues parts={partsOfRun(compared)} place={{ runId: left.id, otherId: right.id, path: "", nodeId: "" }} /></div> : null}
    </section>
  );
}

/** What is the same and what is not; opened, with the values themselves. */
function StepRows({ step, compared: { left, right } }: { step: Compared["steps"][number]; compared: Compared }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <TableRow>
        <TableCell><Disclosure isOpen={isOpen} onToggle={() => setOpen(!isOpen)} label={step.path} /></TableCell>
        <TableCell><StepCell runId={left.id} path={step.path} side={step.left} /></TableCell>
        <TableCell><StepCell runId={right.id} path={step.path} side={step.right} /></TableCell>
        {[step.sameInput, step.sameOutput, step.sameError, step.sameConfig].map((isSame, index) => (
          <TableCell key={index}>{isSame ? <span className="text-muted-foreground">same</span> : "different"}</TableCell>
        ))}
      </TableRow>
      {isOpen ? (
        <tr>
          <td colSpan={7} className="p-0">
            {/* In view also where the table is wider than its frame. */}
            <div className="sticky left-0 w-[min(100%,calc(100vw-2.25rem))] p-3">
              <CompareValues parts={partsOfStep(step)} place={{ runId: left.id, otherId: right.id, path: step.path, nodeId: step.nodeId }} />
            </div>
          </td>
        </tr>
      ) : null}
    </>
  );
}

function Disclosure({ isOpen, onToggle, label, className }: { isOpen: boolean; onToggle: () => void; label: string; className?: string }) {
  const Icon = isOpen ? ChevronDown : ChevronRight;
  return (
    <button type="button" aria-expanded={isOpen} onClick={onToggle} className={cn("flex items-center gap-1.5 rounded-sm text-left font-mono text-xs hover:text-primary", className)}>
      <Icon className="size-4 shrink-0 text-muted-foreground" aria-hidden />
      {label}
    </button>
  );
}

function Side({ title, run }: { title: string; run: RunSummary }) {
  const href = useHref();
  return (
    <section className="flex flex-col gap-1 rounded-lg border bg-card p-3 text-sm">
      <div className="flex items-center justify-between gap-2">
        <h2 className="font-semibold"><Link className="text-primary hover:underline" href={href(`/runs/${run.id}`)}>{title}</Link></h2>
        <StatusBadge status={run.status} />
      </div>
      <p className="text-muted-foreground">
        {run.workflow?.name ?? "Run of a file"}, {run.version?.number == null ? "draft" : `version ${run.version.number}`}, <Moment at={run.createdAt} />, <Duration from={run.startedAt} to={run.finishedAt} />
      </p>
      {run.failure === null ? null : <p className="text-destructive">{run.failure.message}</p>}
    </section>
  );
}

function StepCell({ runId, path, side }: { runId: string; path: string; side: Compared["steps"][number]["left"] }) {
  const href = useHref();
  if (side === null) return <span className="text-muted-foreground">not reached</span>;
  return (
    <Link href={href(`/runs/${runId}?step=${encodeURIComponent(path)}`)} className="flex flex-wrap items-center gap-2">
      <StatusBadge status={side.status} />
      <span className="text-xs text-muted-foreground tabular-nums">
        {side.milliseconds === null ? "" : formatDuration(side.milliseconds)}
        {side.attempts > 1 ? `, attempt ${side.attempts}` : ""}
      </span>
    </Link>
  );
}
