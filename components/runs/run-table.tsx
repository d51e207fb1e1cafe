"use client";

import Link from "next/link";
import { Gone } from "@/components/live/resting-list";
import { StatusBadge } from "@/components/status/status-badge";
import { useHref } from "@/components/shell/workspace-context";
import { formatExact } from "@/components/time/format";
import { Duration, Moment } from "@/components/time/moment";
import { EnvironmentBadge } from "@/components/environments/environment-badge";
import { Badge } from "@/components/ui/badge";
import { Checkbox } from "@/components/ui/checkbox";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { MAX_BULK_RUNS } from "@/server/runs/constants";
import type { RunSummary } from "@/server/runs/contract";
import { useWaitBriefs } from "./use-wait-briefs";
import { triggerLabel } from "./triggers";

export interface Choice {
  chosen: ReadonlyMap<string, unknown>;
  choose: (runs: readonly RunSummary[], isChosen: boolean) => void;
}

export interface RunTableProps {
  runs: readonly RunSummary[];
  /** Ids of those that the list has no more. */
  gone: ReadonlySet<string>;
  choice: Choice;
}

/** A table on wide screens, cards on narrow ones. */
export function RunTable({ runs, gone, choice }: RunTableProps) {
  const waits = useWaitBriefs(runs);
  const { chosen, choose } = choice;
  const there = runs.filter(({ id }) => !gone.has(id));
  const isAll = there.length > 0 && there.every(({ id }) => chosen.has(id));
  return (
    <>
      <div className="rounded-lg border bg-card max-md:hidden">
        <Table label="Runs">
          <TableHeader>
            <tr>
              <TableHead className="w-8">
                <Checkbox aria-label="Choose all shown runs" checked={isAll ? true : there.some(({ id }) => chosen.has(id)) ? "indeterminate" : false} onCheckedChange={() => choose(there, !isAll && (chosen.size < MAX_BULK_RUNS || !there.some(({ id }) => chosen.has(id))))} />
              </TableHead>
              <TableHead>Status</TableHead>
              <TableHead>Workflow</TableHead>
              <TableHead>Version</TableHead>
              <TableHead>Started by</TableHead>
              <TableHead>Started</TableHead>
              <TableHead className="text-right">Took</TableHead>
            </tr>
          </TableHeader>
          <TableBody>
            {runs.map((run) => (
              <Row key={run.id} run={run} isGone={gone.has(run.id)} choice={choice} waits={waits.get(run.id)} />
            ))}
          </TableBody>
        </Table>
      </div>
      <ul className="flex flex-col gap-2 md:hidden">
        {runs.map((run) => (
          <RunCard key={run.id} run={run} isGone={gone.has(run.id)} choice={choice} waits={waits.get(run.id)} />
        ))}
      </ul>
    </>
  );
}

function nameOf(run: RunSummary): string {
  return run.workflow?.name ?? "Run of a file";
}

interface RowProps {
  run: RunSummary;
  isGone: boolean;
  choice: Choice;
  /** Why it does not go on. */
  waits: string | undefined;
}

function Row({ run, isGone, choice, waits }: RowProps) {
  const href = useHref();
  return (
    <TableRow data-gone={isGone || undefined} className="relative">
      <TableCell className="w-8"><ChooseRun run={run} choice={choice} /></TableCell>
      <TableCell className="w-32">{isGone ? <Gone /> : <StatusBadge status={run.status} />}</TableCell>
      <TableCell className="w-full max-w-0 min-w-48">
        <Link href={href(`/runs/${run.id}`)} className="block truncate font-medium after:absolute after:inset-0">
          {nameOf(run)}
        </Link>
        {run.failure === null ? null : <p className="truncate text-xs text-destructive">{run.failure.message}</p>}
        {waits === undefined ? null : <p className="truncate text-xs text-muted-foreground">{waits}</p>}
      </TableCell>
      <TableCell className="whitespace-nowrap">
        <VersionText run={run} />
      </TableCell>
      <TableCell className="max-w-48 text-muted-foreground">
        <p className="truncate">{triggerLabel(run.trigger)}</p>
        {run.startedBy === null ? null : <p className="truncate text-xs">{run.startedBy}</p>}
      </TableCell>
      <TableCell className="whitespace-nowrap text-muted-foreground"><Moment at={run.startedAt ?? run.createdAt} className="relative" /></TableCell>
      <TableCell className="text-right whitespace-nowrap tabular-nums">
        {isGone ? null : <Duration from={run.startedAt} to={run.finishedAt} />}
      </TableCell>
    </TableRow>
  );
}

function RunCard({ run, isGone, choice, waits }: RowProps) {
  const href = useHref();
  return (
    <li data-gone={isGone || undefined} className="relative flex flex-col gap-1.5 rounded-lg border bg-card p-3">
      <div className="flex items-center justify-between gap-2">
        <Link href={href(`/runs/${run.id}`)} className="min-w-0 truncate font-medium after:absolute after:inset-0">
          {nameOf(run)}
        </Link>
        <span className="flex items-center gap-3">
          {isGone ? <Gone /> : <StatusBadge status={run.status} />}
          <ChooseRun run={run} choice={choice} />
        </span>
      </div>
      {run.failure === null ? null : <p className="line-clamp-2 text-xs text-destructive">{run.failure.message}</p>}
      {waits === undefined ? null : <p className="line-clamp-2 text-xs text-muted-foreground">{waits}</p>}
      <p className="flex flex-wrap gap-x-3 text-xs text-muted-foreground">
        <Moment at={run.startedAt ?? run.createdAt} />
        {isGone ? null : <Duration from={run.startedAt} to={run.finishedAt} className="tabular-nums" />}
        <span className="min-w-0 break-words">{triggerLabel(run.trigger)}{run.startedBy === null ? "" : `, ${run.startedBy}`}</span>
        <VersionText run={run} />
      </p>
    </li>
  );
}

/** Above the link that the whole row is. */
function ChooseRun({ run, choice }: { run: RunSummary; choice: Choice }) {
  return (
    <Checkbox
      className="relative z-1"
      aria-label={`Choose the run of ${nameOf(run)}, ${formatExact(new Date(run.createdAt))}`}
      checked={choice.chosen.has(run.id)}
      onCheckedChange={(checked) => choice.choose([run], checked === true)}
    />
  );
}

function VersionText({ run }: { run: RunSummary }) {
  const version = run.mode === "test" ? <Badge tone="accent">Test</Badge> : run.version?.number == null ? null : <span className="text-muted-foreground">v{run.version.number}</span>;
  if (run.environment === null) return version;
  return (
    <span className="inline-flex items-center gap-1.5">
      {version}
      <EnvironmentBadge environment={run.environment} />
    </span>
  );
}
