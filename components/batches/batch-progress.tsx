"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useTRPC } from "@/components/data/trpc";
import { useLiveRefresh } from "@/components/live/use-live";
import { useHref } from "@/components/shell/workspace-context";
import { STATUS_LOOK } from "@/components/status/statuses";
import { runStatusSchema } from "@/server/runs/contract";

/** How far a batch is, above the list of its runs. Nothing for a label that is no batch's name. */
export function BatchProgress({ name }: { name: string }) {
  const trpc = useTRPC();
  const href = useHref();
  const batch = useQuery(trpc.batches.find.queryOptions({ name }));
  useLiveRefresh("runs", trpc.batches.find.pathKey());
  if (batch.data === undefined || batch.data === null) return null;
  const { total, skipped, counts } = batch.data;
  const ended = (counts.succeeded ?? 0) + (counts.failed ?? 0) + (counts.cancelled ?? 0);
  const there = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const gone = Math.max(0, total - there);
  const shown = runStatusSchema.options.flatMap((status) => (counts[status] ? [{ status, count: counts[status] }] : []));
  return (
    <section aria-label={`Batch ${name}`} className="mb-3 flex flex-col gap-2 rounded-lg border p-3 text-sm">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <h2 className="min-w-0 truncate font-medium">{`Batch ${name}`}</h2>
        <p role="status" className="text-muted-foreground tabular-nums">
          {`${ended + gone} of ${total} ended`}
          {skipped === 0 ? "" : `, ${skipped} bad ${skipped === 1 ? "row" : "rows"} left out`}
          {gone === 0 ? "" : `, ${gone} removed by retention`}
        </p>
      </div>
      <div className="flex h-2 overflow-hidden rounded-full bg-muted" role="progressbar" aria-label="Runs that ended" aria-valuemin={0} aria-valuemax={total} aria-valuenow={ended + gone}>
        {shown.map(({ status, count }) => <div key={status} className={STATUS_LOOK[status].bar} style={{ width: `${(count / total) * 100}%` }} />)}
      </div>
      <ul className="flex flex-wrap gap-x-4 gap-y-1">
        {shown.map(({ status, count }) => (
          <li key={status}>
            <Link className="underline-offset-4 hover:underline" href={href(`/runs?label=${encodeURIComponent(`batch=${name}`)}&status=${status}`)}>
              <span className="tabular-nums">{count}</span> <span className={STATUS_LOOK[status].text}>{STATUS_LOOK[status].label.toLowerCase()}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
