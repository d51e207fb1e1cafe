"use client";

import { useQuery } from "@tanstack/react-query";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { formatSize } from "@/components/time/format";
import { Card, CardHeader } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";

/** What was removed, by day and workflow. */
export function RemovalList() {
  const trpc = useTRPC();
  const removals = useQuery(trpc.retention.removals.queryOptions());
  return (
    <Card>
      <CardHeader title="What was removed" description="By day (UTC) and workflow, the last first." />
      {removals.isPending ? (
        <SkeletonRows count={2} />
      ) : removals.isError ? (
        <ErrorState error={removals.error} retry={() => void removals.refetch()} what="the record" />
      ) : removals.data.length === 0 ? (
        <p className="p-4 text-sm text-muted-foreground">Nothing yet: nothing has been old enough.</p>
      ) : (
        <Table label="What was removed">
          <TableHeader>
            <tr>
              <TableHead>Day</TableHead>
              <TableHead>Workflow</TableHead>
              <TableHead className="text-right">Runs</TableHead>
              <TableHead className="text-right">Log lines</TableHead>
              <TableHead className="text-right">Events</TableHead>
              <TableHead className="text-right">Blobs</TableHead>
            </tr>
          </TableHeader>
          <TableBody>
            {removals.data.map(({ day, workflow, runs, logs, events, blobs, blobBytes }) => (
              <TableRow key={`${day} ${workflow?.id ?? ""}`}>
                <TableCell className="whitespace-nowrap tabular-nums">{day}</TableCell>
                <TableCell>{workflow === null ? <span className="text-muted-foreground">Without a workflow</span> : workflow.name}</TableCell>
                <TableCell className="text-right tabular-nums">{runs.toLocaleString()}</TableCell>
                <TableCell className="text-right tabular-nums">{logs.toLocaleString()}</TableCell>
                <TableCell className="text-right tabular-nums">{events.toLocaleString()}</TableCell>
                <TableCell className="text-right whitespace-nowrap tabular-nums">{blobs === 0 ? "0" : `${blobs.toLocaleString()} (${formatSize(blobBytes)})`}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
    </Card>
  );
}
