"use client";

import { Timer } from "lucide-react";
import { useEffect, useEffectEvent, useRef, type KeyboardEvent } from "react";
import { formatDuration } from "@/components/time/format";
import { cn } from "@/components/ui/class-names";
import { EmptyState } from "@/components/ui/empty-state";
import { IterationPicker } from "./iteration-picker";
import type { Timeline, TimelineRow } from "./timeline";
import { segmentLook, segmentText } from "./segment-look";
import { TimelineLegend } from "./timeline-legend";
import { TimelineRowView } from "./timeline-row";
import type { QueueTime } from "./timeline-segments";
import { useRowsInView } from "./use-rows-in-view";

export interface TimelineViewProps {
  timeline: Timeline;
  selected: string | null;
  failedIteration: (loop: string) => number | null;
  onSelect: (path: string) => void;
  onIteration: (loop: string, index: number) => void;
  onToggle: (row: TimelineRow) => void;
  /** Iterations that are in view, by loop. */
  onShow: (loop: string, first: number, last: number) => void;
}

const TICKS = [0, 0.25, 0.5, 0.75, 1] as const;
const ROW_PIXELS = 30;

/** Where the time went: one bar per attempt. Only the rows in view exist, so that ten thousand of them are as quick as ten. */
export function TimelineView({ timeline, selected, failedIteration, onSelect, onIteration, onToggle, onShow }: TimelineViewProps) {
  const { rows } = timeline;
  const frame = useRef<HTMLDivElement>(null);
  const { first, last, onScroll } = useRowsInView(rows.length, ROW_PIXELS);
  const items = rows.slice(first, last + 1);
  const show = useEffectEvent(() => {
    for (const [loop, places] of placesInView(items)) onShow(loop, places.first, places.last);
  });
  const inView = `${items[0]?.path ?? ""} ${items.at(-1)?.path ?? ""} ${rows.length}`;
  useEffect(() => show(), [inView]);
  if (rows.length === 0) {
    return <EmptyState icon={Timer} title="Nothing has run yet">Bars appear here as soon as the first step begins.</EmptyState>;
  }
  const whole = timeline.to - timeline.from;
  const press = (event: KeyboardEvent<HTMLElement>) => {
    const move = { ArrowDown: 1, ArrowUp: -1, PageDown: 20, PageUp: -20, Home: -rows.length, End: rows.length }[event.key];
    const current = Number((event.target as HTMLElement).closest<HTMLElement>("[data-row]")?.dataset.row ?? Number.NaN);
    if (move === undefined || Number.isNaN(current)) return;
    event.preventDefault();
    const next = Math.min(rows.length - 1, Math.max(0, current + move));
    const list = frame.current!;
    const top = next * ROW_PIXELS;
    if (top < list.scrollTop || top + 3 * ROW_PIXELS > list.scrollTop + list.clientHeight) list.scrollTop = Math.max(0, top - list.clientHeight / 2);
    // The row exists once the scrolling has been answered.
    requestAnimationFrame(() => requestAnimationFrame(() => list.querySelector<HTMLElement>(`[data-row="${next}"] [data-step]`)?.focus()));
  };
  return (
    <div ref={frame} onScroll={onScroll} className="h-full max-h-[70dvh] min-h-0 min-w-0 overflow-auto p-3 sm:p-4 lg:max-h-none">
      <div className="min-w-[36rem]">
        <TimelineLegend timeline={timeline} />
        <div className="mb-1 flex text-[11px] text-muted-foreground" aria-hidden>
          <div className="w-44 shrink-0 sm:w-60" />
          <div className="relative h-4 flex-1">
            {TICKS.map((share) => (
              <span
                key={share}
                className={cn("absolute whitespace-nowrap tabular-nums", share === 0 ? "" : share === 1 ? "-translate-x-full" : "-translate-x-1/2")}
                style={{ left: `${share * 100}%` }}
              >
                {tickText(timeline.from + share * whole - timeline.startedAt)}
              </span>
            ))}
          </div>
          <div className="w-16 shrink-0" />
        </div>
        {timeline.queue === null ? null : <QueueRow queue={timeline.queue} />}
        <div role="list" aria-label={`${rows.length} rows; arrow keys go through them`} onKeyDown={press} className="relative" style={{ height: rows.length * ROW_PIXELS }}>
          {items.map((row, offset) => {
            const index = first + offset;
            return (
              <div key={row.path} role="listitem" aria-setsize={rows.length} aria-posinset={index + 1} data-row={index} className="absolute inset-x-0 top-0" style={{ transform: `translateY(${index * ROW_PIXELS}px)`, height: ROW_PIXELS }}>
                <TimelineRowView
                  row={row}
                  isSelected={row.path === selected}
                  end={timeline.to}
                  onSelect={() => onSelect(row.path)}
                  onToggle={() => onToggle(row)}
                  picker={
                    row.loop !== null && row.loop.indices.length > 0 && row.isOpen !== true ? (
                      <IterationPicker {...row.loop} name={row.node.name} failed={failedIteration(row.path)} onChoose={(place) => onIteration(row.path, place)} />
                    ) : null
                  }
                />
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** Time from the run's start; what is before it was spent in the queue. */
function tickText(milliseconds: number): string {
  return milliseconds < 0 ? `−${formatDuration(-milliseconds)}` : formatDuration(milliseconds);
}

function QueueRow({ queue: { segment, isCut } }: { queue: QueueTime }) {
  return (
    <div className="flex items-center text-[13px]" style={{ height: ROW_PIXELS }}>
      <span className="w-44 shrink-0 truncate pl-1.5 text-muted-foreground sm:w-60">In the queue{isCut ? ", not to scale" : ""}</span>
      <span aria-hidden title={segmentText(segment)} className="relative h-7 min-w-0 flex-1 border-l">
        <span className={cn("absolute", segmentLook(segment))} style={{ left: `${segment.start * 100}%`, width: `${segment.length * 100}%` }} />
      </span>
      <span className="w-16 shrink-0 pr-1 text-right text-[11px] text-muted-foreground tabular-nums">{formatDuration(segment.milliseconds)}</span>
    </div>
  );
}

function placesInView(rows: readonly TimelineRow[]): Map<string, { first: number; last: number }> {
  const places = new Map<string, { first: number; last: number }>();
  for (const { iteration, path } of rows) {
    if (iteration === null) continue;
    const loop = path.slice(0, path.lastIndexOf("["));
    const known = places.get(loop);
    places.set(loop, { first: Math.min(known?.first ?? iteration, iteration), last: Math.max(known?.last ?? iteration, iteration) });
  }
  return places;
}
