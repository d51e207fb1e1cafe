"use client";

import { useQuery } from "@tanstack/react-query";
import { Database } from "lucide-react";
import Link from "next/link";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC, type RouterOutputs } from "@/components/data/trpc";
import { useHref } from "@/components/shell/workspace-context";
import { formatSize } from "@/components/time/format";
import { Moment } from "@/components/time/moment";
import { Card, CardHeader } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";

type Row = RouterOutputs["retention"]["sizes"]["workflows"][number];
const PARTS = ["runs", "steps", "logs", "events", "blobs"] as const;
const LABELS = { runs: "Runs", steps: "Steps", logs: "Logs", events: "Events", blobs: "Blobs" } as const;

/** Which workflow takes up how much. */
export function SizeReport() {
  const trpc = useTRPC();
  const sizes = useQuery(trpc.retention.sizes.queryOptions());
  return (
    <Card>
      <CardHeader title="What takes up how much" description="Rows and bytes by workflow, without indexes. “about”: worked out from some of its runs." />
      {sizes.isPending ? (
        <SkeletonRows count={4} />
      ) : sizes.isError ? (
        <ErrorState error={sizes.error} retry={() => void sizes.refetch()} what="the sizes" />
      ) : sizes.data.workflows.length === 0 ? (
        <EmptyState icon={Database} title="Nothing is stored yet">Once workflows have run, their sizes show here.</EmptyState>
      ) : (
        <Table label="Sizes by workflow">
          <TableHeader>
            <tr>
              <TableHead>Workflow</TableHead>
              <TableHead className="text-right">Together</TableHead>
              {PARTS.map((part) => <TableHead key={part} className="text-right">{LABELS[part]}</TableHead>)}
              <TableHead>Oldest run</TableHead>
            </tr>
          </TableHeader>
          <TableBody>
            {sizes.data.workflows.map((row) => <SizeRow key={row.workflow?.id ?? ""} row={row} />)}
          </TableBody>
        </Table>
      )}
    </Card>
  );
}

function SizeRow({ row }: { row: Row }) {
  const href = useHref();
  const total = PARTS.reduce((sum, part) => sum + row[part].bytes, 0);
  const about = row.exact ? "" : "about ";
  return (
    <TableRow>
      <TableCell className="min-w-36">
        {row.workflow === null ? (
          <span className="text-muted-foreground">Without a workflow</span>
        ) : row.workflow.deleted ? (
          <span>{row.workflow.name} <span className="text-muted-foreground">(deleted)</span></span>
        ) : (
          <Link className="underline-offset-4 hover:underline" href={href(`/runs?workflow=${row.workflow.id}`)}>{row.workflow.name}</Link>
        )}
        {row.keptRuns === 0 ? null : <span className="block text-xs text-muted-foreground">{`${row.keptRuns} kept`}</span>}
      </TableCell>
      <TableCell className="text-right font-medium whitespace-nowrap tabular-nums">{about}{formatSize(total)}</TableCell>
      {PARTS.map((part) => (
        <TableCell key={part} className="text-right whitespace-nowrap tabular-nums">
          {row[part].rows.toLocaleString()}
          <span className="block text-xs text-muted-foreground">{formatSize(row[part].bytes)}</span>
        </TableCell>
      ))}
      <TableCell className="whitespace-nowrap">{row.oldestRunAt === null ? "–" : <Moment at={row.oldestRunAt} />}</TableCell>
    </TableRow>
  );
}
