/** The moment at which clocks in a zone show this (`2026-11-26T18:00`): of two the first, and of none the one right after the gap. Null: it is no time. */
export function momentIn(zone: string, text: string): Date | null {
  const shown = Date.parse(`${text}Z`);
  if (Number.isNaN(shown)) return null;
  const offsets = [shown - DAY_MS, shown + DAY_MS].map((at) => offsetOf(zone, at));
  const fitting = offsets.map((offset) => shown - offset).filter((at) => at + offsetOf(zone, at) === shown);
  return new Date(fitting.length > 0 ? Math.min(...fitting) : shown - offsets[0]!);
}

/** As clocks in the zone show it, to the minute. */
export function shownIn(zone: string, moment: Date): string {
  return new Date(moment.getTime() + offsetOf(zone, moment.getTime())).toISOString().slice(0, "2026-11-26T18:00".length);
}

const DAY_MS = 86_400_000;

/** What clocks are ahead of UTC, in milliseconds. */
function offsetOf(zone: string, at: number): number {
  const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" });
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute, part.second) - Math.floor(at / 1_000) * 1_000;
}
