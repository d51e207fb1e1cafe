import { crashPoint } from "@/server/testing/crash-points";
import { tellTriggerChanged } from "@/server/triggers/activity";
import { dispatchEvent } from "@/server/triggers/dispatch";
import type { Dispatched } from "@/server/triggers/due-events";
import type { NewEvent, RecordedEvent } from "@/server/triggers/new-event";
import { storeEvent } from "@/server/triggers/record";

/**
 * Takes an event in: durable when this resolves, and on its way to become a run. Idempotent by trigger and dedupe key. Nobody
 * waits for the run: what goes wrong there stays with the event, and is tried again.
 */
export async function recordEvent(event: NewEvent): Promise<RecordedEvent> {
  const { recorded, dispatched } = await takeIn(event);
  dispatched.catch(() => {});
  return recorded;
}

/** The same for those who wait for what becomes of it. `dispatched` is null when this process has nothing to do with it any more. */
export async function takeIn(event: NewEvent): Promise<{ recorded: RecordedEvent; dispatched: Promise<Dispatched | null> }> {
  crashPoint("trigger-event-accepted");
  const recorded = await storeEvent(event);
  crashPoint("trigger-event-recorded");
  if (recorded.isNew && recorded.status === "received") return { recorded, dispatched: dispatchEvent(recorded.eventId) };
  if (recorded.isNew) tellTriggerChanged(event.trigger.workspaceId, event.trigger.id);
  return { recorded, dispatched: Promise.resolve(null) };
}
