import { Cron } from "croner";
import type { Timing } from "./spec";

export interface Clockwork {
  timing: Timing;
  timeZone: string;
}

/**
 * The first slot after a moment; null: there is none any more. Where clocks are put forward, a slot in the hour that does not
 * exist is at the first moment after it; where they are put back, a slot at a fixed hour is at the first of the two, and one
 * of every hour (or every few minutes) is at both.
 */
export function nextSlot({ timing, timeZone }: Clockwork, after: Date): Date | null {
  switch (timing.type) {
    case "cron":
      return cronOf(timing.expression, timeZone).nextRun(after);
    case "every": {
      const from = timing.from === undefined ? 0 : new Date(timing.from).getTime();
      const step = timing.seconds * 1_000;
      return new Date(Math.max(from, from + (Math.floor((after.getTime() - from) / step) + 1) * step));
    }
    case "once": {
      const at = new Date(timing.at);
      return at.getTime() > after.getTime() ? at : null;
    }
  }
}

/** Slots after a moment and up to another, oldest first; `more` when there are others than these. */
export function slotsBetween(clockwork: Clockwork, after: Date, until: Date, limit: number): { slots: Date[]; more: boolean } {
  const slots: Date[] = [];
  for (let slot = nextSlot(clockwork, after); slot !== null && slot.getTime() <= until.getTime(); slot = nextSlot(clockwork, slot)) {
    if (slots.length === limit) return { slots, more: true };
    slots.push(slot);
  }
  return { slots, more: false };
}

export function nextSlots(clockwork: Clockwork, after: Date, count: number): Date[] {
  const slots: Date[] = [];
  for (let slot = nextSlot(clockwork, after); slot !== null && slots.length < count; slot = nextSlot(clockwork, slot)) slots.push(slot);
  return slots;
}

/** Why it is no schedule; null: it is one. */
export function timingProblem({ timing, timeZone }: Clockwork): { path: string; message: string } | null {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
  } catch {
    return { path: "/timeZone", message: `"${timeZone}" is no IANA time zone` };
  }
  if (timing.type !== "cron") return null;
  try {
    if (cronOf(timing.expression, timeZone).nextRun() === null) return { path: "/timing/expression", message: "there is no such day" };
    return null;
  } catch (error) {
    return { path: "/timing/expression", message: (error as Error).message.replace(/^CronPattern: /, "") };
  }
}

const REMEMBERED = 2_000;
const patterns = new Map<string, Cron>();

function cronOf(expression: string, timeZone: string): Cron {
  const key = `${timeZone} ${expression}`;
  const known = patterns.get(key);
  if (known !== undefined) return known;
  const pattern = new Cron(expression, { timezone: timeZone, mode: "5-or-6-parts", sloppyRanges: true, paused: true });
  if (patterns.size >= REMEMBERED) patterns.clear();
  patterns.set(key, pattern);
  return pattern;
}
