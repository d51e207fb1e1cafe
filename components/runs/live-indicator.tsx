"use client";

import { useLiveStatus } from "@/components/live/use-live";
import { cn } from "@/components/ui/class-names";

const LOOKS = {
  connecting: { label: "Connecting", title: "Updates begin in a moment", color: "bg-status-queued" },
  open: { label: "Live", title: "Updates arrive as they happen", color: "bg-status-succeeded" },
  down: { label: "Reconnecting", title: "Asking every few seconds until the stream is back", color: "bg-status-blocked" },
  paused: { label: "Not renewed", title: "So many pages are shown that the list stays as it is", color: "bg-status-queued" },
} as const;

/** Whether the page follows what happens. */
export function LiveIndicator({ isPaused = false }: { isPaused?: boolean }) {
  const status = useLiveStatus();
  const { label, title, color } = LOOKS[isPaused ? "paused" : status];
  return (
    <span className="flex items-center gap-1.5 text-xs text-muted-foreground" title={title}>
      <span aria-hidden className={cn("size-2 rounded-full", color)} />
      {label}
    </span>
  );
}
