import { STATUS_LOOK } from "@/components/status/statuses";
import { formatDuration } from "@/components/time/format";
import type { SegmentKind, TimelineSegment } from "./timeline-segments";

const HATCHED = "bg-[repeating-linear-gradient(45deg,var(--status-waiting)_0_3px,transparent_3px_6px)]";

/** Bars, and what differs from them by form as well: waits are hatched, pauses and the queue thin. */
const LOOKS: Readonly<Record<Exclude<SegmentKind, "attempt">, string>> = {
  wait: `top-1.5 h-4 rounded-xs border border-status-waiting bg-card ${HATCHED}`,
  pause: "top-3 h-0 border-t-2 border-dotted border-muted-foreground",
  queue: "top-2.5 h-1.5 rounded-full bg-status-queued",
};

export function segmentLook({ kind, status }: Pick<TimelineSegment, "kind" | "status">): string {
  if (kind !== "attempt") return LOOKS[kind];
  return `top-1.5 h-4 rounded-xs ${STATUS_LOOK[status].bar} ${status === "running" ? "animate-pulse" : ""}`;
}

export function segmentText({ kind, label, status, milliseconds }: TimelineSegment): string {
  return kind === "attempt" ? `${label}: ${STATUS_LOOK[status].label}` : `${label}: ${formatDuration(milliseconds)}`;
}

export const KIND_NAMES: Readonly<Record<SegmentKind, string>> = { attempt: "Attempt", wait: "Wait", pause: "Pause before the next attempt", queue: "In the queue" };
