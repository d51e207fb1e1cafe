import { z } from "zod";
import { environmentNameSchema } from "@/server/environments/contract";
import { momentSchema, pageInput, pageOf } from "@/server/paging/contract";
import { triggerSettingsSchema } from "@/server/triggers/kind";
import { TRIGGER_KIND_NAMES } from "@/server/triggers/kinds";

export const triggerModeSchema = z.enum(["enabled", "suspended", "disabled"]);
export const eventStatusSchema = z.enum(["received", "held", "captured", "started", "failed", "missed", "filtered", "discarded"]);

export const pausePolicySchema = z.enum(["hold", "refuse"]);

const configSchema = z.record(z.string(), z.unknown());
const problemSchema = z.object({ code: z.string(), message: z.string(), field: z.string().optional() });

export const triggerSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  /** One that this installation does not know any more is shown, but starts nothing. */
  kind: z.string(),
  workflow: z.object({ id: z.string(), name: z.string() }),
  /** Whose version and values its runs have; null: the live one. */
  environment: environmentNameSchema.nullable(),
  nodeId: z.string().nullable(),
  /** Comes from a start node of the published version, which alone changes its config. */
  declared: z.boolean(),
  mode: triggerModeSchema,
  /** Somebody holds it up until then: what comes meanwhile is held, or not taken in (slots are missed). */
  pause: z.object({ until: momentSchema, policy: pausePolicySchema }).nullable(),
  /** Its node is not in the published version any more. */
  retiredAt: momentSchema.nullable(),
  error: problemSchema.nullable(),
  /** What its listener says: connecting, listening, failing. */
  health: z.object({ state: z.string(), at: momentSchema.optional() }).loose().nullable(),
  counts: z.object({ received: z.number(), started: z.number(), failed: z.number(), held: z.number() }),
  lastFiredAt: momentSchema.nullable(),
  nextFireAt: momentSchema.nullable(),
  captureUntil: momentSchema.nullable(),
});
export type TriggerSummary = z.output<typeof triggerSummarySchema>;

/** Something that a trigger made at another server and does not use any more. */
export const leftoverSchema = z.object({
  triggerId: z.string(),
  name: z.string(),
  kind: z.string(),
  /** Null: only its provider knows. */
  place: z.string().nullable(),
  /** Why it could not be taken away; null: nobody has tried yet. */
  problem: z.string().nullable(),
  nextAt: momentSchema.nullable(),
});
export type LeftoverView = z.output<typeof leftoverSchema>;
/** Left there for good: nobody tries any more. */
export const abandonedSchema = z.object({ name: z.string(), place: z.string().nullable(), problem: z.string().nullable(), at: momentSchema });
export type AbandonedView = z.output<typeof abandonedSchema>;
export const leftoversSchema = z.object({ left: z.array(leftoverSchema), abandoned: z.array(abandonedSchema) });

export const triggerDetailSchema = triggerSummarySchema.extend({
  config: configSchema,
  settings: configSchema,
  versionNumber: z.int().nullable(),
  runAs: z.string().nullable(),
  /** Where its events are sent; null when it has no address, or the caller may not see it. */
  url: z.string().nullable(),
  /** Requests that were turned away, by reason, the most frequent first. */
  refusals: z.array(z.object({ reason: z.string(), count: z.number(), lastAt: momentSchema })),
  leftovers: z.array(leftoverSchema),
  /** JSON Schema of the input of its runs; null while the workflow is not published. */
  inputSchema: z.unknown().optional(),
  createdAt: momentSchema,
  updatedAt: momentSchema,
});
export type TriggerDetail = z.output<typeof triggerDetailSchema>;

/** Why an event is no run yet. */
export const eventWaitSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("pause"), until: momentSchema.nullable() }),
  z.object({ kind: z.literal("quota") }),
  z.object({ kind: z.literal("suspended") }),
  /** It could not become one, and is tried again then. */
  z.object({ kind: z.literal("retry"), at: momentSchema }),
  /** The run of an earlier slot goes on. */
  z.object({ kind: z.literal("overlap"), runId: z.string() }),
]);
export type EventWait = z.output<typeof eventWaitSchema>;

