import type { PoolClient } from "pg";
import { BlobStoreUnavailable } from "@/server/blobs/contract";
import { sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import { isDatabaseUnavailable } from "@/server/db/unavailable";
import { isConnectionProblem, isDataProblem } from "@/server/queue/database-errors";
import { DomainError } from "@/server/errors/domain-error";
import { announce } from "@/server/queue/dispatch";
import { type EnqueuedRun, insertRuns } from "@/server/queue/enqueue";
import { crashPoint } from "@/server/testing/crash-points";
import { noteActivity } from "@/server/triggers/activity";
import { Batcher } from "@/server/triggers/batcher";
import { type Dispatched, type DueEvent, dueEventIds, type EventError, hasDueEvents, lockDueEvents, markEvents } from "@/server/triggers/due-events";
import { heldByOverlap, overlapOf } from "@/server/triggers/overlap";
import { runOfEvent } from "@/server/triggers/run-of-event";

const BATCH = 100;
const DEFAULT_RETRY = { maxAttempts: 8, delaySeconds: 2, maxDelaySeconds: 600 };

const batcher = new Batcher<string, Dispatched | null>(BATCH, async (ids) => {
  const done = new Map((await dispatchLocked({ ids })).map((one) => [one.id, one]));
  return ids.map((id) => done.get(id) ?? null);
});

/** Turns a recorded event into its run now. Null: another process is at it, or was. */
export function dispatchEvent(eventId: string): Promise<Dispatched | null> {
  return batcher.add(eventId);
}

/** Turns events whose time has come into runs: the net below, and how retries happen. Answers how many it looked at. */
export async function dispatchDue(): Promise<number> {
  if (!(await hasDueEvents())) return 0;
  let total = 0;
  for (;;) {
    const done = await dispatchLocked({ limit: BATCH }).then((all) => all.length, dispatchApart);
    total += done;
    if (done < BATCH) return total;
  }
}

/** One event that cannot become a run must not keep the others from it: each in its own transaction, and the one at fault is marked. */
async function dispatchApart(why: unknown): Promise<number> {
  if (isConnectionProblem(why)) throw why;
  const ids = await dueEventIds(BATCH);
  for (const id of ids) await dispatchLocked({ ids: [id] }).catch((error: unknown) => markRefused(id, error));
  return ids.length;
}

async function markRefused(id: string, cause: unknown): Promise<void> {
  if (isConnectionProblem(cause)) throw cause;
  const failed = await inTransaction(sharedPool(), async (client) => {
    const [event] = await lockDueEvents(client, { ids: [id] });
    if (event === undefined) return null;
    const result: Dispatched = isDataProblem(cause) ? { id, status: "failed", error: { code: "unstorable", message: `its run cannot be stored: ${describe(cause).message}` } } : failureOf(event, cause);
    await markEvents(client, [event], [result]);
    return { event, result };
  });
  if (failed !== null) noteActivity(failed.event, failed.result);
}

/**
 * Exactly once: the event's row is locked, its run enters the queue and the event is marked in one transaction. A crash
 * before the commit leaves the event as it was; after it the run is there. The run's id was chosen when the event was recorded.
 */
async function dispatchLocked(which: { ids: readonly string[] } | { limit: number }): Promise<Dispatched[]> {
  const { events, results, ready } = await inTransaction(sharedPool(), async (client) => {
    const locked = await lockDueEvents(client, which);
    const prepared = await prepareAll(client, locked);
    const enqueued = await insertRuns(client, prepared.flatMap(({ run }) => run ?? []));
    crashPoint("trigger-run-enqueued");
    const dispatched = prepared.map(({ result }) => result);
    await markEvents(client, locked, dispatched);
    crashPoint("trigger-event-marked");
    return { events: locked, results: dispatched, ready: enqueued };
  });
  crashPoint("trigger-event-committed");
  for (const run of ready) announce(run);
  for (const [index, event] of events.entries()) noteActivity(event, results[index]!);
  return results;
}

interface Prepared {
  run?: EnqueuedRun;
  result: Dispatched;
}

/** Of a trigger whose runs must not overlap, one event at a time. */
async function prepareAll(client: PoolClient, events: readonly DueEvent[]): Promise<Prepared[]> {
  const decided = new Set<string>();
  const held = new Map<string, Dispatched>();
  for (const event of events) {
    if (overlapOf(event) === "allow") continue;
    const isSecond = decided.has(event.trigger.id);
    decided.add(event.trigger.id);
    const result = isSecond ? ({ id: event.id, status: "received", error: null, inSeconds: 0.2 } as const) : await heldByOverlap(client, event);
    if (result !== null) held.set(event.id, result);
  }
  return Promise.all(events.map((event) => {
    const result = held.get(event.id);
    return result === undefined ? prepare(event) : Promise.resolve({ result });
  }));
}

async function prepare(event: DueEvent): Promise<Prepared> {
  try {
    const run = await runOfEvent(event);
    return { run, result: { id: event.id, status: "started", input: event.dataKeyId === null ? run.input : null, watched: event.trigger.handlers !== null || overlapOf(event) !== "allow" } };
  } catch (error) {
    if (isDatabaseUnavailable(error)) throw error;
    return { result: failureOf(event, error) };
  }
}

/** What the domain refuses stays refused until somebody changes something and re-sends the event; the rest is tried again. */
function failureOf(event: DueEvent, cause: unknown): Dispatched {
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
