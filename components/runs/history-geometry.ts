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
  const [from, to] = [Date.parse(chart.from), Date.parse(chart.to)];
  const count = Math.max(1, Math.ceil((to - from) / chart.bucketMs));
  const bucketOf = (share: number) => Math.min(count - 1, Math.max(0, Math.floor((share * (to - from)) / chart.bucketMs)));
  const [first, last] = [Math.min(bucketOf(one), bucketOf(other)), Math.max(bucketOf(one), bucketOf(other))];
  const begin = from + first * chart.bucketMs;
  const end = Math.min(to, from + (last + 1) * chart.bucketMs);
  return end > begin ? { from: new Date(begin).toISOString(), to: new Date(end).toISOString() } : null;
}
