import { z } from "zod";
import type { KindSpec } from "@/server/nodes/kind";
import { value } from "@/server/nodes/fields";
import { ONLY_OUT } from "@/server/nodes/outputs";

const amount = () => z.number().min(0).max(31_536_000).optional();

export const config = z.strictObject({
  days: amount(),
  hours: amount(),
  minutes: amount(),
  seconds: amount(),
  until: value().optional().describe("A date, an ISO 8601 text, or milliseconds since 1970; instead of a duration."),
});
export type DelayConfig = z.output<typeof config>;

const DURATION = ["days", "hours", "minutes", "seconds"] as const;

function check(unchecked: Record<string, unknown>): { path: string; message: string }[] {
  const given = DURATION.filter((unit) => unchecked[unit] !== undefined);
  if (given.length === 0 && unchecked.until === undefined) return [{ path: "", message: "say how long: days, hours, minutes, seconds, or until" }];
  if (given.length > 0 && unchecked.until !== undefined) return [{ path: "/until", message: `either until or ${given.join(", ")}, not both` }];
  return [];
}

export const delay = {
  kind: "delay",
  version: 1,
  role: "task",
  title: "Delay",
  summary: "Waits for a time, or until a moment, without holding a worker. The output is `{ until }`.",
  group: "Flow",
  icon: "timer",
  config,
  ports: ONLY_OUT,
  check,
} as const satisfies KindSpec<DelayConfig>;
