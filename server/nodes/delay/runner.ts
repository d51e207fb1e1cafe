import type { NodeRunner, StepContext } from "@/server/nodes/runner";
import { failed, succeeded } from "@/server/nodes/results";
import type { DelayConfig } from "./spec";

const MILLISECONDS = { days: 86_400_000, hours: 3_600_000, minutes: 60_000, seconds: 1_000 } as const;

function momentOf(until: unknown): number | null {
  if (until instanceof Date) return until.getTime();
  if (typeof until === "number") return until;
  return typeof until === "string" ? Date.parse(withZone(until.trim())) : null;
}

const NO_ZONE = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/;

/** Without a zone it is UTC, as in expressions, wherever the worker runs. */
function withZone(text: string): string {
  return NO_ZONE.test(text) ? `${text.replace(" ", "T")}Z` : text;
}

function dueTime(config: DelayConfig, now: number): number | null {
  if (config.until !== undefined) return momentOf(config.until);
  return now + MILLISECONDS.days * (config.days ?? 0) + MILLISECONDS.hours * (config.hours ?? 0) + MILLISECONDS.minutes * (config.minutes ?? 0) + MILLISECONDS.seconds * (config.seconds ?? 0);
}

const MAXIMUM_DATE = 8.64e15;

function wait({ config, now }: StepContext<DelayConfig>) {
  const due = dueTime(config, now);
  if (due === null || !(Math.abs(due) <= MAXIMUM_DATE)) {
    return failed("invalid_moment", "until is neither a date, an ISO 8601 text nor a number of milliseconds", { field: "/until" });
  }
  return due;
}

export const delayRunner: NodeRunner<DelayConfig> = {
  effect: "deterministic",
  run(ctx) {
    const due = wait(ctx);
    if (typeof due !== "number") return due;
    const until = Math.ceil(due);
    if (until <= ctx.now) return succeeded({ until: new Date(until).toISOString() });
    return { type: "waiting", wait: { kind: "delay", until, detail: { until } } };
  },
  resume: ({ config, now }) => succeeded({ until: new Date((config.until === undefined ? null : momentOf(config.until)) ?? now).toISOString() }),
};
