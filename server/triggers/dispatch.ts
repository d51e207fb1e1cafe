import { dispatchInLane } from "@/server/triggers/dispatch-lane";
import { claimDue, type Dispatched, type EventPlace, hasDueEvents } from "@/server/triggers/due-events";
import { Hands } from "@/server/triggers/hands";

const BATCH = 100;
const LOOK_MS = 1_000;
/** Of those that were handed over beside something else; what is more than that is found by who looks for due events. */
const BESIDE = 500;

const underWay = new Map<string, Promise<Dispatched | null>>();
const hands = new Hands();

/** Turns a recorded event into its run now. Null: another process is at it, or was. */
export function dispatchEvent({ eventId, triggerId, workspaceId }: EventPlace): Promise<Dispatched | null> {
  const going = underWay.get(eventId);
  if (going !== undefined) return going;
  hands.take(workspaceId);
  const dispatched = dispatchInLane(triggerId, eventId).finally(() => {
    underWay.delete(eventId);
    hands.free(workspaceId);
  });
  underWay.set(eventId, dispatched);
  return dispatched;
}

/** Nobody waits for these: what is lost or left here is found a moment later by who looks for due events. */
export function dispatchBeside(places: readonly EventPlace[]): void {
  for (const place of places.slice(0, Math.max(0, BESIDE - underWay.size))) dispatchEvent(place).catch(() => {});
}

/** Until this process is at no event any more. */
export async function untilDispatched(): Promise<void> {
  while (underWay.size > 0) await Promise.allSettled(underWay.values());
}

/** A claimed event that this process was at already, and that was passed over because of the claim, gets its turn now instead of when the claim is over. */
async function dispatchClaimed(place: EventPlace): Promise<Dispatched | null> {
  const going = underWay.get(place.eventId);
  return going === undefined ? dispatchEvent(place) : ((await going) ?? dispatchEvent(place));
}

/**
 * Turns events whose time has come into runs: the net below, and how retries happen. Goes on looking while some take long, past the
 * workspaces that these are of. Answers how many it looked at. Without `report` the first problem is thrown at the end.
 */
export async function dispatchDue(signal?: AbortSignal, report?: (error: unknown) => void): Promise<number> {
  if (!(await hasDueEvents())) return 0;
  const problems: unknown[] = [];
  const note = report ?? ((error: unknown) => void problems.push(error));
  let total = 0;
  while (signal?.aborted !== true) {
    const passedOver = hands.full();
    const { places, isFull } = await claimDue(BATCH, passedOver);
    total += places.length;
    for (const place of places) dispatchClaimed(place).catch(note);
    if (isFull) continue;
    if (!hands.areEmpty) await hands.room(LOOK_MS);
    // Those that were passed over may have room now.
    else if (passedOver.length === 0) break;
  }
  if (problems.length > 0) throw problems[0];
  return total;
}
