import { z } from "zod";
import { choice, requiredText, text } from "@/server/nodes/fields";
import { timingProblem } from "@/server/triggers/kinds/schedule/timing";
import type { TriggerKindSpec } from "@/server/triggers/kind";

const moment = () => z.iso.datetime({ offset: true });

export const timingSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("cron"), expression: requiredText(200).describe("Five fields, or six with seconds first; names, ranges, steps, L, W and #.") }).meta({ title: "By a cron expression" }),
  z.strictObject({ type: z.literal("every"), seconds: z.int().min(1).max(31_536_000), from: moment().optional().describe("Slots are counted from here. Default: the start of 1970.") }).meta({ title: "Every so often" }),
  z.strictObject({ type: z.literal("once"), at: moment() }).meta({ title: "Once" }),
]);
export type Timing = z.output<typeof timingSchema>;

export const scheduleConfig = z.strictObject({
  timing: timingSchema.default({ type: "cron", expression: "0 9 * * 1-5" }),
  timeZone: text(100).default("UTC").describe("IANA name, such as Europe/Berlin."),
  overlap: choice({ allow: "Start another beside it", skip: "Skip the slot", queueOne: "Start one after it", cancelPrevious: "Cancel it and start" }).default("allow").describe("When the run of an earlier slot still goes on."),
  catchUp: choice({ none: "Start none", last: "Start the newest", all: "Start all, up to the limit" }).default("last").describe("Slots that nobody was there for: start none of them, the newest, or all up to the limit."),
  catchUpLimit: z.int().min(1).max(1_000).default(20),
  graceSeconds: z.int().min(0).max(86_400).default(60).describe("A slot this late counts as in time."),
  jitterSeconds: z.int().min(0).max(3_600).default(0).describe("Each slot starts at most so much later; how much is the same whoever computes it."),
  pauseUntil: moment().optional(),
});
export type ScheduleConfig = z.output<typeof scheduleConfig>;

export const schedule = {
  kind: "schedule",
  title: "Schedule",
  summary: "Starts a run at times: cron, every so often, or once, in a time zone.",
  icon: "calendar-clock",
  config: scheduleConfig,
  inputOf: () => ({}),
  check: (config) => {
    const parsed = scheduleConfig.safeParse(config);
    const problem = parsed.success ? timingProblem(parsed.data) : null;
    return problem === null ? [] : [problem];
  },
} as const satisfies TriggerKindSpec;
