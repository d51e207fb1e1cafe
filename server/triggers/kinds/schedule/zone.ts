const DAY_MS = 86_400_000;
/** No part of a year with clocks of its own is shorter. */
const STEP_MS = 7 * DAY_MS;
/** Clocks were never put by more, not even where the date line moved. */
const LONGEST_CHANGE_MS = 26 * 3_600_000;

/** A moment from which on clocks show something else. */
export interface Change {
  at: number;
  /** What clocks are ahead of UTC, in milliseconds. */
  before: number;
  after: number;
}

/** What clocks in a time zone show. */
export class Zone {
  readonly #format: Intl.DateTimeFormat | null;

  constructor(timeZone: string) {
    this.#format = timeZone === "UTC" ? null : new Intl.DateTimeFormat("en-US", { timeZone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" });
  }

  offsetAt(at: number): number {
    if (this.#format === null) return 0;
    const part: Record<string, number> = {};
    for (const { type, value } of this.#format.formatToParts(at)) part[type] = Number(value);
    const shown = Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute, part.second);
    return shown - Math.floor(at / 1_000) * 1_000;
  }

  /** The first change after a moment and up to another, at which clocks are known to differ. */
  nextChange(after: number, until: number): Change {
    const before = this.offsetAt(after);
    let same = after;
    let end = Math.min(after + STEP_MS, until);
    while (this.offsetAt(end) === before) [same, end] = [end, Math.min(end + STEP_MS, until)];
    while (end - same > 1) {
      const middle = Math.floor((same + end) / 2);
      if (this.offsetAt(middle) === before) same = middle;
      else end = middle;
    }
    return { at: end, before, after: this.offsetAt(end) };
  }

  /** The change that what clocks show at a moment may still be told twice by; null: there was none of late. */
  recentChange(at: number): Change | null {
    return this.offsetAt(at - LONGEST_CHANGE_MS) === this.offsetAt(at) ? null : this.nextChange(at - LONGEST_CHANGE_MS, at);
  }
}
