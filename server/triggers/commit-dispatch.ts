import type { PoolClient } from "pg";
import { dropGiven } from "@/server/blobs/service";
import { sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import { isConnectionProblem, isDataProblem } from "@/server/queue/database-errors";
import { announce } from "@/server/queue/dispatch";
import { insertRuns } from "@/server/queue/enqueue";
import { crashPoint } from "@/server/testing/crash-points";
import { noteActivity } from "@/server/triggers/activity";
import { Batcher } from "@/server/triggers/batcher";
import { type Dispatched, type DueEvent, lockPrepared, markEvents } from "@/server/triggers/due-events";
import { heldByOverlap, lockTurns, overlapOf } from "@/server/triggers/overlap";
import { failureOf, type PreparedEvent } from "@/server/triggers/prepare-event";

const BATCH = 100;
const NEXT_TURN_SECONDS = 0.2;

const batcher = new Batcher<PreparedEvent, Dispatched | null>(BATCH, commit);

/**
 * Puts the event's run into the queue and marks the event. Null: another process did, or is at it. One event that the database
 * refuses keeps no other from its run: it is marked as failed.
 */
export async function commitEvent(prepared: PreparedEvent): Promise<Dispatched | null> {
  return batcher.add(prepared).catch((error: unknown) => markRefused(prepared, error));
}

async function markRefused({ event, run }: PreparedEvent, cause: unknown): Promise<Dispatched | null> {
  if (isConnectionProblem(cause)) throw cause;
  const refused = failureOf(event, cause);
  const result: Dispatched = isDataProblem(cause) ? { id: event.id, status: "failed", error: { code: "unstorable", message: `its run cannot be stored: ${cause instanceof Error ? cause.message : String(cause)}` } } : refused;
  return batcher.add({ event, ...(run === undefined ? {} : { run }), result, watched: false });
}

/**
 * Exactly once: the event's row is locked, its run enters the queue and the event is marked in one transaction, if the event is still as
 * it was prepared. A crash before the commit leaves the event as it was; after it the run is there. The run's id was chosen when the
 * event was recorded.
 */
async function commit(prepared: readonly PreparedEvent[]): Promise<(Dispatched | null)[]> {
  const { done, ready } = await inTransaction(sharedPool(), async (client) => {
    const locked = await lockPrepared(client, prepared.map(({ event }) => event));
    const decided = await decideAll(client, prepared.filter(({ event }) => locked.has(event.id)));
    const enqueued = await insertRuns(client, decided.flatMap(({ run, result }) => (result.status === "started" ? (run ?? []) : [])));
    crashPoint("trigger-run-enqueued");
    await markEvents(client, decided);
    crashPoint("trigger-event-marked");
    return { done: decided, ready: enqueued };
  });
  crashPoint("trigger-event-committed");
  for (const run of ready) announce(run);
  for (const { event, result } of done) noteActivity(event, result);
  for (const { event, run, result } of done) if (run !== undefined && result.status !== "started" && result.status !== "received") void dropGiven(event.workspaceId, [run]);
  const results = new Map(done.map(({ result }) => [result.id, result]));
  return prepared.map(({ event }) => results.get(event.id) ?? null);
}

type Decided = PreparedEvent & { result: Dispatched };

/** Of a trigger whose runs must not overlap, one event at a time. */
async function decideAll(client: PoolClient, prepared: readonly PreparedEvent[]): Promise<Decided[]> {
  await lockTurns(client, prepared.filter(({ result }) => result === undefined).map(({ event }) => event));
  const turns = new Set<string>();
  const decided: Decided[] = [];
  for (const one of prepared) {
    const { id, trigger } = one.event;
    const takesTurns = one.result === undefined && overlapOf(one.event) !== "allow";
    const isSecond = takesTurns && turns.has(trigger.id);
    if (takesTurns) turns.add(trigger.id);
    const held = isSecond ? nextTurn(one.event) : one.result === undefined ? await heldByOverlap(client, one.event) : null;
    decided.push({ ...one, result: held ?? one.result ?? (one.run === undefined ? nextTurn(one.event) : { id, status: "started", input: one.event.dataKeyId === null ? one.run.input : null, watched: one.watched }) });
  }
  return decided;
}

const nextTurn = ({ id }: DueEvent): Dispatched => ({ id, status: "received", error: null, inSeconds: NEXT_TURN_SECONDS });
