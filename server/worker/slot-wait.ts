import { encodeValue } from "@/server/expressions/encoding";
import type { Attempt } from "@/server/worker/attempt";
import { needsOf } from "@/server/worker/capacity";
import type { RunSession } from "@/server/worker/session";
import type { Slots } from "@/server/worker/slots";

/** What a step waits for on its worker, as its progress tells it. */
export type SlotWait = { kind: "slot"; slots: number } | { kind: "resources"; cpu: number; memoryMb: number; ofCpu: number; ofMemoryMb: number };

/** A shorter wait is not worth a word. */
const TELL_AFTER_MS = 1_000;

function slotWaitOf(slots: Slots, resources: Parameters<typeof needsOf>[0]): SlotWait {
  const { cpu, memoryMb } = needsOf(resources);
  const isForShare = slots.hasPlace && (cpu > 0 || memoryMb > 0);
  if (!isForShare) return { kind: "slot", slots: slots.total };
  return { kind: "resources", cpu, memoryMb, ofCpu: slots.capacity.cpu, ofMemoryMb: slots.capacity.memoryMb };
}

/** A step that waits for its worker has a row already: its progress says that it has none, and why. */
export function tellOfSlotWait(session: RunSession, attempt: Attempt): () => void {
  const since = new Date(session.now).toISOString();
  let isTold = false;
  const write = (value: unknown): void => {
    if (session.isOver) return;
    session.journal.buffer.progress(attempt.path, attempt.number, encodeValue(value));
    session.journal.scheduleSoft();
  };
  const timer = setTimeout(() => {
    isTold = true;
    write({ done: 0, waits: { since, ...slotWaitOf(session.options.slots, attempt.node.node.resources) } });
  }, TELL_AFTER_MS);
  return () => {
    clearTimeout(timer);
    if (isTold) write(null);
  };
}
