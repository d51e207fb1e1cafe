"use client";

import Link from "next/link";
import { useHref } from "@/components/shell/workspace-context";
import { StatusIcon } from "@/components/status/status-badge";
import { Moment } from "@/components/time/moment";
import type { Health, HealthWindow } from "@/server/home/contract";
import { failureRate, formatCount } from "./figures";
import { runsPath, wordsOf } from "./windows";

const LIVE = ["queued", "running", "waiting", "blocked"] as const;

/** Production runs of the window, by what became of them. */
export function StatusFigures({ health, window }: { health: Health; window: HealthWindow }) {
  const { counts, limitedTo } = health;
  const rate = failureRate(counts);
  const filter = { range: window, mode: "production" };
  return (
    <section aria-label={`Runs ${wordsOf(window)}`} className="flex flex-col gap-2">
      <ul className="grid grid-cols-2 gap-3 lg:grid-cols-4">
        <Figure status="succeeded" label="Succeeded" value={counts.succeeded} path={runsPath({ status: "succeeded", ...filter })} />
        <Figure
          status="failed"
          label="Failed"
          value={counts.failed}
          path={runsPath({ status: "failed", ...filter })}
          note={rate === null ? "of none that ended" : `${rate} of those that ended`}
        />
        <Figure status="cancelled" label="Cancelled" value={counts.cancelled} path={runsPath({ status: "cancelled", ...filter })} />
        <Figure status="running" label="Not ended" value={counts.unfinished} path={runsPath({ status: LIVE, ...filter })} note="queued, running or waiting" />
      </ul>
      {limitedTo === null ? null : (
        <p className="text-xs text-muted-foreground">
          Figures are those of the newest {formatCount(limitedTo.runs)} runs, since <Moment at={limitedTo.since} />.
        </p>
      )}
    </section>
  );
}

interface FigureProps {
  status: string;
  label: string;
  value: number;
  path: string;
  note?: string;
}

function Figure({ status, label, value, path, note }: FigureProps) {
  const href = useHref();
  return (
    <li className="relative flex min-h-24 flex-col gap-1 rounded-lg border bg-card p-3 transition-colors hover:bg-muted/60 sm:p-4">
      <Link href={href(path)} className="flex items-center gap-1.5 text-sm text-muted-foreground after:absolute after:inset-0 after:rounded-lg">
        <StatusIcon status={status} className="size-4 animate-none" />
        {label}
      </Link>
      <span className="text-2xl font-semibold tabular-nums">{formatCount(value)}</span>
      {note === undefined ? null : <span className="text-xs text-muted-foreground">{note}</span>}
    </li>
  );
}
