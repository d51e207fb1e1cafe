import { z } from "zod";
import { isContainerKind, nodeSchema, WAITING_KINDS } from "@/server/engine/definition";
import type { NodePatch } from "./change-node";
import type { DraftNode } from "./draft";
import type { FieldGroup } from "./grouped-form";

const forAll = nodeSchema.pick({ onError: true, skipIf: true, disabled: true, notes: true });
const forSteps = nodeSchema.pick({ onError: true, retry: true, timeoutSeconds: true, onWorkerLost: true, skipIf: true, cache: true, concurrency: true, rateLimit: true, throttle: true, debounce: true, resources: true, disabled: true, pool: true, priority: true, notes: true });

const forWaits = forSteps.omit({ timeoutSeconds: true });

const HINTS: Readonly<Record<string, string>> = {
  onError: "After the last attempt.",
  retry: "Tries again after a failure.",
  timeoutSeconds: "Of each attempt.",
  onWorkerLost: "A step under way when its worker dies: retry repeats it (default), fail ends it with worker_lost, for what must not happen twice.",
  skipIf: "When this holds the step is not executed: its output is null, and the run goes on.",
  cache: "A result of the same key is used again instead of executing the step.",
  concurrency: "How many of these steps run at once over all runs.",
  rateLimit: "A step over this many in a period fails with rate_limited; a retry comes when there is a place again.",
  throttle: "A step over this many in a period waits for its turn.",
  debounce: "Of steps that follow each other closely only the newest goes on; the others are skipped, and what comes after them.",
  disabled: "Passes over the step.",
  resources: "What the step takes up on its worker while it runs: it waits until so much is free there.",
  pool: "Workers that may execute it.",
  priority: "Its turn among steps that wait for the workers of its pool: a higher one goes first. Empty: that of the run.",
  notes: "For people; the engine does not read them.",
};

const ON_ERROR = {
  default: "fail",
  oneOf: [
    { const: "fail", title: "Fail: a try frame around it or the run has the error" },
    { const: "continue", title: "Go on without an output" },
    { const: "route", title: "Take the way that begins at its port error" },
  ],
} satisfies { oneOf: { const: NonNullable<DraftNode["onError"]>; title: string }[]; default: string };

type Settings = Record<string, unknown>;

/** What the settings form of a node is drawn from: the schema that checks them. What does nothing is offered only to be taken away. */
export function settingsSchemaOf({ kind, timeoutSeconds }: DraftNode): Settings {
  const schema = z.toJSONSchema(isContainerKind(kind) ? forAll : timeoutSeconds === undefined && WAITING_KINDS.includes(kind) ? forWaits : forSteps, { io: "input" });
  const properties = Object.entries(schema.properties ?? {}).map(([name, own]) => [
    name,
    { ...(name === "onError" ? ON_ERROR : typeof own === "object" ? own : {}), description: HINTS[name], ...(name === "notes" ? { field: "longText" } : {}) },
  ]);
  return { ...schema, properties: Object.fromEntries(properties) };
}

export function settingsOf(node: DraftNode): Settings {
  const names = Object.keys((settingsSchemaOf(node).properties ?? {}) as Settings);
  return Object.fromEntries(Object.entries(node).filter(([name]) => names.includes(name)));
}

/** How the form is divided. */
export const SETTINGS_GROUPS: readonly FieldGroup[] = [
  { title: "When it fails", note: "First it is tried again, if `Retry` says so; then comes what `On error` says.", names: ["onError", "retry", "timeoutSeconds", "onWorkerLost"] },
  { title: "Whether it is executed", note: "A step that is passed over gives null, and the run goes on behind it.", names: ["skipIf", "disabled", "cache"] },
  { title: "Where, and how many", note: "Counted over all runs of the workflow; with a key, each of its values has the limit for itself.", names: ["concurrency", "rateLimit", "throttle", "debounce", "pool", "priority", "resources"] },
  { title: "For people", note: "", names: ["notes"] },
];

/** Sets the named settings; those that the form left empty are taken away. */
export function patchOfSettings(settings: Settings, names: readonly string[]): NodePatch {
  return Object.fromEntries(names.map((name) => [name, name === "disabled" && settings[name] !== true ? undefined : settings[name]]));
}
