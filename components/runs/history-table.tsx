import { STATUS_LOOK, STATUSES } from "@/components/status/statuses";
import { formatDuration, formatExact } from "@/components/time/format";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { RunChart } from "@/server/runs/contract";

/** The same as the chart, in figures. */
export function HistoryTable({ chart }: { chart: RunChart }) {
  const statuses = STATUSES.filter((status) => status !== "skipped" && chart.buckets.some(({ counts }) => (counts[status] ?? 0) > 0));
  const duration = (value: number | null) => (value === null ? "–" : formatDuration(value));
  return (
    <div className="max-h-72 overflow-y-auto">
      <Table label="Runs over time">
        <TableHeader>
          <tr>
            <TableHead>From</TableHead>
            {statuses.map((status) => <TableHead key={status} className="text-right">{STATUS_LOOK[status].label}</TableHead>)}
            <TableHead className="text-right">Median</TableHead>
            <TableHead className="text-right">95 %</TableHead>
          </tr>
        </TableHeader>
        <TableBody>
          {chart.buckets.map(({ at, counts, median, p95 }) => (
            <TableRow key={at}>
              <TableCell className="whitespace-nowrap">{formatExact(new Date(at))}</TableCell>
              {statuses.map((status) => <TableCell key={status} className="text-right tabular-nums">{status === "skipped" ? 0 : (counts[status] ?? 0)}</TableCell>)}
              <TableCell className="text-right tabular-nums">{duration(median)}</TableCell>
              <TableCell className="text-right tabular-nums">{duration(p95)}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </div>
  );
}
