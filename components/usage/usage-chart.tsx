"use client";

import { useState } from "react";
import { Segments } from "@/components/ui/segments";
import { METRIC_LABELS, METRICS, type Metric } from "@/server/usage/constants";
import type { MonthUsage } from "@/server/usage/contract";
import { sayAmount, sayMonth } from "./amounts";

const FULL_PERCENT = 100;
/** So that little can be told from nothing. */
const LEAST_PERCENT = 2;

/** One bar per month, the oldest first. The table below says the same in numbers. */
export function UsageChart({ months }: { months: readonly MonthUsage[] }) {
  const [metric, setMetric] = useState<Metric>("runs");
  const most = Math.max(...months.map((month) => amountOf(month, metric)));
  return (
    <div className="flex flex-col gap-3 p-4">
      <div className="flex overflow-x-auto">
        <Segments label="What the chart shows" value={metric} onChange={setMetric} options={METRICS.map((value) => ({ value, label: METRIC_LABELS[value] }))} />
      </div>
      <div role="img" aria-label={`${METRIC_LABELS[metric]} by month, at most ${sayAmount(metric, most)}`} className="flex h-40 items-end gap-1.5 sm:gap-2">
        {months.toReversed().map((month) => (
          <div key={month.month} title={`${sayMonth(month.month)}: ${sayAmount(metric, amountOf(month, metric))}`} className="flex h-full min-w-0 flex-1 flex-col justify-end gap-1">
            <div className="rounded-t-sm bg-primary/70" style={{ height: `${most === 0 || amountOf(month, metric) === 0 ? 0 : Math.max(LEAST_PERCENT, (amountOf(month, metric) / most) * FULL_PERCENT)}%` }} />
            <div className="h-px bg-border" />
            <span className="truncate text-center text-[10px] text-muted-foreground sm:text-xs">{sayMonth(month.month).split(" ")[0]}</span>
          </div>
        ))}
      </div>
    </div>
  );
}

function amountOf(month: MonthUsage, metric: Metric): number {
  return metric === "llmTokens" ? month.inputTokens + month.outputTokens : month[metric];
}
