import { sharedPool } from "@/server/db/client";
import { kindsOfType, LISTENS } from "@/server/triggers/service";
import type { EventsView } from "./contract";

const SHOWN = 50;
const LATE_SECONDS = 60;
const SOON_SECONDS = 300;
const COUNTED_AT_MOST = 100_000;
/** Leases are renewed every few seconds: for so long nobody has listened. */
const UNATTENDED_SECONDS = 60;

// Names of workflows and triggers, and what went wrong in them, are the workspace's own.
const PLACE = "w.name AS workspace, o.name AS organization";
const OF_WORKSPACE = "JOIN workspace w ON w.id = t.workspace_id JOIN organization o ON o.id = w.organization_id";
const FIRES = "t.mode <> 'disabled' AND t.retired_at IS NULL AND NOT t.dormant AND t.next_fire_at IS NOT NULL";

const SCHEDULES = `
SELECT count(*)::int AS active, count(*) FILTER (WHERE t.next_fire_at < clock_timestamp() + make_interval(secs => ${SOON_SECONDS}))::int AS "dueSoon" FROM trigger t WHERE ${FIRES}`;
const LATE = `
SELECT ${PLACE}, t.kind, t.next_fire_at AS "dueAt" FROM trigger t ${OF_WORKSPACE}
WHERE ${FIRES} AND t.next_fire_at < clock_timestamp() - make_interval(secs => ${LATE_SECONDS}) ORDER BY t.next_fire_at LIMIT ${SHOWN}`;

const INBOX = `
SELECT ${PLACE}, t.due, t.held, t.by_quota AS "heldByQuota" FROM (
  SELECT workspace_id, count(*) FILTER (WHERE status = 'received')::int AS due, count(*) FILTER (WHERE status = 'held')::int AS held, count(*) FILTER (WHERE by_quota)::int AS by_quota
  FROM (
    (SELECT workspace_id, status, false AS by_quota FROM trigger_event WHERE status = 'received' AND due_at <= (SELECT clock_timestamp()) LIMIT ${COUNTED_AT_MOST})
    UNION ALL (SELECT workspace_id, status, held_by_quota FROM trigger_event WHERE status = 'held' LIMIT ${COUNTED_AT_MOST})) e GROUP BY workspace_id) t
${OF_WORKSPACE} ORDER BY t.due DESC, t.held DESC LIMIT ${SHOWN}`;

// A listener without an error that no process holds: all that could have it are gone, or hang.
export const UNATTENDED = `
FROM trigger t JOIN workflow f ON f.id = t.workflow_id ${OF_WORKSPACE}
WHERE t.kind = ANY ($1) AND ${LISTENS.replaceAll("w.", "f.")} AND w.deleted_at IS NULL AND w.archived_at IS NULL AND t.error IS NULL
  AND greatest(t.lease_until, t.updated_at, w.updated_at) < clock_timestamp() - make_interval(secs => ${UNATTENDED_SECONDS})`;
export const listenerKinds = () => kindsOfType("listener");

// What listens or looks and has an error, and what should be in the hands of a process and is not.
const LISTENERS = `
SELECT ${PLACE}, t.kind, 'failing' AS problem, NULL::timestamptz AS since FROM trigger t ${OF_WORKSPACE}
WHERE t.mode = 'enabled' AND t.retired_at IS NULL AND NOT t.dormant AND t.error IS NOT NULL
UNION ALL
SELECT ${PLACE}, t.kind, 'silent', t.lease_until FROM trigger_subscription t ${OF_WORKSPACE}
WHERE t.is_wanted AND t.error IS NOT NULL AND w.deleted_at IS NULL AND w.archived_at IS NULL
UNION ALL
SELECT ${PLACE}, t.kind, 'unattended', t.lease_until ${UNATTENDED} LIMIT ${SHOWN}`;

export async function viewEvents(): Promise<EventsView> {
  const pool = sharedPool();
  const [schedules, late, inbox, listeners] = await Promise.all([
    pool.query<{ active: number; dueSoon: number }>(SCHEDULES),
    pool.query<{ workspace: string; organization: string; kind: string; dueAt: Date }>(LATE),
    pool.query<EventsView["inbox"][number]>(INBOX),
    pool.query<Omit<EventsView["listeners"][number], "since"> & { since: Date | null }>(LISTENERS, [listenerKinds()]),
  ]);
  return {
    schedules: { ...(schedules.rows[0] ?? { active: 0, dueSoon: 0 }), late: late.rows.map((row) => ({ ...row, dueAt: row.dueAt.toISOString() })) },
    inbox: inbox.rows,
    listeners: listeners.rows.map((row) => ({ ...row, since: row.since?.toISOString() ?? null })),
  };
}
