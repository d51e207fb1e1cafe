"use client";

import { useNow } from "@/components/time/use-now";
import { Alert } from "@/components/ui/alert";
import { scheduleConfig } from "@/server/triggers/kinds/schedule/spec";
import { nextSlots, timingProblem } from "@/server/triggers/kinds/schedule/timing";

const SHOWN = 5;
const REFRESH_MS = 10_000;

/** When a schedule comes next, in its own zone; of one whose slots are missed until then, after that. */
export function NextSlots({ config, pausedUntil = null }: { config: unknown; pausedUntil?: string | null }) {
  const now = useNow(REFRESH_MS);
  const parsed = scheduleConfig.safeParse(config);
  if (!parsed.success) return null;
  const problem = timingProblem(parsed.data);
  if (problem !== null) return <Alert tone="warning" title={problem.message} />;
  const { timeZone } = parsed.data;
  const slots = nextSlots(parsed.data, new Date(pausedUntil === null ? now : Math.max(now, Date.parse(pausedUntil) - 1)), SHOWN);
  const inZone = (date: Date) => new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium", timeZone }).format(date);
  return (
    <section aria-label="Next times" className="rounded-md border bg-muted/40 px-3 py-2 text-sm">
      <h3 className="text-xs font-medium text-muted-foreground">Next times ({timeZone})</h3>
      {slots.length === 0 ? <p>None any more.</p> : null}
      <ol className="tabular-nums">
        {slots.map((slot) => (
          <li key={slot.getTime()} suppressHydrationWarning>{inZone(slot)}</li>
        ))}
      </ol>
    </section>
  );
}
