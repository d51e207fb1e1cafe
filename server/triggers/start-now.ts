import type { ClientBase, Pool } from "pg";
import { deleteBlob, dropGiven } from "@/server/blobs/service";
import { plannedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { isDatabaseUnavailable } from "@/server/db/unavailable";
import { announce, type Ready } from "@/server/queue/dispatch";
import { type EnqueuedRun, enqueueParts, enqueueValues } from "@/server/queue/enqueue";
import { requestTrace } from "@/server/telemetry/service";
import { crashPoint } from "@/server/testing/crash-points";
import { noteActivity } from "@/server/triggers/activity";
import { Batcher } from "@/server/triggers/batcher";
import type { RunTarget } from "@/server/triggers/due-events";
import { AFTER_EVENTS, type EventRow, eventValues, insertEvents, type MadeEvent, RECORD_PARTS } from "@/server/triggers/event-rows";
import type { StoredEvent } from "@/server/triggers/event-value";
import type { NewEvent, RecordedEvent } from "@/server/triggers/new-event";
import { addRow, dropContentOfKnown, eventRowOf, mayBeRecorded } from "@/server/triggers/record";
import { FilteredOut, runOfEvent } from "@/server/triggers/run-of-event";

interface Start {
  row: EventRow;
  run: EnqueuedRun;
}

// One commit for the event and its run: what is held, captured or known already starts nothing.
const START = `
WITH ${RECORD_PARTS}, ${enqueueParts(AFTER_EVENTS, `JOIN recorded e ON e."runId" = g.id AND e.status = 'started'`)}
SELECT e."eventId", e."runId", e.status, q."workspaceId", q.pool, q.rank FROM recorded e LEFT JOIN queued q ON q."runId" = e."runId"`;

const batcher = new Batcher<Start, RecordedEvent>(250, startAll);

/**
 * Takes an event in and starts its run, in one commit with whatever else comes at the moment. Null: that cannot be, and nothing
 * was recorded; the way over the inbox says why, and keeps the event.
 */
export async function startNow(event: NewEvent, target: RunTarget): Promise<RecordedEvent | null> {
  const start = await prepare(event, target);
  if (start === null) return null;
  try {
    if (start.run === null) {
      const filtered = await addRow(start.row);
      if (filtered.isNew && filtered.status === "filtered") noteActivity({ workspaceId: event.trigger.workspaceId, receivedAt: start.row.receivedAt!, trigger: target.trigger }, { id: filtered.eventId, status: "filtered" });
      return filtered;
    }
    const recorded = await batcher.add({ ...start, run: start.run });
    await dropContentOfKnown(start.row, recorded);
    if (!recorded.isNew || recorded.status !== "started") await dropGiven(event.trigger.workspaceId, [start.run]);
    if (recorded.isNew && recorded.status === "started") noteActivity({ workspaceId: event.trigger.workspaceId, receivedAt: start.row.receivedAt!, trigger: target.trigger }, { id: recorded.eventId, status: "started", ...start.row.started! });
    return recorded;
  } catch (error) {
    if (isDatabaseUnavailable(error)) throw error;
    if (await mayBeRecorded(start.row)) return null;
    if (start.run !== null) await dropGiven(event.trigger.workspaceId, [start.run]);
    if (start.row.bodyBlobId !== null) await deleteBlob(event.trigger.workspaceId, start.row.bodyBlobId).catch(() => false);
    return null;
  }
}

/** Without a run: the trigger's filter is not for the event. */
async function prepare(event: NewEvent, target: RunTarget): Promise<Start | { row: EventRow; run: null } | null> {
  const [eventId, runId, receivedAt] = [event.id ?? newId(), newId(), event.receivedAt ?? new Date()];
  let run: EnqueuedRun | undefined;
  try {
    run = await runOfEvent({ ...unstoredEvent(event, eventId, receivedAt), ...target, origin: event.origin ?? "live", runId, trace: requestTrace() ?? null });
    if (run.files?.length !== 0) return await nothing(run);
    const row = await eventRowOf({ ...event, id: eventId, receivedAt });
    const input = row.dataKeyId === null ? run.input : null;
    return { run, row: { ...row, runId, started: { input, watched: target.trigger.handlers !== null } } };
  } catch (error) {
    if (isDatabaseUnavailable(error)) throw error;
    if (run !== undefined) return nothing(run);
    return error instanceof FilteredOut ? { run: null, row: { ...(await eventRowOf({ ...event, id: eventId, receivedAt })), filtered: true } } : null;
  }
}

async function nothing(run: EnqueuedRun): Promise<null> {
  await dropGiven(run.workspaceId, [run]);
  return null;
}

/** As it would be read back. */
export function unstoredEvent(event: NewEvent, id: string, receivedAt: Date): StoredEvent {
  const { meta = {}, headers = {}, contentType = null, body = null } = event;
  return { id, workspaceId: event.trigger.workspaceId, receivedAt, meta, headers, contentType, body: typeof body === "string" ? Buffer.from(body, "utf8") : body, bodyBlobId: null, dataKeyId: null };
}

async function startAll(starts: readonly Start[]): Promise<RecordedEvent[]> {
  const runs = new Map(starts.map(({ row, run }) => [row.id, run]));
  const ready: Ready[] = [];
  const insert = async (client: ClientBase | Pool, rows: readonly EventRow[]): Promise<Map<string, MadeEvent>> => {
    const values = [...eventValues(rows), ...enqueueValues(rows.map(({ id }) => runs.get(id)!))];
    const made = await client.query<MadeEvent & Omit<Ready, "pool"> & { pool: string | null }>({ name: "trigger-start-now", text: START, values });
    for (const { pool, ...row } of made.rows) if (pool !== null) ready.push({ ...row, pool });
    return new Map(made.rows.map(({ eventId, runId, status }) => [eventId, { eventId, runId, status }]));
  };
  const recorded = await insertEvents(plannedPool(), starts.map(({ row }) => row), insert);
  crashPoint("trigger-started-now");
  for (const run of ready) announce(run);
  return recorded;
}
