import { BlobStoreUnavailable } from "@/server/blobs/contract";
import { sharedPool } from "@/server/db/client";
import { isDatabaseUnavailable } from "@/server/db/unavailable";
import { DomainError } from "@/server/errors/domain-error";
import type { EnqueuedRun } from "@/server/queue/enqueue";
import type { Dispatched, DueEvent, EventError } from "@/server/triggers/due-events";
import { MappingUnavailable } from "@/server/triggers/map-input";
import { overlapOf, waitsForEarlier } from "@/server/triggers/overlap";
import { FilteredOut, runOfEvent } from "@/server/triggers/run-of-event";

const DEFAULT_RETRY = { maxAttempts: 8, delaySeconds: 2, maxDelaySeconds: 600 };

/** An event with the run that it becomes, or why it becomes none. */
export interface PreparedEvent {
  event: DueEvent;
  /** Undefined: `result` says why, or an earlier run goes on, whose end is waited for. */
  run?: EnqueuedRun;
  result?: Dispatched;
  watched: boolean;
}

/** What takes its time (mappings, bodies from the blob store) happens here, outside of any transaction. */
export async function prepareEvent(event: DueEvent): Promise<PreparedEvent> {
  try {
    const watched = event.trigger.handlers !== null || overlapOf(event) !== "allow";
    if (await waitsForEarlier(sharedPool(), event)) return { event, watched };
    return { event, watched, run: await runOfEvent(event) };
  } catch (error) {
    // Nothing is wrong with the event: it stays as it is, and is looked at again.
    if (isDatabaseUnavailable(error) || error instanceof MappingUnavailable) throw error;
    return { event, watched: false, result: error instanceof FilteredOut ? { id: event.id, status: "filtered" } : failureOf(event, error) };
  }
}

/** What the domain refuses stays refused until somebody changes something and re-sends the event; the rest is tried again. */
export function failureOf(event: DueEvent, cause: unknown): Dispatched {
  const { maxAttempts, delaySeconds, maxDelaySeconds } = { ...DEFAULT_RETRY, ...event.trigger.retry };
  const error = describe(cause);
  // Whatever is wrong with the store of its body is not the event's fault, however long it lasts.
  const isOver = !(cause instanceof BlobStoreUnavailable) && event.attempts + 1 >= maxAttempts;
  if (cause instanceof DomainError || isOver) return { id: event.id, status: "failed", error };
  return { id: event.id, status: "received", error, inSeconds: Math.min(delaySeconds * 2 ** event.attempts, maxDelaySeconds) };
}

function describe(cause: unknown): EventError {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (!(cause instanceof DomainError)) return { code: "internal", message };
  const { field } = cause.data as { field?: string };
  return { code: cause.kind, message, ...(field === undefined ? {} : { field }) };
}
