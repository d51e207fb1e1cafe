import { z } from "zod";
import { choice, requiredText } from "@/server/nodes/fields";
import type { EventValue, TriggerKindSpec } from "@/server/triggers/kind";

/** What happens on the platform that a trigger can listen for. */
export const PLATFORM_EVENTS = ["runFailed", "runSucceeded", "approvalExpired", "triggerError", "scheduleMissed"] as const;
export type PlatformEvent = (typeof PLATFORM_EVENTS)[number];

const EVENT_NAMES = { runFailed: "Run failed", runSucceeded: "Run succeeded", approvalExpired: "Approval expired", triggerError: "Trigger in trouble", scheduleMissed: "Schedule missed a slot" } as const satisfies Record<PlatformEvent, string>;

export const eventConfig = z.strictObject({
  events: z.array(choice(EVENT_NAMES)).min(1).max(PLATFORM_EVENTS.length).default(["runFailed"]).describe("What starts a run."),
  workflows: z.array(requiredText(200)).max(500).default([]).describe("Only what concerns these workflows: id, short name or name. Empty: all of the workspace. Never the trigger's own workflow."),
});
export type EventConfig = z.output<typeof eventConfig>;

export const event = {
  kind: "event",
  title: "Event of the platform",
  summary: "Starts a run when a run of another workflow failed or succeeded, an approval expired, a trigger is in trouble, or a schedule missed a slot.",
  icon: "bell-ring",
  config: eventConfig,
  inputOf: (value: EventValue) => value.body ?? {},
} as const satisfies TriggerKindSpec;
