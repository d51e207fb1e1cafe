import type { NewFact } from "@/server/queue/platform-facts";

export interface MissedEvent {
  workspaceId: string;
  triggerId: string;
  eventId: string;
  slot: string;
  /** Last of the slots that the event stands for. */
  until?: string;
  count: number;
  error: { code: string; message: string };
}

/** What one look found of a trigger is told of together, however many slots it is; each stands in its list of events. */
export function missedFacts(missed: readonly MissedEvent[]): NewFact[] {
  const groups = new Map<string, MissedEvent[]>();
  for (const one of missed) {
    const key = `${one.triggerId} ${one.error.code}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].map((group) => {
    const events = [...group].sort((one, other) => (one.slot < other.slot ? -1 : 1));
    const [first] = events as [MissedEvent];
    const until = events.map(({ slot, until: end }) => end ?? slot).reduce((last, end) => (end > last ? end : last));
    const count = events.reduce((sum, one) => sum + one.count, 0);
    const body = { eventId: first.eventId, slot: first.slot, ...(until > first.slot ? { until } : {}), count, error: errorOf(events) };
    return { workspaceId: first.workspaceId, kind: "schedule.missed", key: `schedule.missed ${first.eventId}`, subjectId: first.triggerId, body };
  });
}

/** The newest says why; one that stands for many has counted them in its text. */
function errorOf(events: readonly MissedEvent[]): MissedEvent["error"] {
  return events.findLast(({ count }) => count === 1)?.error ?? events.at(-1)!.error;
}
