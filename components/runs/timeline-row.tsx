"use client";

import { ChevronDown, ChevronRight, CornerDownRight } from "lucide-react";
import { StatusIcon } from "@/components/status/status-badge";
import { STATUS_LOOK } from "@/components/status/statuses";
import { formatDuration, formatExact } from "@/components/time/format";
import { cn } from "@/components/ui/class-names";
import { segmentLook, segmentText } from "./segment-look";
import type { TimelineRow } from "./timeline";

interface TimelineRowViewProps {
  row: TimelineRow;
  isSelected: boolean;
  end: number;
  onSelect: () => void;
  onToggle: () => void;
  picker: React.ReactNode;
}

/** Waits and pauses that are read out of one row. */
const TOLD_SPANS = 5;
const INDENT_REM = 0.9;
/** Deeper frames keep their place for the name. */
const DEEPEST_INDENT = 8;

export function TimelineRowView({ row, isSelected, end, onSelect, onToggle, picker }: TimelineRowViewProps) {
  const name = row.iteration === null ? row.node.name : `Iteration ${row.iteration + 1}`;
  const duration = row.startedAt === null ? "" : formatDuration((row.finishedAt ?? end) - row.startedAt);
  const title = row.status === null || row.startedAt === null ? `${name}: loading` : `${name}: ${STATUS_LOOK[row.status].label}, ${duration}, began ${formatExact(new Date(row.startedAt))}`;
  const spent = row.segments.filter(({ kind }) => kind !== "attempt").map(segmentText);
  return (
    <div className={cn("flex h-full items-center rounded-md hover:bg-muted/70", isSelected && "bg-accent")}>
      <div className="flex w-44 shrink-0 items-center gap-1 py-0.5 pr-2 sm:w-60" style={{ paddingLeft: `${0.4 + Math.min(row.depth, DEEPEST_INDENT) * INDENT_REM}rem` }}>
        {row.isOpen !== null ? (
          <button type="button" onClick={onToggle} aria-expanded={row.isOpen} aria-label={`${row.iteration === null ? "All iterations of" : "Steps of"} ${name}`} className="rounded-sm text-muted-foreground hover:text-foreground">
            {row.isOpen ? <ChevronDown className="size-3.5" aria-hidden /> : <ChevronRight className="size-3.5" aria-hidden />}
          </button>
        ) : row.depth > 0 ? (
          <CornerDownRight className="size-3 shrink-0 text-muted-foreground" aria-hidden />
        ) : null}
        <button type="button" data-step onClick={onSelect} aria-pressed={isSelected} className="flex min-w-0 flex-1 items-center gap-1.5 rounded-sm py-1 text-left text-[13px]">
          {row.status === null ? null : <StatusIcon status={row.status} className="size-3.5" />}
          <span className="truncate">{name}</span>
          <span className="sr-only">{[title, ...spent.slice(0, TOLD_SPANS), ...(spent.length > TOLD_SPANS ? [`${spent.length - TOLD_SPANS} more waits`] : [])].join("; ")}</span>
        </button>
        {picker}
      </div>
      <button type="button" tabIndex={-1} aria-hidden onClick={onSelect} title={title} className="relative h-7 min-w-0 flex-1 border-l">
        {row.segments.map((segment) => (
          <span
            key={segment.key}
            title={segmentText(segment)}
            className={cn("absolute min-w-0.5", segmentLook(segment))}
            style={{ left: `${segment.start * 100}%`, width: `max(2px, ${segment.length * 100}%)` }}
          />
        ))}
      </button>
      <span className="w-16 shrink-0 pr-1 text-right text-[11px] text-muted-foreground tabular-nums">{duration}</span>
    </div>
  );
}
