import { crashPoint } from "@/server/testing/crash-points";
import { tellTriggerChanged } from "@/server/triggers/activity";
import { dispatchEvent } from "@/server/triggers/dispatch";
import type { Dispatched, RunTarget } from "@/server/triggers/due-events";
import type { NewEvent, RecordedEvent } from "@/server/triggers/new-event";
import { storeEvent } from "@/server/triggers/record";
import { startNow } from "@/server/triggers/start-now";

/**
 * Takes an event in: durable when this resolves, and on its way to become a run. Idempotent by trigger and dedupe key. Nobody
 * waits for the run: what goes wrong there stays with the event, and is tried again.
 */
export async function recordEvent(event: NewEvent, store = storeEvent): Promise<RecordedEvent> {
  const { recorded, dispatched } = await takeIn(event, undefined, store);
  dispatched.catch(() => {});
  return recorded;
}

/**
 * The same for those who wait for what becomes of it. `dispatched` is null when this process has nothing to do with it any more.
 * Who knows the target of the runs saves the way over the inbox.
 */
export async function takeIn(event: NewEvent, target?: RunTarget, store = storeEvent): Promise<{ recorded: RecordedEvent; dispatched: Promise<Dispatched | null> }> {
  crashPoint("trigger-event-accepted");
  const started = target === undefined ? null : await startNow(event, target);
  if (started !== null) {
    if (started.isNew && started.status !== "started") tellTriggerChanged(event.trigger.workspaceId, event.trigger.id);
    return { recorded: started, dispatched: Promise.resolve(null) };
  }
  const recorded = await store(event);
  crashPoint("trigger-event-recorded");
  if (recorded.isNew && recorded.status === "received") return { recorded, dispatched: dispatchEvent({ eventId: recorded.eventId, triggerId: event.trigger.id, workspaceId: event.trigger.workspaceId }) };
  if (recorded.isNew) tellTriggerChanged(event.trigger.workspaceId, event.trigger.id);
  return { recorded, dispatched: Promise.resolve(null) };
}
