import { z } from "zod";
import { requiredText, text, value } from "@/server/nodes/fields";
import { compileTemplate } from "@/server/expressions/compile";

/** What a run reads as `trigger`, and what a mapping makes the run's input from: the event as its kind understands it. */
export interface EventValue {
  id: string;
  kind: string;
  /** Name of the trigger. */
  name: string;
  receivedAt: string;
  headers: Record<string, string>;
  contentType: string | null;
  /** Decoded by its content type: JSON and forms as values, text as text, anything else as a file. */
  body: unknown;
  /** What the kind adds: `method` and `query`, `slot`, `topic` … */
  [more: string]: unknown;
}

/** One trigger kind as browser, validator and docs see it: pure data and functions. How its events come is in `sources.ts`. */
export interface TriggerKindSpec {
  kind: string;
  title: string;
  /** One line: what starts a run. */
  summary: string;
  icon: string;
  /** An object schema without `TRIGGER_SETTINGS`, which every kind has besides. */
  config: z.ZodObject;
  /** Has an address of its own with a token in it, `/api/hooks/<token>` or what the kind makes of it. */
  hasToken?: boolean;
  /** What the address is when it is no URL. */
  address?: "mail";
  /** Key of its address, for kinds whose addresses people choose: no two triggers have the same. */
  routeKey?(config: Record<string, unknown>): string;
  /** The run's input when there is no mapping; `schema` is the workflow's. */
  inputOf(event: EventValue, schema?: unknown): unknown;
  /** More than the schema can say. */
  check?(config: Record<string, unknown>): { path: string; message: string }[];
}

const MAX_SECRET_NAME = 100;

/** Name of a secret of the workspace; the value is read when it is needed and never stored with the trigger. */
export const secretName = () => z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be the name of a secret").max(MAX_SECRET_NAME).meta({ field: "secretName" });

export const mappingSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("expression"), value: value().describe("JSON with expressions over `trigger`, such as `{{ trigger.body.order.id }}`.") }).meta({ title: "By expressions" }),
  z.strictObject({ type: z.literal("jsonPath"), fields: z.record(z.string().min(1).max(200), requiredText(1_000)).describe("Name of each input field, and where the event has it (RFC 9535): `$.body.order.id`.") }).meta({ title: "By JSONPath" }),
]);
export type TriggerMapping = z.output<typeof mappingSchema>;

export const dispatchRetrySchema = z.strictObject({
  maxAttempts: z.int().min(1).max(50).default(8),
  delaySeconds: z.number().min(0.1).max(3_600).default(2).describe("Before the second attempt; doubles with each."),
  maxDelaySeconds: z.number().min(1).max(86_400).default(600),
});
export type DispatchRetry = z.output<typeof dispatchRetrySchema>;

export const handlersSchema = z.strictObject({
  onFailure: text(200).optional().describe("Workflow that starts when runs of this trigger fail."),
  failuresBefore: z.int().min(1).max(1_000).default(1).describe("Failures in a row before it starts."),
  onRecovery: text(200).optional().describe("Workflow that starts at the first success after it."),
  onSuccess: text(200).optional().describe("Workflow that starts after each success."),
  muteWorkspace: z.boolean().optional().describe("The workspace's error and success workflows are not started for runs of this trigger."),
});
export type TriggerHandlers = z.output<typeof handlersSchema>;

/** Settings of a trigger of any kind; in a start node they stand beside the kind's own config. */
export const TRIGGER_SETTINGS = {
  filter: text(10_000).optional().describe("Only events for which this is true start a run: an expression over `trigger`, such as `{{ trigger.body.amount > 100 }}`. The others are kept as filtered. Empty: all of them."),
  mapping: mappingSchema.optional().describe("How the event becomes the run's input. Default: the event's body."),
  defaultInput: z.record(z.string(), z.unknown()).optional().describe("Fields of the input that the event does not give.").meta({ field: "value" }),
  pool: text(100).optional().describe("Pool of workers. Default: the workflow's."),
  priority: z.int().min(-100).max(100).optional().describe("Default: the workflow's."),
  runAs: text(200).optional().describe("Whom the runs act for: your own e-mail address, or the name of a service account. Default: the workflow's setting."),
  retry: dispatchRetrySchema.optional().describe("How often an event is tried when no run can be made of it."),
  handlers: handlersSchema.optional(),
} as const;

export const triggerSettingsSchema = z.strictObject(TRIGGER_SETTINGS);
export type TriggerSettings = z.output<typeof triggerSettingsSchema>;

/** What a mapping may read besides `trigger`. */
const READABLE = ["trigger", "workspace", "now"];

/** Problems of a mapping by expressions: they are evaluated where there are no steps and no input. */
export function checkMapping(mapping: unknown): { path: string; message: string }[] {
  const parsed = mappingSchema.safeParse(mapping);
  if (!parsed.success || parsed.data.type !== "expression") return [];
  return checkTemplate(parsed.data.value, "/mapping/value", "a mapping");
}

/** Problems of a filter; one that is no expression would be true of every event. */
export function checkFilter(filter: unknown): { path: string; message: string }[] {
  if (typeof filter !== "string" || filter.trim() === "") return [];
  if (!isWholeExpression(filter.trim())) return [{ path: "/filter", message: "must be one expression, such as {{ trigger.body.amount > 100 }}" }];
  return checkTemplate(filter.trim(), "/filter", "a filter");
}

function isWholeExpression(filter: string): boolean {
  const compiled = compileTemplate(filter);
  return !compiled.ok || (compiled.template.expressions.length === 1 && filter.startsWith("{{") && filter.endsWith("}}"));
}

function checkTemplate(template: unknown, place: string, what: string): { path: string; message: string }[] {
  const compiled = compileTemplate(template);
  if (!compiled.ok) return compiled.problems.map(({ path, message }) => ({ path: `${place}${path}`, message }));
  const { roots, unknownNames } = compiled.template.references;
  const unreadable = [...roots.filter((root) => !READABLE.includes(root)), ...unknownNames.map(({ name }) => name)];
  return unreadable.map((name) => ({ path: place, message: `${name} cannot be read here: ${what} sees trigger, workspace and now` }));
}
