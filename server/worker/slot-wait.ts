import { needsOf } from "@/server/worker/capacity";
import type { Slots } from "@/server/worker/slots";

/** What a step waits for on its worker, as its progress tells it. */
export type SlotWait = { kind: "slot"; slots: number } | { kind: "resources"; cpu: number; memoryMb: number; ofCpu: number; ofMemoryMb: number };

/** A shorter wait is not worth a word. */
export const TELL_AFTER_MS = 1_000;

export function slotWaitOf(slots: Slots, resources: Parameters<typeof needsOf>[0]): SlotWait {
  const { cpu, memoryMb } = needsOf(resources);
  const isForShare = slots.hasPlace && (cpu > 0 || memoryMb > 0);
  if (!isForShare) return { kind: "slot", slots: slots.total };
  return { kind: "resources", cpu, memoryMb, ofCpu: slots.capacity.cpu, ofMemoryMb: slots.capacity.memoryMb };
}
