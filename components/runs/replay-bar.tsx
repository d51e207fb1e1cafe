"use client";

import { ChevronLeft, ChevronRight, History, Pause, Play } from "lucide-react";
import { useEffect, useEffectEvent, useState } from "react";
import { formatDuration } from "@/components/time/format";
import { Button } from "@/components/ui/button";

interface ReplayBarProps {
  span: { from: number; to: number };
  moments: readonly number[];
  /** Null: the run as it is. */
  at: number | null;
  onChange: (at: number | null) => void;
}

/** However long the run took, all of it plays in so many seconds. */
const PLAY_MILLISECONDS = 12_000;
const FRAME_MILLISECONDS = 100;

/** Looks at the run as it was: by the slider, step by step, or playing. */
export function ReplayBar({ span, moments, at, onChange }: ReplayBarProps) {
  const [isPlaying, setPlaying] = useState(false);
  const place = at ?? span.to;
  const advance = useEffectEvent(() => {
    const next = place + ((span.to - span.from) * FRAME_MILLISECONDS) / PLAY_MILLISECONDS;
    if (next < span.to) return onChange(next);
    setPlaying(false);
    onChange(null);
  });
  useEffect(() => {
    if (!isPlaying) return;
    const timer = setInterval(() => advance(), FRAME_MILLISECONDS);
    return () => clearInterval(timer);
  }, [isPlaying]);
  const play = () => {
    if (!isPlaying && at === null) onChange(span.from);
    setPlaying(!isPlaying);
  };
  const before = moments.findLast((moment) => moment < place);
  const after = moments.find((moment) => moment > place);
  const go = (moment: number) => {
    setPlaying(false);
    onChange(moment >= span.to ? null : moment);
  };
  return (
    <div role="group" aria-label="Replay" className="flex items-center gap-1 border-t bg-card px-3 py-1.5 text-xs sm:px-5">
      <Button variant="ghost" size="icon-sm" aria-label={isPlaying ? "Pause the replay" : "Play the run again"} onClick={play}>
        {isPlaying ? <Pause aria-hidden /> : <Play aria-hidden />}
      </Button>
      <Button variant="ghost" size="icon-sm" aria-label="Previous change" disabled={before === undefined} onClick={() => go(before ?? span.from)}>
        <ChevronLeft aria-hidden />
      </Button>
      <Button variant="ghost" size="icon-sm" aria-label="Next change" disabled={after === undefined} onClick={() => go(after ?? span.to)}>
        <ChevronRight aria-hidden />
      </Button>
      <input
        type="range"
        aria-label="Moment of the run"
        aria-valuetext={`${formatDuration(place - span.from)} after its start`}
        className="min-w-0 flex-1 accent-primary"
        min={span.from}
        max={span.to}
        step={Math.max(1, Math.round((span.to - span.from) / 500))}
        value={place}
        onChange={(event) => go(Number(event.target.value))}
      />
      <span className="w-24 text-right text-muted-foreground tabular-nums">{formatDuration(place - span.from)}</span>
      <Button variant="ghost" size="sm" disabled={at === null} onClick={() => go(span.to)}>
        <History aria-hidden />
        <span className="max-sm:sr-only">Now</span>
      </Button>
    </div>
  );
}
