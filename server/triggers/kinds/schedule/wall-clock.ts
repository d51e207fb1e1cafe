import { Cron } from "croner";
import { Zone } from "./zone";

/** A cron expression in a time zone. */
export class WallClock {
  /** Over what clocks show, as if it were UTC: what a zone makes of it is decided here. */
  readonly #pattern: Cron;
  readonly #zone: Zone;
  /** Of every hour, or of every so many. */
  readonly #isOpen: boolean;
  readonly #isEveryHour: boolean;

  constructor(expression: string, timeZone: string) {
    this.#pattern = new Cron(expression, { timezone: "UTC", mode: "5-or-6-parts", sloppyRanges: true, paused: true });
    this.#zone = new Zone(timeZone);
    const fields = expression.trim().split(/\s+/);
    const hour = fields.length < 5 ? (expression === "@hourly" ? "*" : "0") : fields.at(-4)!;
    this.#isEveryHour = /^[*?](\/1)?$/.test(hour);
    this.#isOpen = this.#isEveryHour || /^[*?]\/\d+$/.test(hour);
  }

  /**
   * The first slot after a moment. Clocks put forward: slots in the time that does not exist are one, at the first moment after it; what
   * comes every hour has its next one anyway. Clocks put back: a slot in the time that comes twice is at the first of the two, and one of
   * every hour or every so many hours at both.
   */
  next(after: number): number | null {
    let offset = this.#zone.offsetAt(after);
    let begun = after;
    let shown = this.#shownAfter(Math.max(after + offset, this.#secondTimeUntil(after)));
    while (shown !== null) {
      const at = shown - offset;
      if (this.#zone.offsetAt(at) === offset) return at;
      // Up to here nothing was due: clocks change before the slot does come.
      const change = this.#zone.nextChange(begun, at);
      const [ends, begins] = [change.at + change.before, change.at + change.after];
      if (begins > ends && shown < begins && !this.#isEveryHour) return change.at;
      shown = this.#shownAfter((begins > ends || this.#isOpen ? begins : ends) - 1);
      [offset, begun] = [change.after, change.at];
    }
    return null;
  }

  /** Until when clocks show, shortly after they were put back, what they have shown before, as far as that counts once. */
  #secondTimeUntil(at: number): number {
    const change = this.#isOpen ? null : this.#zone.recentChange(at);
    return change === null || change.after > change.before ? -Infinity : change.at + change.before - 1;
  }

  #shownAfter(shown: number): number | null {
    return this.#pattern.nextRun(new Date(shown))?.getTime() ?? null;
  }
}
