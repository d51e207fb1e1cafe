"use client";

import { formatDuration, formatExact, formatRelative } from "./format";
import { useExactTimes } from "./use-exact-times";
import { useNow } from "./use-now";

const REFRESH_MILLISECONDS = 15_000;
const RUNNING_MILLISECONDS = 1_000;

/** A moment in the viewer's zone, relative to now; hovering shows it exactly, and so do all of them when a person wants it. */
export function Moment({ at, className }: { at: string; className?: string }) {
  const now = useNow(REFRESH_MILLISECONDS);
  const isExact = useExactTimes();
  const moment = new Date(at);
  return (
    <time dateTime={at} title={formatExact(moment)} className={className} suppressHydrationWarning>
      {isExact ? formatExact(moment) : formatRelative(moment, now)}
    </time>
  );
}

/** How long something took, or has been going on. */
export function Duration({ from, to, className }: { from: string | null; to: string | null; className?: string }) {
  const now = useNow(from !== null && to === null ? RUNNING_MILLISECONDS : null);
  if (from === null) return <span className={className}>–</span>;
  const end = to === null ? Math.max(now, Date.parse(from)) : Date.parse(to);
  return (
    <span className={className} suppressHydrationWarning>
      {formatDuration(end - Date.parse(from))}
    </span>
  );
}
