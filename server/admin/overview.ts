import { sharedPool } from "@/server/db/client";
import type { Overview } from "./contract";
import { checkHealth } from "./health";

const COUNTED_AT_MOST = 100_000;

const COUNTS = `
SELECT (SELECT count(*)::int FROM organization WHERE deleted_at IS NULL) AS organizations, (SELECT count(*)::int FROM workspace WHERE deleted_at IS NULL) AS workspaces,
  (SELECT count(*)::int FROM user_account WHERE disabled_at IS NULL) AS people,
  (SELECT count(*)::int FROM worker WHERE state = 'active' AND lost_at IS NULL AND drain_requested_at IS NULL AND heartbeat_at > clock_timestamp() - interval '45 seconds') AS workers,
  (SELECT count(*)::int FROM (SELECT FROM run_queue WHERE state = 'queued' LIMIT ${COUNTED_AT_MOST}) q) AS queued,
  (SELECT count(*)::int FROM (SELECT FROM trigger_event WHERE status = 'held' LIMIT ${COUNTED_AT_MOST}) e) AS "heldEvents",
  pg_database_size(current_database())::float8 AS "databaseBytes"`;

export async function viewOverview(): Promise<Overview> {
  const [checks, counts] = await Promise.all([checkHealth(), sharedPool().query<Overview["counts"]>(COUNTS)]);
  return { checks, counts: counts.rows[0]! };
}
