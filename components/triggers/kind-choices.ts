import { TRIGGER_SETTINGS } from "@/server/triggers/kind";
import { isTriggerKind, TRIGGER_KIND_NAMES, TRIGGER_KINDS, type TriggerKind } from "@/server/triggers/kinds";

/** Kinds that people may make beside a workflow, for a choice. */
export const KIND_OPTIONS = TRIGGER_KIND_NAMES.map((kind) => ({ value: kind, label: TRIGGER_KINDS[kind].title }));

export function kindTitle(kind: string): string {
  return isTriggerKind(kind) ? TRIGGER_KINDS[kind].title : kind;
}

export function kindIcon(kind: string): string {
  return isTriggerKind(kind) ? TRIGGER_KINDS[kind].icon : "circle-help";
}

/** Its address holds a token of its own; others are chosen in the settings. */
export function hasReplaceableAddress(kind: string): boolean {
  return isTriggerKind(kind) && "hasToken" in TRIGGER_KINDS[kind];
}

/** Those that keep messages for whoever does not read. */
const LISTENING: readonly string[] = ["amqp", "kafka", "mqtt", "nats", "poll", "postgresChanges", "pubsub", "redis", "sqs"];

export const MODE_OPTIONS = [
  { value: "enabled", label: "Enabled" },
  { value: "suspended", label: "Suspended: holds events" },
  { value: "disabled", label: "Disabled" },
] as const;

function refusalOf(kind: string): string {
  if (kind === "schedule") return "Slots are shown as missed";
  if (kind === "postgresChanges") return "Nothing is read: the server keeps its log for that long";
  return LISTENING.includes(kind) ? "Nothing is read: messages wait at the other side" : "Nothing is taken in";
}

/** What becomes of what comes while a trigger is paused. */
export function pauseOptions(kind: string) {
  return [
    { value: "hold", label: kind === "schedule" ? "Slots are held, and start when the pause is over" : "Events are held, and become runs when the pause is over" },
    { value: "refuse", label: refusalOf(kind) },
  ] as const;
}

/** A form shows the kind's own fields and those of every trigger together; the API takes them apart. */
export function partsOfForm(value: unknown): { config: Record<string, unknown>; settings: Record<string, unknown> } {
  const entries = Object.entries((value ?? {}) as Record<string, unknown>);
  const isSetting = ([key]: [string, unknown]) => Object.hasOwn(TRIGGER_SETTINGS, key);
  return { config: Object.fromEntries(entries.filter((entry) => !isSetting(entry))), settings: Object.fromEntries(entries.filter(isSetting)) };
}

export type { TriggerKind };
