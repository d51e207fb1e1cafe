import type { TriggerKind } from "@/server/triggers/kinds";
import type { TriggerSource } from "@/server/triggers/source";

/** How the events of each kind come in. */
export const SOURCES = {
  webhook: { type: "request" },
  schedule: { type: "clock" },
} as const satisfies Record<TriggerKind, TriggerSource>;

export function sourceOf(kind: TriggerKind): TriggerSource {
  return SOURCES[kind];
}

export function kindsOfType(type: TriggerSource["type"]): TriggerKind[] {
  return (Object.keys(SOURCES) as TriggerKind[]).filter((kind) => sourceOf(kind).type === type);
}
