import type { Timing } from "./spec";
import { WallClock } from "./wall-clock";

export interface Clockwork {
  timing: Timing;
  timeZone: string;
}

/** The first slot after a moment; null: there is none any more. */
export function nextSlot({ timing, timeZone }: Clockwork, after: Date): Date | null {
  switch (timing.type) {
    case "cron": {
      const at = clockOf(timing.expression, timeZone).next(after.getTime());
      return at === null ? null : new Date(at);
    }
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
    if (clockOf(timing.expression, timeZone).next(Date.now()) === null) return { path: "/timing/expression", message: "there is no such day" };
    return null;
  } catch (error) {
    return { path: "/timing/expression", message: (error as Error).message.replace(/^CronPattern: /, "") };
  }
}

const REMEMBERED = 2_000;
const clocks = new Map<string, WallClock>();

function clockOf(expression: string, timeZone: string): WallClock {
  const key = `${timeZone} ${expression}`;
  const known = clocks.get(key);
  if (known !== undefined) return known;
  const clock = new WallClock(expression, timeZone);
  if (clocks.size >= REMEMBERED) clocks.clear();
  clocks.set(key, clock);
  return clock;
}
