"use client";

import Link from "next/link";
import { useHref } from "@/components/shell/workspace-context";
import { formatExact } from "@/components/time/format";
import { Moment } from "@/components/time/moment";
import type { EventWait } from "@/server/triggers/contract";

/** Why an event is no run yet. */
export function EventWaitText({ waits }: { waits: EventWait }) {
  const href = useHref();
  switch (waits.kind) {
    case "pause":
      return waits.until === null ? "Held by a pause that is over." : <span suppressHydrationWarning>Held by the pause, until <time dateTime={waits.until}>{formatExact(new Date(waits.until))}</time>.</span>;
    case "quota":
      return "Held by the quota of runs: it goes on when there is room again.";
    case "suspended":
      return "Held because the trigger is suspended, until somebody releases it.";
    case "retry":
      return <>Could not become a run; tried again <Moment at={waits.at} />.</>;
    case "overlap":
      return <>Waits for the <Link className="underline underline-offset-4" href={href(`/runs/${waits.runId}`)}>run of an earlier slot</Link> to end.</>;
  }
}