export const triggerEventSchema = z.object({
  id: z.string(),
  triggerId: z.string(),
  origin: z.enum(["live", "resent", "test"]),
  status: eventStatusSchema,
  error: problemSchema.nullable(),
  waits: eventWaitSchema.nullable(),
  attempts: z.int(),
  contentType: z.string().nullable(),
  bodySize: z.int(),
  sealed: z.boolean(),
  meta: configSchema,
  run: z.object({ id: z.string(), status: z.string() }).nullable(),
  receivedAt: momentSchema,
  processedAt: momentSchema.nullable(),
});
export type TriggerEventView = z.output<typeof triggerEventSchema>;

export const triggerRefInput = z.object({ triggerId: z.uuid() });
export const eventRefInput = z.object({ eventId: z.uuid() });

export const listTriggersInput = z.object({
  ...pageInput,
  workflowId: z.uuid().optional(),
  kind: z.enum(TRIGGER_KIND_NAMES).optional(),
  mode: triggerModeSchema.optional(),
  /** Only those with an error. */
  failing: z.boolean().optional(),
  search: z.string().max(200).optional(),
});
export const triggerPageSchema = pageOf(triggerSummarySchema);

const writable = {
  name: z.string().trim().min(1).max(200),
  config: configSchema.default({}),
  settings: triggerSettingsSchema.default({}),
  /** Start node of its runs; null: the workflow's first. */
  nodeId: z.string().max(63).nullable().default(null),
  /** Number of the version its runs use; null: the published one. */
  versionNumber: z.int().min(1).nullable().default(null),
  /** Whose version and values its runs have; null: the live one. */
  environmentId: z.uuid().nullable().optional(),
};
export const createTriggerInput = z.object({ workflowId: z.uuid(), kind: z.enum(TRIGGER_KIND_NAMES), ...writable });
export const updateTriggerInput = triggerRefInput.extend({
  name: writable.name.optional(),
  config: configSchema.optional(),
  settings: triggerSettingsSchema.optional(),
  nodeId: z.string().max(63).nullable().optional(),
  versionNumber: z.int().min(1).nullable().optional(),
  environmentId: z.uuid().nullable().optional(),
});
/** `startOver`: as if nothing had been seen yet. */
export const pollNowInput = triggerRefInput.extend({ startOver: z.boolean().default(false) });
export const setModeInput = triggerRefInput.extend({ mode: triggerModeSchema });

/** `hold`: what comes becomes runs when the pause is over. `refuse`: nothing is taken in, and slots of schedules are missed. */
export const pauseInput = triggerRefInput.extend({ until: momentSchema, policy: pausePolicySchema.default("hold") });

/** `left`: why something of it is still at another server, where it is taken away later. */
export const deletedTriggerSchema = z.object({ ok: z.literal(true), left: z.string().nullable() });

export const listEventsInput = triggerRefInput.extend({ ...pageInput, status: eventStatusSchema.optional() });
export const eventPageSchema = pageOf(triggerEventSchema);

/** The event as a mapping and the run's steps see it, and the body as it came. */
export const eventDetailSchema = triggerEventSchema.extend({
  headers: z.record(z.string(), z.string()),
  value: z.unknown(),
  input: z.unknown(),
  bodyText: z.string().nullable(),
  /** The text is longer than what is shown. */
  isCut: z.boolean(),
});
export type TriggerEventDetail = z.output<typeof eventDetailSchema>;

export const CAPTURE_SECONDS = 600;
export const captureInput = triggerRefInput.extend({ listen: z.boolean().default(true) });
/** A start step of a draft, whether it was ever published or not. */
export const stepRefInput = z.object({ workflowId: z.uuid(), nodeId: z.string().min(1).max(63) });
/** What catches events for tests of the step: its published trigger as long as the draft has the same settings, else one of its own. Null: nobody has listened yet. */
export const stepSourceSchema = z.object({ triggerId: z.string().nullable(), isDraft: z.boolean() });
export const captureOutput = z.object({ until: momentSchema.nullable() });
export const resentSchema = z.object({ eventId: z.string(), runId: z.string(), status: z.string() });
export const countSchema = z.object({ count: z.int() });

/** Requests to addresses that nobody has. */
export const unknownCallsSchema = z.array(z.object({ place: z.enum(["hook", "route", "email"]), count: z.int(), lastAt: momentSchema }));

export const inboxSettingsSchema = z.object({ sealEvents: z.boolean() });
