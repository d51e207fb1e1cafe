import type { TriggerKind } from "@/server/triggers/kinds";

/** When a trigger that the clock drives is due first; null for the others. */
export function firstFireOf(_kind: TriggerKind, _config: Record<string, unknown>, _earlier: { nextFireAt: Date | null } | null): Date | null {
  return null;
}
