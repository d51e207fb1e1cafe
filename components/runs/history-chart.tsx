"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent, type RefObject } from "react";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { useLiveRefresh } from "@/components/live/use-live";
import { STATUS_LOOK, type Status } from "@/components/status/statuses";
import { formatDuration } from "@/components/time/format";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { Skeleton } from "@/components/ui/skeleton";
import type { RunChart } from "@/server/runs/contract";
import { layOutHistory, placeBeside, rangeBetween, type HistoryBar } from "./history-geometry";
import { HistoryTable } from "./history-table";
import type { toListInput } from "./run-filter";

const FILLS: Readonly<Record<Status, string>> = {
  queued: "fill-status-queued", running: "fill-status-running", waiting: "fill-status-waiting", blocked: "fill-status-blocked",
  succeeded: "fill-status-succeeded", failed: "fill-status-failed", cancelled: "fill-status-cancelled", skipped: "fill-status-skipped",
};

/** It counts all runs of its time: more costly than the list, so not at every change. */
const REFRESH_AT_MOST_EVERY_MILLISECONDS = 8_000;
/** The net below the live stream. */
const POLL_MILLISECONDS = 60_000;

interface HistoryChartProps {
  input: ReturnType<typeof toListInput>;
  onRange: (from: string, to: string) => void;
  /** A key has chosen the time that is shown next: whoever pressed it stays at the chart, which may be another one then. */
  focusRef: RefObject<boolean>;
}

/** How many runs ended how, and how long they took: drag over a part of it, or choose with the arrow keys, to see only that time. */
export function HistoryChart({ input, ...props }: HistoryChartProps) {
  const trpc = useTRPC();
  const chart = useQuery({ ...trpc.runs.chart.queryOptions(input), placeholderData: (previous) => previous, refetchInterval: POLL_MILLISECONDS });
  useLiveRefresh("runs", trpc.runs.chart.pathKey(), REFRESH_AT_MOST_EVERY_MILLISECONDS);
  if (chart.isPending) return <Skeleton className="mb-3 h-36 w-full" />;
  if (chart.isError) return <ErrorState error={chart.error} retry={() => void chart.refetch()} what="the chart" />;
  return <History chart={chart.data as RunChart} {...props} />;
}

/** Places of a selection as shares of the width. */
interface Brush {
  begin: number;
  end: number;
}

function History({ chart, onRange, focusRef }: { chart: RunChart } & Omit<HistoryChartProps, "input">) {
  const [brush, setBrush] = useState<Brush | null>(null);
  const [isTable, setTable] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const { bars, most, longest } = layOutHistory(chart);
  useEffect(() => {
    if (focusRef.current) frame.current?.focus();
    focusRef.current = false;
  }, [chart.from, chart.to, focusRef]);
  const placeOf = (event: PointerEvent) => {
    const { left, width } = frame.current!.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - left) / width));
  };
  const finish = (chosen: Brush | null) => {
    setBrush(null);
    const range = chosen === null ? null : rangeBetween(chart, chosen.begin, chosen.end);
    if (range !== null) onRange(range.from, range.to);
  };
  const press = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (by !== undefined) {
      event.preventDefault();
      const last = placeBeside(chart, 1, 0);
      // The first key shows where one is.
      const end = brush === null && Number.isFinite(by) ? last : placeBeside(chart, brush?.end ?? last, by);
      setBrush({ begin: event.shiftKey ? (brush?.begin ?? last) : end, end });
    } else if (event.key === "Enter" && brush !== null) {
      focusRef.current = true;
      finish(brush);
    } else if (event.key === "Escape") setBrush(null);
  };
  const shown = brush === null ? null : rangeBetween(chart, brush.begin, brush.end);
  return (
    <section className="mb-3 rounded-lg border bg-card p-3" aria-label="Runs over time">
      <div className="mb-1 flex flex-wrap items-center justify-between gap-2 text-xs text-muted-foreground">
        <p aria-live="polite">
          {shown === null ? `${dateText(chart.from, chart)} to ${dateText(chart.to, chart)}` : `${dateText(shown.from, chart)} to ${dateText(shown.to, chart)}: Enter shows these runs`}
          {chart.coveredFrom === null ? "" : `; older runs than ${dateText(chart.coveredFrom, chart)} are not counted here`}
        </p>
        <span className="flex items-center gap-2">
          <span className="tabular-nums">at most {most === 1 ? "1 run" : `${most} runs`}; line: median, at most {formatDuration(longest)}</span>
          <Button variant="ghost" size="sm" aria-pressed={isTable} onClick={() => setTable(!isTable)}>{isTable ? "As chart" : "As table"}</Button>
        </span>
      </div>
      {isTable ? (
        <HistoryTable chart={chart} />
      ) : (
        <div
          ref={frame}
          role="slider"
          tabIndex={0}
          aria-label="Choose a time by arrow keys, widen it with Shift, and press Enter"
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round((brush?.end ?? 1) * 100)}
          aria-valuetext={shown === null ? "Nothing chosen" : `${dateText(shown.from, chart)} to ${dateText(shown.to, chart)}`}
          className="relative h-24 touch-pan-y cursor-crosshair rounded-sm border-b select-none"
          onKeyDown={press}
          onBlur={() => setBrush(null)}
          onPointerDown={(event) => {
            if (event.button !== 0) return;
            event.currentTarget.setPointerCapture(event.pointerId);
            setBrush({ begin: placeOf(event), end: placeOf(event) });
          }}
          onPointerMove={(event) => {
            if (event.buttons === 1 && brush !== null) setBrush({ ...brush, end: placeOf(event) });
          }}
          onPointerUp={(event) => finish(brush === null ? null : { ...brush, end: placeOf(event) })}
          onPointerCancel={() => setBrush(null)}
        >
          <svg viewBox="0 0 1000 100" preserveAspectRatio="none" className="absolute inset-0 size-full" aria-hidden>
            {bars.flatMap((bar) =>
              bar.parts.map(({ status, y, height, runs }) => (
                <rect key={`${bar.at} ${status}`} x={bar.x * 1000} width={Math.max(1.5, bar.width * 1000 - 1)} y={100 - (y + height) * 100} height={Math.max(height * 100, 0.7)} className={FILLS[status]}>
                  <title>{`${dateText(new Date(bar.at).toISOString(), chart)}: ${runs} ${STATUS_LOOK[status].label.toLowerCase()}`}</title>
                </rect>
              )),
            )}
            <polyline points={medianLine(bars)} className="fill-none stroke-foreground/60" strokeWidth={1.5} vectorEffect="non-scaling-stroke" />
          </svg>
          {brush === null ? null : (
            <span
              aria-hidden
              className={cn("pointer-events-none absolute inset-y-0 border-x border-primary bg-primary/15")}
              style={{ left: `${Math.min(brush.begin, brush.end) * 100}%`, width: `max(2px, ${Math.abs(brush.end - brush.begin) * 100}%)` }}
            />
          )}
        </div>
      )}
    </section>
  );
}

function medianLine(bars: readonly HistoryBar[]): string {
  return bars.flatMap(({ x, width, medianY }) => (medianY === null ? [] : [`${(x + width / 2) * 1000},${medianY * 100}`])).join(" ");
}

const DAY = 86_400_000;

/** As exact as the buckets are wide. */
function dateText(moment: string, chart: RunChart): string {
  const isWide = chart.bucketMs >= DAY;
  return new Date(moment).toLocaleString(undefined, isWide ? { month: "short", day: "numeric", year: "numeric" } : { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" });
}
