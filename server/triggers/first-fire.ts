import { isDeepStrictEqual } from "node:util";
import type { TriggerKind } from "@/server/triggers/kinds";
import { pollConfig, type PollConfig } from "@/server/triggers/kinds/poll/spec";
import { scheduleConfig, type ScheduleConfig } from "@/server/triggers/kinds/schedule/spec";
import { nextSlot } from "@/server/triggers/kinds/schedule/timing";

/** When a trigger that the clock drives is due next; null for the others. A change that leaves its times alone leaves this alone too. */
export function firstFireOf(kind: TriggerKind, given: Record<string, unknown>, earlier: { nextFireAt: Date | null; config: unknown } | null): Date | null {
  if (kind === "poll") return firstLook(pollConfig.parse(given), earlier?.nextFireAt ?? null);
  if (kind !== "schedule") return null;
  const config = scheduleConfig.parse(given);
  const now = new Date();
  if (earlier?.nextFireAt != null && keepsSlot(config, earlier.config, earlier.nextFireAt > now)) return earlier.nextFireAt;
  return nextSlot(config, now);
}

/** A pause that becomes another may let slots come earlier; one that is due is still looked at. */
function keepsSlot(config: ScheduleConfig, earlier: unknown, isToCome: boolean): boolean {
  const { data: before } = scheduleConfig.safeParse(earlier);
  if (before === undefined || before.timeZone !== config.timeZone || !isDeepStrictEqual(before.timing, config.timing)) return false;
  return before.pauseUntil === config.pauseUntil || !isToCome;
}

/** A shorter interval counts from now on. */
function firstLook({ intervalSeconds }: PollConfig, planned: Date | null): Date {
  const now = Date.now();
  return planned === null ? new Date(now) : new Date(Math.min(planned.getTime(), now + intervalSeconds * 1_000));
}
