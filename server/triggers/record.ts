import type { ClientBase } from "pg";
import { dropOwned, putBlob } from "@/server/blobs/service";
import { sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { Batcher } from "@/server/triggers/batcher";
import { requestTrace } from "@/server/telemetry/service";
import { findRecordedKey } from "@/server/triggers/former-key";
import { insertEvents, type EventRow } from "@/server/triggers/event-rows";
import { formerlyStored, storedKey } from "@/server/triggers/stored-key";
import type { NewEvent, RecordedEvent } from "@/server/triggers/new-event";
import { sealContent, sealsEvents } from "@/server/triggers/sealing";
import { encodeGiven } from "@/server/queue/given-values";

/** A larger body goes to the blob store. */
const INLINE_BYTES = 64 * 1_024;

const batcher = new Batcher<EventRow, RecordedEvent>(500, (rows) => insertEvents(sharedPool(), rows));

/**
 * The one way by which events come into the inbox, for every kind. When it resolves the event is durable, and only then may
 * the sender hear that it was taken. Recording an event again is harmless. Turning it into a run is `dispatchEvents`' business.
 */
export async function storeEvent(event: NewEvent): Promise<RecordedEvent> {
  return addRow(await eventRowOf(event));
}

export async function addRow(row: EventRow): Promise<RecordedEvent> {
  const recorded = await batcher.add(row);
  await dropContentOfKnown(row, recorded);
  return recorded;
}

/** In a caller's transaction. Whatever becomes of that: those that are there already are another's. */
export async function recordWithin(client: ClientBase, events: readonly NewEvent[]): Promise<RecordedEvent[]> {
  const rows = await Promise.all(events.map(eventRowOf));
  const recorded = await insertEvents(client, rows);
  void dropKnown(rows, recorded);
  return recorded;
}

async function dropKnown(rows: readonly EventRow[], recorded: readonly RecordedEvent[]): Promise<void> {
  for (const [index, row] of rows.entries()) await dropContentOfKnown(row, recorded[index]!);
}

/** An event that is there already, or was refused, has no use for what was stored of it: its body, and files that came with it. */
export async function dropContentOfKnown(row: EventRow, { eventId, isNew, status }: RecordedEvent): Promise<void> {
  const isGone = !isNew && (eventId !== row.id || status === "refused");
  if (isGone && mayHaveFiles(row)) await dropOwned(row.workspaceId, { type: "trigger_event", id: row.id });
}

/** What is sealed does not say. */
function mayHaveFiles({ bodyBlobId, dataKeyId, meta, body }: EventRow): boolean {
  return bodyBlobId !== null || dataKeyId !== null || meta.includes("$file") || (body !== null && Buffer.from(body.buffer, body.byteOffset, body.byteLength).includes("$file"));
}

/** Of one whose recording failed: it may be there all the same, as more than one statement records it. Who cannot tell leaves it alone. */
export async function mayBeRecorded({ id, runId }: EventRow): Promise<boolean> {
  const { rowCount } = await sharedPool().query("SELECT FROM trigger_event WHERE id = $1 AND run_id = $2", [id, runId]).catch(() => ({ rowCount: null }));
  return rowCount !== 0;
}

/** As it is stored: sealed where the workspace wants that, in the blob store when it is large. */
export async function eventRowOf(event: NewEvent): Promise<EventRow> {
  const eventId = event.id ?? newId();
  const { workspaceId, id: triggerId } = event.trigger;
  const given = event.body ?? null;
  const body = typeof given === "string" ? Buffer.from(given, "utf8") : given === null ? null : Buffer.from(given);
  const headers = event.headers ?? {};
  const key = (await findRecordedKey(triggerId, formerlyStored(event), body)) ?? storedKey(event.dedupeKey);
  const envelope = (await sealsEvents(workspaceId)) ? await sealContent({ workspaceId, eventId }, { headers, body }) : null;
  const bytes = envelope === null ? body : Buffer.from(envelope.sealed);
  const isLarge = bytes !== null && bytes.length > INLINE_BYTES;
  const blob = isLarge ? await putBlob({ workspaceId, owner: { type: "trigger_event", id: eventId }, contentType: "application/octet-stream" }, bytes) : null;
  return {
    id: eventId,
    workspaceId,
    triggerId,
    dedupeKey: key,
    windowSeconds: event.dedupeWindowSeconds ?? null,
    origin: event.origin ?? "live",
    meta: encodeGiven("meta", event.meta ?? {}),
    headers: encodeGiven("headers", envelope === null ? headers : {}),
    contentType: event.contentType ?? null,
    body: isLarge ? null : bytes,
    bodyBlobId: blob?.id ?? null,
    bodySize: body?.length ?? 0,
    dataKeyId: envelope?.keyId ?? null,
    runId: newId(),
    trace: requestTrace() ?? null,
    receivedAt: event.receivedAt ?? null,
    dueAt: null,
    started: null,
    filtered: false,
    startedById: event.startedById ?? null,
  };
}
