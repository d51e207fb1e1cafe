import { z } from "zod";

/** What can happen on the platform that somebody may want to know. */
export const FACT_KINDS = [
  "run.failed", "run.succeeded", "approval.requested", "approval.reminded", "approval.expired",
  "trigger.error", "trigger.recovered", "schedule.missed", "worker.lost", "queue.old", "queue.recovered", "quota.warning", "quota.reached",
] as const;
export type FactKind = (typeof FACT_KINDS)[number];

/** Workspace setting: `{ errorWorkflow?, successWorkflow? }`, ids of workflows. */
export const HANDLERS_SETTING = "alerts.handlers";

const named = z.object({ id: z.string(), name: z.string() });

/**
 * What a workflow gets as its input, and a webhook as its body, when something happened on the platform. Documented in
 * docs/alerts.md: fields are added, never changed.
 */
export const platformEventSchema = z.object({
  event: z.enum(["runFailed", "runSucceeded", "approvalRequested", "approvalReminded", "approvalExpired", "triggerError", "triggerRecovered", "scheduleMissed", "workerLost", "queueOld", "queueRecovered", "quotaWarning", "quotaReached"]),
  at: z.string(),
  workspace: z.object({ id: z.string(), slug: z.string(), name: z.string() }),
  /** Page of what it is about. */
  link: z.string(),
  workflow: z.object({ id: z.string(), name: z.string(), slug: z.string(), version: z.int().nullable() }).nullable(),
  run: z.object({ id: z.string(), status: z.string(), trigger: z.string(), startedAt: z.string().nullable(), finishedAt: z.string().nullable(), durationMs: z.number().nullable() }).nullable(),
  /** What went wrong, and at which step. */
  error: z.object({ code: z.string(), message: z.string(), node: z.object({ id: z.string(), name: z.string(), kind: z.string(), path: z.string() }).nullable() }).nullable(),
  trigger: named.extend({ kind: z.string() }).nullable(),
  approval: z.object({ id: z.string(), title: z.string(), nodeId: z.string(), path: z.string(), until: z.string().nullable() }).nullable(),
  /** `until`: the last of several. */
  schedule: z.object({ slot: z.string().nullable(), until: z.string().nullable(), count: z.int() }).nullable(),
  worker: named.extend({ heartbeatAt: z.string() }).nullable(),
  /** `place`: the folder, workflow or trigger that its rule is of; none: the workspace. */
  queue: z.object({ oldestSeconds: z.number(), limitSeconds: z.number(), place: z.string().nullish() }).nullable(),
  /** `of`: whose it is. `says` and `text` are for people. */
  quota: z.object({ of: z.enum(["workspace", "organization"]), metric: z.string(), amount: z.number(), used: z.number(), isHard: z.boolean(), month: z.string(), says: z.string(), text: z.string() }).nullable(),
  /** Where the run ran, or the trigger starts runs; null without environments. */
  environment: z.object({ id: z.string(), slug: z.string() }).nullable(),
});
export type PlatformEvent = z.output<typeof platformEventSchema>;

export const EVENT_OF_FACT = {
  "run.failed": "runFailed",
  "run.succeeded": "runSucceeded",
  "approval.requested": "approvalRequested",
  "approval.reminded": "approvalReminded",
  "approval.expired": "approvalExpired",
  "trigger.error": "triggerError",
  "trigger.recovered": "triggerRecovered",
  "schedule.missed": "scheduleMissed",
  "worker.lost": "workerLost",
  "queue.old": "queueOld",
  "queue.recovered": "queueRecovered",
  "quota.warning": "quotaWarning",
  "quota.reached": "quotaReached",
} as const satisfies Record<FactKind, PlatformEvent["event"]>;
