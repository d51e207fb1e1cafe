import { scaleLinear, scaleSqrt } from "d3-scale";
import { STATUSES, type Status } from "@/components/status/statuses";
import type { RunChart } from "@/server/runs/contract";

export interface HistoryBar {
  at: number;
  /** Shares of the width, 0 to 1. */
  x: number;
  width: number;
  /** From the bottom, shares of the height. */
  parts: { status: Status; y: number; height: number; runs: number }[];
  total: number;
  median: number | null;
  p95: number | null;
  /** Share of the height from the top, of the line of durations. */
  medianY: number | null;
}

export interface History {
  bars: HistoryBar[];
  most: number;
  longest: number;
}

/** Stacked bars of counts, and the height of the median duration (by its root, so that short ones show beside long ones). */
export function layOutHistory(chart: RunChart): History {
  const [from, to] = [Date.parse(chart.from), Date.parse(chart.to)];
  const x = scaleLinear([from, to], [0, 1]).clamp(true);
  const totals = chart.buckets.map(({ counts }) => Object.values(counts).reduce((sum, count) => sum + count, 0));
  const most = Math.max(1, ...totals);
  const longest = Math.max(1, ...chart.buckets.map(({ median }) => median ?? 0));
  const height = scaleLinear([0, most], [0, 1]);
  const durationY = scaleSqrt([0, longest], [1, 0.02]);
  const bars = chart.buckets.map((bucket, index) => {
    const at = Date.parse(bucket.at);
    let below = 0;
    const parts = STATUSES.flatMap((status) => {
      const runs = status === "skipped" ? 0 : (bucket.counts[status] ?? 0);
      if (runs === 0) return [];
      const part = { status, runs, y: height(below), height: height(runs) };
      below += runs;
      return [part];
    });
    return {
      at, parts, x: x(at), width: x(at + chart.bucketMs) - x(at), total: totals[index] ?? 0,
      median: bucket.median, p95: bucket.p95, medianY: bucket.median === null ? null : durationY(bucket.median),
    };
  });
  return { bars, most, longest };
}

/** The range that two places of the chart enclose, in whole buckets; null: nothing that could be shown. */
export function rangeBetween(chart: RunChart, one: number, other: number): { from: string; to: string } | null {
  const buckets = bucketsOf(chart);
  const [first, last] = [buckets.at(one), buckets.at(other)].toSorted((a, b) => a - b) as [number, number];
  const [begin, end] = [buckets.beginOf(first), buckets.endOf(last)];
  return end > begin ? { from: new Date(begin).toISOString(), to: new Date(end).toISOString() } : null;
}

/** The middle of the bucket that lies so many beyond the one of a place. The last one is cut short where now is. */
export function placeBeside(chart: RunChart, place: number, by: number): number {
  const buckets = bucketsOf(chart);
  const bucket = buckets.inside(buckets.at(place) + by);
  return ((buckets.beginOf(bucket) + buckets.endOf(bucket)) / 2 - buckets.from) / (buckets.to - buckets.from);
}

function bucketsOf({ from: begin, to: end, bucketMs }: RunChart) {
  const [from, to] = [Date.parse(begin), Date.parse(end)];
  const count = Math.max(1, Math.ceil((to - from) / bucketMs));
  const inside = (bucket: number) => Math.min(count - 1, Math.max(0, bucket));
  return {
    from, to, inside,
    at: (place: number) => inside(Math.floor((place * (to - from)) / bucketMs)),
    beginOf: (bucket: number) => from + bucket * bucketMs,
    endOf: (bucket: number) => Math.min(to, from + (bucket + 1) * bucketMs),
  };
}
