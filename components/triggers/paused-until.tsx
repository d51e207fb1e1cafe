import { formatExact } from "@/components/time/format";

/** With the zone: people elsewhere read it too. */
export function PausedUntil({ until }: { until: string }) {
  return <span suppressHydrationWarning>Paused until <time dateTime={until}>{formatExact(new Date(until))}</time></span>;
}
