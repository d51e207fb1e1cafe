"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import { useHref } from "@/components/shell/workspace-context";
import { formatDuration } from "@/components/time/format";
import { Card, CardHeader } from "@/components/ui/card";
import type { Health, HealthWindow } from "@/server/home/contract";
import { formatCount, formatShare } from "./figures";
import { runsPath, wordsOf } from "./windows";

export function FailingWorkflows({ workflows, window }: { workflows: Health["failing"]; window: HealthWindow }) {
  const href = useHref();
  const most = Math.max(1, ...workflows.map(({ failed }) => failed));
  return (
    <Ranks title="Most failing workflows" description={`Failed runs ${wordsOf(window)}`} empty="No run failed.">
      {workflows.map(({ id, name, runs, failed }) => (
        <Rank
          key={id}
          name={name}
          href={href(runsPath({ workflow: id, status: "failed", range: window, mode: "production" }))}
          share={failed / most}
          color="bg-status-failed/70"
          figure={formatCount(failed)}
          note={`${formatShare(failed / runs)} of ${formatCount(runs)}`}
        />
      ))}
    </Ranks>
  );
}

export function SlowestWorkflows({ workflows, window }: { workflows: Health["slowest"]; window: HealthWindow }) {
  const href = useHref();
  const longest = Math.max(1, ...workflows.map(({ p95Milliseconds }) => p95Milliseconds));
  return (
    <Ranks title="Slowest workflows" description="19 of 20 runs took no longer, waits included" empty="No run ended.">
      {workflows.map(({ id, name, runs, p95Milliseconds }) => (
        <Rank
          key={id}
          name={name}
          href={href(runsPath({ workflow: id, range: window, mode: "production", longer: String(p95Milliseconds) }))}
          share={p95Milliseconds / longest}
          color="bg-status-running/70"
          figure={formatDuration(p95Milliseconds)}
          note={runs === 1 ? "1 run" : `${formatCount(runs)} runs`}
        />
      ))}
    </Ranks>
  );
}

function Ranks({ title, description, empty, children }: { title: string; description: string; empty: string; children: ReactNode[] }) {
  return (
    <Card>
      <CardHeader title={title} description={description} />
      {children.length === 0 ? <p className="px-4 py-3 text-sm text-muted-foreground">{empty}</p> : <ul className="divide-y">{children}</ul>}
    </Card>
  );
}

interface RankProps {
  name: string;
  href: string;
  share: number;
  color: string;
  figure: string;
  note: string;
}

function Rank({ name, href, share, color, figure, note }: RankProps) {
  return (
    <li className="relative flex flex-col gap-1.5 px-4 py-2.5 text-sm hover:bg-muted/60">
      <div className="flex items-baseline justify-between gap-3">
        <Link href={href} className="min-w-0 truncate font-medium after:absolute after:inset-0">
          {name}
        </Link>
        <span className="flex shrink-0 items-baseline gap-2 whitespace-nowrap">
          <span className="text-xs text-muted-foreground">{note}</span>
          <span className="font-semibold tabular-nums">{figure}</span>
        </span>
      </div>
      <div aria-hidden className="h-1 overflow-hidden rounded-full bg-muted">
        <div className={`h-full rounded-full ${color}`} style={{ width: `${Math.max(2, share * 100)}%` }} />
      </div>
    </li>
  );
}
