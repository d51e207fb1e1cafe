import type { PoolClient } from "pg";
import { storableJson } from "@/server/queue/storable-json";
import { plannedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { inTransaction } from "@/server/db/transaction";
import { insertFacts } from "@/server/queue/platform-facts";
import { encodeValue } from "@/server/expressions/encoding";
import { crashPoint } from "@/server/testing/crash-points";
import { tellTriggerChanged } from "@/server/triggers/activity";
import { dispatchBeside } from "@/server/triggers/dispatch";
import type { EventPlace } from "@/server/triggers/due-events";
import { type EventRow, insertEvents } from "@/server/triggers/event-rows";
import { decideSlots, type MissedSlots, type SlotDecision } from "@/server/triggers/kinds/schedule/decide-slots";
import { scheduleConfig } from "@/server/triggers/kinds/schedule/spec";
import { type MissedEvent, missedFacts } from "@/server/triggers/missed-fact";

const BATCH = 500;
const BROKEN_AGAIN_MS = 3_600_000;

interface DueRow {
  id: string;
  workspaceId: string;
  config: unknown;
  dueSlot: Date;
  /** Whoever has paused it wants no slot until then. */
  pausedUntil: Date | null;
  now: Date;
}

// Another tick may be at some of them: those are its own.
const SELECT = `
SELECT t.id, t.workspace_id AS "workspaceId", t.config, t.next_fire_at AS "dueSlot", CASE WHEN t.pause_policy = 'refuse' THEN t.paused_until END AS "pausedUntil", clock_timestamp() AS now FROM trigger t JOIN workflow w ON w.id = t.workflow_id
WHERE t.kind = 'schedule' AND t.next_fire_at <= (SELECT clock_timestamp()) AND t.next_fire_at IS NOT NULL AND t.mode <> 'disabled' AND t.retired_at IS NULL AND NOT t.dormant
  AND w.archived_at IS NULL AND w.deleted_at IS NULL
ORDER BY t.next_fire_at LIMIT ${BATCH} FOR UPDATE OF t SKIP LOCKED`;

const MISS = `
INSERT INTO trigger_event (id, workspace_id, trigger_id, dedupe_key, status, meta, error, run_id, received_at, processed_at)
SELECT id, workspace_id, trigger_id, dedupe_key, 'missed', meta::json, error::json, run_id, clock_timestamp(), clock_timestamp()
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::uuid[]) AS g(id, workspace_id, trigger_id, dedupe_key, meta, error, run_id)
ON CONFLICT (trigger_id, dedupe_key) DO NOTHING RETURNING id`;

// All slots of a pause are one row, which grows, and is as old as the last of them; a slot that is looked at again counts once.
const MISS_PAUSED = `
INSERT INTO trigger_event AS e (id, workspace_id, trigger_id, dedupe_key, status, meta, error, run_id, received_at, processed_at)
SELECT id, workspace_id, trigger_id, dedupe_key, 'missed', json_build_object('slot', slot, 'until', until, 'count', count), json_build_object('code', 'paused', 'message', ${slotsText("count")} || message), run_id, clock_timestamp(), clock_timestamp()
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::int[], $8::text[], $9::uuid[]) AS g(id, workspace_id, trigger_id, dedupe_key, slot, until, count, message, run_id)
ON CONFLICT (trigger_id, dedupe_key) DO UPDATE SET received_at = clock_timestamp(), processed_at = clock_timestamp(),
  meta = json_build_object('slot', e.meta ->> 'slot', 'until', excluded.meta ->> 'until', 'count', (e.meta ->> 'count')::int + (excluded.meta ->> 'count')::int),
  error = json_build_object('code', 'paused', 'message', ${slotsText("(e.meta ->> 'count')::int + (excluded.meta ->> 'count')::int")} || regexp_replace(excluded.error ->> 'message', '^[^:]*: ', ''))
WHERE (e.meta ->> 'until')::timestamptz < (excluded.meta ->> 'slot')::timestamptz`;

const ADVANCE = "UPDATE trigger t SET next_fire_at = g.next FROM unnest($1::uuid[], $2::timestamptz[]) AS g(id, next) WHERE t.id = g.id";

function slotsText(count: string): string {
  return `(${count})::text || CASE WHEN (${count}) = 1 THEN ' slot: ' ELSE ' slots: ' END`;
}

export interface FireReport {
  schedules: number;
  started: number;
  missed: number;
}

/**
 * Starts every slot that is due, once, whoever calls this and how often: a slot is an event whose key is its time, and the
 * schedule goes on to its next slot in the same transaction.
 */
export async function fireSchedules(): Promise<FireReport> {
  const report: FireReport = { schedules: 0, started: 0, missed: 0 };
  for (;;) {
    const { due, events, missed } = await inTransaction(plannedPool(), fireBatch);
    crashPoint("schedule-committed");
    report.schedules += due.length;
    report.started += events.length;
    report.missed += missed;
    dispatchBeside(events);
    for (const { workspaceId, id } of due) tellTriggerChanged(workspaceId, id);
    if (due.length < BATCH) return report;
  }
}

async function fireBatch(client: PoolClient): Promise<{ due: DueRow[]; events: EventPlace[]; missed: number }> {
  const { rows: due } = await client.query<DueRow>({ name: "schedules-due", text: SELECT });
  if (due.length === 0) return { due, events: [], missed: 0 };
  const decisions = due.map((row) => ({ row, decision: decide(row) }));
  const broken = decisions.flatMap(({ row, decision }) => (decision.problem === undefined ? [] : [{ row, problem: decision.problem }]));
  if (broken.length > 0) await noteBroken(client, broken);
  const rows = decisions.flatMap(({ row, decision }) => eventsOf(row, decision));
  const recorded = await insertEvents(client, rows);
  const missed = decisions.flatMap(({ row, decision }) => decision.missed.map((one) => ({ row, one })));
  await recordMissed(client, missed.filter(({ one }) => one.heldUpUntil === undefined));
  await recordPaused(client, missed.filter(({ one }) => one.heldUpUntil !== undefined));
  await client.query({ name: "schedules-advance", text: ADVANCE, values: [decisions.map(({ row }) => row.id), decisions.map(({ decision }) => decision.next?.toISOString() ?? null)] });
  crashPoint("schedule-recorded");
  // Those with jitter wait for their time; another transaction looks for what is due a moment later.
  const isDue = ({ dueAt }: EventRow) => dueAt !== null && dueAt.getTime() <= due[0]!.now.getTime();
  const events = recorded.flatMap(({ eventId, isNew, status }, index) => {
    const row = rows[index]!;
    return isNew && status === "received" && isDue(row) ? [{ eventId, triggerId: row.triggerId, workspaceId: row.workspaceId }] : [];
  });
  return { due, events, missed: missed.length };
}

type Decided = SlotDecision & { problem?: string };

/** One schedule whose times cannot be told (an unknown time zone) must not keep the others from firing. It is looked at again after a while. */
function decide(row: DueRow): Decided {
  try {
    return decideSlots({ ...row, config: scheduleConfig.parse(row.config) }, row.now);
  } catch (error) {
    return { start: [], missed: [], next: new Date(row.now.getTime() + BROKEN_AGAIN_MS), problem: error instanceof Error ? error.message : String(error) };
  }
}

async function noteBroken(client: PoolClient, broken: readonly { row: DueRow; problem: string }[]): Promise<void> {
  const errors = broken.map(({ problem }) => ({ code: "schedule_failed", message: problem }));
  await client.query("UPDATE trigger t SET error = g.error::json FROM unnest($1::uuid[], $2::text[]) AS g(id, error) WHERE t.id = g.id", [broken.map(({ row }) => row.id), errors.map(storableJson)]);
  await insertFacts(client, broken.map(({ row }, index) => ({ workspaceId: row.workspaceId, kind: "trigger.error", key: `trigger.error schedule ${row.id} ${row.now.toISOString()}`, subjectId: row.id, body: { error: errors[index] } })));
}

const keyOf = (slot: Date) => `slot ${slot.toISOString()}`;

function eventsOf({ id, workspaceId, now }: DueRow, { start }: SlotDecision): EventRow[] {
  return start.map(({ slot, dueAt }) => ({
    id: newId(),
    workspaceId,
    triggerId: id,
    dedupeKey: keyOf(slot),
    windowSeconds: null,
    origin: "live",
    meta: encodeValue({ slot: slot.toISOString(), lateMs: now.getTime() - slot.getTime() }),
    headers: "{}",
    contentType: null,
    body: null,
    bodyBlobId: null,
    bodySize: 0,
    dataKeyId: null,
    runId: newId(),
    trace: null,
    receivedAt: null,
    dueAt,
    started: null,
    filtered: false,
    startedById: null,
  }));
}

async function recordMissed(client: PoolClient, missed: readonly { row: DueRow; one: MissedSlots }[]): Promise<void> {
  if (missed.length === 0) return;
  const ids = missed.map(() => newId());
  const values = [
    ids,
    missed.map(({ row }) => row.workspaceId),
    missed.map(({ row }) => row.id),
    missed.map(({ one }) => (one.count === 1 && one.code === "late" ? keyOf(one.slot) : `${keyOf(one.slot)} to ${one.until.toISOString()}`)),
    missed.map(({ one }) => JSON.stringify({ slot: one.slot.toISOString(), ...(one.until > one.slot ? { until: one.until.toISOString() } : {}) })),
    missed.map(({ one }) => JSON.stringify({ code: one.code, message: one.message })),
    missed.map(() => newId()),
  ];
  const { rows } = await client.query<{ id: string }>({ name: "schedules-missed", text: MISS, values });
  const made = new Set(rows.map(({ id }) => id));
  // Somebody paused it: nothing to be told of.
  await insertFacts(client, missedFacts(missed.flatMap(({ row, one }, index) => (made.has(ids[index]!) && one.code !== "paused" ? [missedEvent(row, one, ids[index]!)] : []))));
}

async function recordPaused(client: PoolClient, paused: readonly { row: DueRow; one: MissedSlots }[]): Promise<void> {
  if (paused.length === 0) return;
  const values = [
    paused.map(() => newId()),
    paused.map(({ row }) => row.workspaceId),
    paused.map(({ row }) => row.id),
    paused.map(({ one }) => `paused until ${one.heldUpUntil!.toISOString()}`),
    paused.map(({ one }) => one.slot.toISOString()),
    paused.map(({ one }) => one.until.toISOString()),
    paused.map(({ one }) => one.count),
    paused.map(({ one }) => one.message),
    paused.map(() => newId()),
  ];
  await client.query({ name: "schedules-paused", text: MISS_PAUSED, values });
}

function missedEvent({ id, workspaceId }: DueRow, { code, message, slot, until, count }: MissedSlots, eventId: string): MissedEvent {
  return { workspaceId, triggerId: id, eventId, slot: slot.toISOString(), until: until.toISOString(), count, error: { code, message } };
}
