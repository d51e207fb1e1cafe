import { cn } from "@/components/ui/class-names";
import { KIND_NAMES, segmentLook } from "./segment-look";
import type { Timeline } from "./timeline";
import type { SegmentKind } from "./timeline-segments";

const KINDS: readonly SegmentKind[] = ["attempt", "wait", "pause", "queue"];

/** What the bars stand for: of those that there are. */
export function TimelineLegend({ timeline }: { timeline: Timeline }) {
  const there = new Set(timeline.rows.flatMap(({ segments }) => segments.map(({ kind }) => kind)));
  if (timeline.queue !== null) there.add("queue");
  if (there.size < 2) return null;
  return (
    <ul aria-label="What the bars stand for" className="mb-2 flex flex-wrap gap-x-4 gap-y-1 text-[11px] text-muted-foreground">
      {KINDS.filter((kind) => there.has(kind)).map((kind) => (
        <li key={kind} className="flex items-center gap-1.5">
          <span aria-hidden className="relative h-7 w-6 shrink-0 -my-1.5">
            <span className={cn("absolute inset-x-0", segmentLook({ kind, status: "succeeded" }))} />
          </span>
          {KIND_NAMES[kind]}
        </li>
      ))}
    </ul>
  );
}
