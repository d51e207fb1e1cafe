import { isDeepStrictEqual } from "node:util";
import type { TriggerKind } from "@/server/triggers/kinds";
import { pollConfig, type PollConfig } from "@/server/triggers/kinds/poll/spec";
import { scheduleConfig } from "@/server/triggers/kinds/schedule/spec";
import { nextSlot } from "@/server/triggers/kinds/schedule/timing";

/** When a trigger that the clock drives is due next; null for the others. A change that leaves its times alone leaves this alone too. */
export function firstFireOf(kind: TriggerKind, given: Record<string, unknown>, earlier: { nextFireAt: Date | null; config: unknown } | null): Date | null {
  if (kind === "poll") return firstLook(pollConfig.parse(given), earlier?.nextFireAt ?? null);
  if (kind !== "schedule") return null;
  const config = scheduleConfig.parse(given);
  const before = earlier?.nextFireAt == null ? null : scheduleConfig.safeParse(earlier.config);
  if (before?.success === true && before.data.timeZone === config.timeZone && before.data.pauseUntil === config.pauseUntil && isDeepStrictEqual(before.data.timing, config.timing)) return earlier?.nextFireAt ?? null;
  return nextSlot(config, new Date());
}

/** A shorter interval counts from now on. */
function firstLook({ intervalSeconds }: PollConfig, planned: Date | null): Date {
  const now = Date.now();
  return planned === null ? new Date(now) : new Date(Math.min(planned.getTime(), now + intervalSeconds * 1_000));
}
