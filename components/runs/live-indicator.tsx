"use client";

import { useLiveStatus } from "@/components/live/use-live";
import { cn } from "@/components/ui/class-names";

const LOOKS = {
  connecting: { label: "Connecting", title: "Updates begin in a moment", color: "bg-status-queued" },
  open: { label: "Live", title: "Updates arrive as they happen", color: "bg-status-succeeded" },
  down: { label: "Reconnecting", title: "Asking every few seconds until the stream is back", color: "bg-status-blocked" },
} as const;

/** Whether the page follows what happens. */
export function LiveIndicator() {
  const status = useLiveStatus();
  const { label, title, color } = LOOKS[status];
  return (
    <span className="flex items-center gap-1.5 text-xs text-muted-foreground" title={title}>
      <span aria-hidden className={cn("size-2 rounded-full", color)} />
      {label}
    </span>
  );
}
