"use client";

import { useLiveStatus } from "@/components/live/use-live";
import { cn } from "@/components/ui/class-names";

/** Whether the page follows what happens. */
export function LiveIndicator() {
  const status = useLiveStatus();
  const isOpen = status === "open";
  return (
    <span className="flex items-center gap-1.5 text-xs text-muted-foreground" title={isOpen ? "Updates arrive as they happen" : "Asking every few seconds until the stream is back"}>
      <span aria-hidden className={cn("size-2 rounded-full", isOpen ? "bg-status-succeeded" : "bg-status-blocked")} />
      {isOpen ? "Live" : "Reconnecting"}
    </span>
  );
}
