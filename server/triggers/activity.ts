import { storableJson } from "@/server/queue/storable-json";
import { sharedPool } from "@/server/db/client";
import { Notifier } from "@/server/queue/notifier";
import { noteDispatched } from "@/server/telemetry/service";
import type { Dispatched, EventError } from "@/server/triggers/due-events";

interface Activity {
  started: number;
  failed: number;
  filtered: number;
  firedAt: Date | null;
  error: EventError | null;
}

const FLUSH_MS = 500;
/** The database is away: what was noted waits for it. */
const AGAIN_MS = 5_000;
/** Whoever noted these takes them away when they are over; that an event became a run says nothing of them. */
const OF_OTHERS = ["listener_failed", "subscription_failed", "clean_up_failed", "handler_missing", "handler_failed", "settle_failed", "poll_failed"];

// A development server reloads modules; what was noted survives it here.
const holder = globalThis as typeof globalThis & { millraceTriggerActivity?: Map<string, Activity>; millraceTriggerNotifier?: Notifier };
const noted = (holder.millraceTriggerActivity ??= new Map());
let timer: NodeJS.Timeout | undefined;

// What it was like before is read by the change itself: read beside it, it could be looked at when the rows are changed already, and find none.
const WRITE = `
WITH given AS MATERIALIZED (SELECT * FROM unnest($1::uuid[], $2::int[], $3::int[], $4::timestamptz[], $5::text[], $7::int[]) AS g(id, started, failed, fired_at, error, filtered)),
before AS MATERIALIZED (SELECT t.id, t.error IS NOT NULL AS troubled FROM trigger t JOIN given g ON g.id = t.id ORDER BY t.id FOR UPDATE OF t),
noted AS (
UPDATE trigger t SET started_count = t.started_count + g.started, failed_count = t.failed_count + g.failed, received_count = t.received_count + g.started + g.failed + g.filtered,
  last_fired_at = greatest(t.last_fired_at, g.fired_at), error = CASE WHEN g.started + g.failed = 0 AND g.error IS NULL THEN t.error WHEN g.error IS NULL AND t.error ->> 'code' = ANY ($6::text[]) THEN t.error ELSE g.error::json END
FROM given g JOIN before b ON b.id = g.id WHERE t.id = g.id
RETURNING t.id, t.workspace_id, b.troubled AND t.error IS NULL AS recovered)
INSERT INTO platform_fact (workspace_id, kind, key, subject_id) SELECT workspace_id, 'trigger.recovered', 'trigger.recovered ' || id || ' ' || clock_timestamp(), id FROM noted WHERE recovered`;

/**
 * Counters and the last error of a trigger, gathered for a moment: in the events' own transactions they would make all events
 * of a trigger wait for each other. A crash loses a few counts, never an event.
 */
export function noteActivity(event: { workspaceId: string; receivedAt: Date; trigger: { id: string; kind: string } }, result: Dispatched): void {
  tellTriggerChanged(event.workspaceId, event.trigger.id);
  if (result.status === "started") noteDispatched(event.trigger.kind, event.receivedAt);
  if (result.status === "missed" || (result.status === "received" && result.error === null)) return;
  const activity = noted.get(event.trigger.id) ?? { started: 0, failed: 0, filtered: 0, firedAt: null, error: null };
  if (result.status === "filtered") activity.filtered++;
  else if (result.status === "started") Object.assign(activity, { started: activity.started + 1, firedAt: new Date(), error: null });
  else Object.assign(activity, { failed: activity.failed + (result.status === "failed" ? 1 : 0), error: result.error });
  noted.set(event.trigger.id, activity);
  timer ??= setTimeout(() => void flushActivity().catch(() => {}), FLUSH_MS).unref();
}

let underWay: Promise<void> = Promise.resolve();

/** What a write under way holds counts as written once this has ended, too. */
export function flushActivity(): Promise<void> {
  underWay = underWay.catch(() => {}).then(writeNoted);
  return underWay;
}

async function writeNoted(): Promise<void> {
  clearTimeout(timer);
  timer = undefined;
  const rows = [...noted].sort(([one], [other]) => (one < other ? -1 : 1));
  noted.clear();
  if (rows.length === 0) return;
  await write(rows).catch((error: unknown) => {
    for (const [id, activity] of rows) noted.set(id, together(activity, noted.get(id)));
    timer ??= setTimeout(() => void flushActivity().catch(() => {}), AGAIN_MS).unref();
    throw error;
  });
}

function together(earlier: Activity, later: Activity | undefined): Activity {
  if (later === undefined) return earlier;
  return { started: earlier.started + later.started, failed: earlier.failed + later.failed, filtered: earlier.filtered + later.filtered, firedAt: later.firedAt ?? earlier.firedAt, error: later.error ?? (later.firedAt === null ? earlier.error : null) };
}

async function write(rows: readonly (readonly [id: string, Activity])[]): Promise<void> {
  const of = <Value>(read: (activity: Activity) => Value) => rows.map(([, activity]) => read(activity));
  await sharedPool().query({
    name: "trigger-activity",
    text: WRITE,
    values: [rows.map(([id]) => id), of((one) => one.started), of((one) => one.failed), of((one) => one.firedAt?.toISOString() ?? null), of((one) => (one.error === null ? null : storableJson(one.error))), OF_OTHERS, of((one) => one.filtered)],
  });
}

/** After the commit: tells the pages that something about the trigger is different. */
export function tellTriggerChanged(workspaceId: string, triggerId: string): void {
  holder.millraceTriggerNotifier ??= new Notifier(sharedPool());
  holder.millraceTriggerNotifier.send({ channel: "millrace_trigger", item: `${workspaceId}/${triggerId}` });
}
