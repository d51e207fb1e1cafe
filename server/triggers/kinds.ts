import type { TriggerKindSpec } from "@/server/triggers/kind";
import { schedule } from "@/server/triggers/kinds/schedule/spec";
import { webhook } from "@/server/triggers/kinds/webhook/spec";

/** Every trigger kind. A new kind is a folder, a name and a line here, and a line in `sources.ts`. */
export const TRIGGER_KIND_NAMES = ["webhook", "schedule"] as const;
export type TriggerKind = (typeof TRIGGER_KIND_NAMES)[number];

export const TRIGGER_KINDS = { webhook, schedule } as const satisfies Record<TriggerKind, TriggerKindSpec>;

export function isTriggerKind(kind: string): kind is TriggerKind {
  return Object.hasOwn(TRIGGER_KINDS, kind);
}

export function triggerKind(kind: string): TriggerKindSpec | null {
  return isTriggerKind(kind) ? TRIGGER_KINDS[kind] : null;
}
