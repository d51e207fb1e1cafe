"use client";

import { CornerDownRight, Timer } from "lucide-react";
import { StatusIcon } from "@/components/status/status-badge";
import { STATUS_LOOK } from "@/components/status/statuses";
import { formatDuration, formatExact } from "@/components/time/format";
import { cn } from "@/components/ui/class-names";
import { EmptyState } from "@/components/ui/empty-state";
import { IterationPicker } from "./iteration-picker";
import type { Timeline, TimelineRow } from "./timeline";

export interface TimelineViewProps {
  timeline: Timeline;
  selected: string | null;
  failedIteration: (loop: string) => number | null;
  onSelect: (path: string) => void;
  onIteration: (loop: string, index: number) => void;
}

const TICKS = [0, 0.25, 0.5, 0.75, 1] as const;
const INDENT_REM = 0.9;

/** Where the time went: one bar per attempt. */
export function TimelineView({ timeline, selected, failedIteration, onSelect, onIteration }: TimelineViewProps) {
  if (timeline.rows.length === 0) {
    return <EmptyState icon={Timer} title="Nothing has run yet">Bars appear here as soon as the first step begins.</EmptyState>;
  }
  const whole = timeline.to - timeline.from;
  return (
    <div className="min-w-0 overflow-x-auto p-3 sm:p-4">
      <div className="min-w-[36rem]">
        <div className="mb-1 flex text-[11px] text-muted-foreground" aria-hidden>
          <div className="w-44 shrink-0 sm:w-60" />
          <div className="relative h-4 flex-1">
            {TICKS.map((share) => (
              <span
                key={share}
                className={cn("absolute whitespace-nowrap tabular-nums", share === 0 ? "" : share === 1 ? "-translate-x-full" : "-translate-x-1/2")}
                style={{ left: `${share * 100}%` }}
              >
                {formatDuration(share * whole)}
              </span>
            ))}
          </div>
          <div className="w-16 shrink-0" />
        </div>
        <ol>
          {timeline.rows.map((row) => (
            <Row
              key={row.path}
              row={row}
              isSelected={row.path === selected}
              end={timeline.to}
              onSelect={() => onSelect(row.path)}
              picker={
                row.loop !== null && row.loop.indices.length > 0 ? (
                  <IterationPicker
                    {...row.loop}
                    name={row.node.name}
                    failed={failedIteration(row.path)}
                    onChoose={(index) => onIteration(row.path, index)}
                  />
                ) : null
              }
            />
          ))}
        </ol>
      </div>
    </div>
  );
}

interface RowProps {
  row: TimelineRow;
  isSelected: boolean;
  end: number;
  onSelect: () => void;
  picker: React.ReactNode;
}

function Row({ row, isSelected, end, onSelect, picker }: RowProps) {
  const duration = formatDuration((row.finishedAt ?? end) - row.startedAt);
  const title = `${row.node.name}: ${STATUS_LOOK[row.status].label}, ${duration}, began ${formatExact(new Date(row.startedAt))}`;
  return (
    <li className={cn("flex items-center rounded-md hover:bg-muted/70", isSelected && "bg-accent")}>
      <div className="flex w-44 shrink-0 items-center gap-1.5 py-0.5 pr-2 sm:w-60" style={{ paddingLeft: `${0.4 + row.depth * INDENT_REM}rem` }}>
        {row.depth > 0 ? <CornerDownRight className="size-3 shrink-0 text-muted-foreground" aria-hidden /> : null}
        <button type="button" onClick={onSelect} aria-pressed={isSelected} className="flex min-w-0 flex-1 items-center gap-1.5 rounded-sm py-1 text-left text-[13px]">
          <StatusIcon status={row.status} className="size-3.5" />
          <span className="truncate">{row.node.name}</span>
          <span className="sr-only">{title}</span>
        </button>
        {picker}
      </div>
      <button type="button" tabIndex={-1} aria-hidden onClick={onSelect} title={title} className="relative h-7 min-w-0 flex-1 border-l">
        {row.segments.map((segment) => (
          <span
            key={segment.key}
            title={`${segment.label}: ${STATUS_LOOK[segment.status].label}`}
            className={cn("absolute top-1.5 h-4 min-w-0.5 rounded-xs", STATUS_LOOK[segment.status].bar, segment.status === "running" && "animate-pulse")}
            style={{ left: `${segment.start * 100}%`, width: `max(2px, ${segment.length * 100}%)` }}
          />
        ))}
      </button>
      <span className="w-16 shrink-0 pr-1 text-right text-[11px] text-muted-foreground tabular-nums">{duration}</span>
    </li>
  );
}
