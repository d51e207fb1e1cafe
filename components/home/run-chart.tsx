"use client";

import Link from "next/link";
import { useHref } from "@/components/shell/workspace-context";
import { Card, CardHeader } from "@/components/ui/card";
import { cn } from "@/components/ui/class-names";
import type { Health, RunCounts } from "@/server/home/contract";
import { CHARTED, formatCount, niceCeiling, totalOf } from "./figures";
import { runsPath } from "./windows";

const LOOKS = {
  succeeded: { label: "succeeded", color: "bg-status-succeeded/75" },
  failed: { label: "failed", color: "bg-status-failed" },
  cancelled: { label: "cancelled", color: "bg-status-cancelled" },
  unfinished: { label: "not ended", color: "bg-status-running" },
} as const;
const DAY = 86_400_000;

/** Runs over the window, by what became of them. A bar leads to its runs. */
export function RunChart({ health, words }: { health: Health; words: string }) {
  const highest = Math.max(...health.parts.map(({ counts }) => totalOf(counts)));
  const ceiling = niceCeiling(highest);
  const length = Date.parse(health.to) - Date.parse(health.from);
  return (
    <Card>
      <CardHeader title="Runs over time" actions={<Legend />} />
      <div className="flex gap-2 p-4">
        <div aria-hidden className="flex h-36 flex-col justify-between text-right text-xs text-muted-foreground tabular-nums">
          <span className="-translate-y-1/2">{formatCount(ceiling)}</span>
          <span className="translate-y-1/2">0</span>
        </div>
        <div className="min-w-0 flex-1">
          <div className="relative h-36 border-y">
            {highest === 0 ? <p className="absolute inset-0 flex items-center justify-center text-sm text-muted-foreground">Nothing ran {words}.</p> : null}
            <ul aria-label={`Runs ${words}`} className="flex h-full items-end gap-px sm:gap-0.5">
              {health.parts.map(({ from, counts }, index) => (
                <Bar key={index} from={from} to={health.parts[index + 1]?.from ?? health.to} counts={counts} ceiling={ceiling} withDate={length > DAY} />
              ))}
            </ul>
          </div>
          <div aria-hidden className="mt-1.5 flex justify-between text-xs text-muted-foreground" suppressHydrationWarning>
            <span>{timeText(health.from, length > DAY)}</span>
            <span>now</span>
          </div>
        </div>
      </div>
    </Card>
  );
}

interface BarProps {
  from: string;
  to: string;
  counts: RunCounts;
  ceiling: number;
  withDate: boolean;
}

function Bar({ from, to, counts, ceiling, withDate }: BarProps) {
  const href = useHref();
  const total = totalOf(counts);
  if (total === 0) return <li className="h-full flex-1" aria-hidden />;
  const parts = CHARTED.filter((status) => counts[status] > 0);
  const text = `${timeText(from, withDate)} – ${timeText(to, withDate)}: ${parts.map((status) => `${formatCount(counts[status])} ${LOOKS[status].label}`).join(", ")}`;
  return (
    <li className="h-full min-w-0 flex-1">
      <Link href={href(runsPath({ from, to, mode: "production" }))} title={text} aria-label={text} className="flex h-full flex-col justify-end rounded-t-sm hover:bg-muted" suppressHydrationWarning>
        {parts.toReversed().map((status) => (
          <span key={status} className={cn("min-h-0.5 w-full first:rounded-t-sm", LOOKS[status].color)} style={{ height: `${(counts[status] / ceiling) * 100}%` }} />
        ))}
      </Link>
    </li>
  );
}

function timeText(moment: string, withDate: boolean): string {
  const time = { hour: "2-digit", minute: "2-digit" } as const;
  return new Date(moment).toLocaleString(undefined, withDate ? { month: "short", day: "numeric", ...time } : time);
}

function Legend() {
  return (
    <ul className="flex flex-wrap gap-x-3 gap-y-1 text-xs text-muted-foreground" aria-label="Colours">
      {CHARTED.map((status) => (
        <li key={status} className="flex items-center gap-1.5">
          <span aria-hidden className={cn("size-2.5 rounded-sm", LOOKS[status].color)} />
          {LOOKS[status].label}
        </li>
      ))}
    </ul>
  );
}
