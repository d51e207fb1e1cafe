import { sharedPool } from "@/server/db/client";
import type { DatabaseView } from "./contract";

const SHOWN_TABLES = 25;

const WHOLE = `
SELECT current_setting('server_version') AS version, pg_database_size(current_database())::float8 AS bytes,
  (SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database()) AS connections, current_setting('max_connections')::int AS "maxConnections",
  (SELECT extract(epoch FROM clock_timestamp() - min(xact_start))::float8 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()) AS "oldestTransactionSeconds"`;

const TABLES = `
SELECT c.relname AS name, pg_total_relation_size(c.oid)::float8 AS bytes, pg_indexes_size(c.oid)::float8 AS "indexBytes", greatest(c.reltuples, 0)::float8 AS rows, coalesce(s.n_dead_tup, 0)::float8 AS "deadRows"
FROM pg_class c LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace ORDER BY pg_total_relation_size(c.oid) DESC LIMIT ${SHOWN_TABLES}`;

/** Rows are what the database itself estimates. */
export async function viewDatabase(): Promise<DatabaseView> {
  const [whole, tables] = await Promise.all([sharedPool().query<Omit<DatabaseView, "tables">>(WHOLE), sharedPool().query<DatabaseView["tables"][number]>(TABLES)]);
  return { ...whole.rows[0]!, tables: tables.rows };
}
