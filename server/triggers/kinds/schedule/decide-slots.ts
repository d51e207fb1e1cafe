import type { ScheduleConfig } from "./spec";
import { nextSlot, slotsBetween } from "./timing";

export interface DueSchedule {
  id: string;
  /** The oldest slot that nobody has looked at. */
  dueSlot: Date;
  config: ScheduleConfig;
  /** Somebody has paused it until then, whatever its config says: its slots until then are missed. */
  pausedUntil?: Date | null;
}

export interface MissedSlots {
  slot: Date;
  /** Last of several that are told of together. */
  until: Date;
  count: number;
  code: "paused" | "late";
  message: string;
  /** Counted in one row for the whole pause. */
  heldUpUntil?: Date;
}

export interface SlotDecision {
  /** Slots to start, with the moment each becomes due. */
  start: { slot: Date; dueAt: Date }[];
  missed: MissedSlots[];
  next: Date | null;
}

/** Slots that are looked at one by one; older ones are told of together. */
const LOOKED_AT = 1_000;
const TOLD_APART = 50;

/** What becomes of a schedule's slots up to now: none is passed over without a word. */
export function decideSlots({ id, dueSlot, config, pausedUntil: heldUpUntil = null }: DueSchedule, now: Date): SlotDecision {
  const pausedUntil = config.pauseUntil === undefined ? null : new Date(config.pauseUntil);
  if (pausedUntil !== null && pausedUntil.getTime() > now.getTime()) {
    const missed: MissedSlots = { slot: dueSlot, until: pausedUntil, count: 1, code: "paused", message: `paused until ${pausedUntil.toISOString()}` };
    return { start: [], missed: [missed], next: nextSlot(config, new Date(pausedUntil.getTime() - 1)) };
  }
  const { slots, more } = dueSlots(config, dueSlot, now);
  const isLate = (slot: Date) => now.getTime() - slot.getTime() > config.graceSeconds * 1_000;
  const paused = heldUpUntil === null ? [] : slots.filter((slot) => slot < heldUpUntil);
  const wanted = slots.slice(paused.length);
  const late = wanted.filter(isLate);
  const kept = config.catchUp === "none" ? [] : late.slice(config.catchUp === "last" ? -1 : -config.catchUpLimit);
  const given = late.slice(0, late.length - kept.length);
  const start = [...kept, ...wanted.filter((slot) => !isLate(slot))];
  return { start: start.map((slot) => ({ slot, dueAt: dueAtOf(id, slot, config.jitterSeconds) })), missed: [...heldUp(paused, heldUpUntil, more ? dueSlot : null), ...missedOf(given, more && paused.length === 0 ? dueSlot : null)], next: nextSlot(config, now) };
}

/** The one that was announced, and those after it; the newest ones, when there are too many. */
function dueSlots(config: ScheduleConfig, dueSlot: Date, now: Date): { slots: Date[]; more: boolean } {
  const all = slotsBetween(config, dueSlot, now, LOOKED_AT);
  if (!all.more) return { slots: [dueSlot, ...all.slots], more: false };
  // Halve the way to now until what is left can be looked at one by one.
  let after = dueSlot.getTime();
  for (let left = all; left.more; left = slotsBetween(config, new Date(after), now, LOOKED_AT)) after += (now.getTime() - after) / 2;
  return { slots: slotsBetween(config, new Date(after), now, LOOKED_AT).slots, more: true };
}

/** Of more than can be looked at the older ones are told of with these. */
function heldUp(slots: readonly Date[], until: Date | null, manySince: Date | null): MissedSlots[] {
  const [slot] = slots;
  if (slot === undefined || until === null) return [];
  return [{ slot: manySince ?? slot, until: slots.at(-1)!, count: slots.length, code: "paused", message: `${manySince === null ? "" : "and more, "}paused until ${until.toISOString()}`, heldUpUntil: until }];
}

function missedOf(slots: readonly Date[], manySince: Date | null): MissedSlots[] {
  const message = "nobody looked after the schedule in time";
  const apart = slots.slice(-TOLD_APART);
  const together = slots.slice(0, slots.length - apart.length);
  const first = manySince ?? together[0];
  const [end] = apart;
  const each = apart.map((slot): MissedSlots => ({ slot, until: slot, count: 1, code: "late", message }));
  if (first === undefined || end === undefined) return each;
  const count = together.length;
  const text = manySince === null ? `${count} slots: ${message}` : `more than ${count} slots: ${message}`;
  return [{ slot: first, until: together.at(-1) ?? first, count: Math.max(1, count), code: "late", message: text }, ...each];
}

/** The same delay for a slot whoever computes it. */
function dueAtOf(id: string, slot: Date, jitterSeconds: number): Date {
  if (jitterSeconds === 0) return slot;
  let hash = 0x811c9dc5;
  for (const character of `${id} ${slot.toISOString()}`) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
  return new Date(slot.getTime() + (hash % (jitterSeconds * 1_000 + 1)));
}
