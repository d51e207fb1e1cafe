import pg from "pg";
import type { PostgresChangesConfig } from "./spec";

const FREE_MS = 10_000;
const LOOK_MS = 100;

/** The slot and the publication of a trigger have the same name, which is made from its id. */
export function nameOf(triggerId: string): string {
  return `millrace_${triggerId.replaceAll("-", "")}`;
}

/** Brings publication, tables and slot up to the config. `isNew`: changes are collected from now on; `wasLost`: instead of a slot whose changes the server has thrown away. */
export async function prepareSlot(client: pg.Client, name: string, config: PostgresChangesConfig): Promise<{ isNew: boolean; wasLost: boolean }> {
  await requireLogicalLog(client);
  const tables = config.tables.map(quotedTable);
  if (config.oldValues === "all") for (const table of tables) await knowOldValues(client, table);
  await publish(client, name, tables, config.operations);
  const slot = await findSlot(client, name);
  if (slot?.isElsewhere === true) throw new Error(`the slot ${name} still belongs to the database ${slot.database} of this server: it is taken away there within a minute`);
  if (slot?.isLost === true) await client.query("SELECT pg_drop_replication_slot($1)", [name]);
  else if (slot !== null) {
    await free(client, name);
    return { isNew: false, wasLost: false };
  }
  await makeSlot(client, name);
  return { isNew: true, wasLost: slot !== null };
}

const STATEMENT_TIMEOUT = "57014";

/** A slot can be made once every transaction has ended that was open when that began. */
async function makeSlot(client: pg.Client, name: string): Promise<void> {
  try {
    await client.query("SELECT pg_create_logical_replication_slot($1, 'pgoutput')", [name]);
  } catch (cause) {
    if (!(cause instanceof pg.DatabaseError) || cause.code !== STATEMENT_TIMEOUT) throw cause;
    const { rows } = await client.query<{ since: string | null }>("SELECT to_char(min(xact_start) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS since FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()");
    const since = rows[0]?.since ?? null;
    throw new Error(`the slot ${name} could not be made in time: it waits for all transactions that are open on the server${since === null ? "" : `, of which the oldest has been open since ${since} UTC`}`, { cause });
  }
}

async function requireLogicalLog(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ wal_level: string }>("SHOW wal_level");
  if (rows[0]?.wal_level !== "logical") throw new Error(`the server writes no logical log: set wal_level = logical (it is ${rows[0]?.wal_level ?? "unknown"}) and restart it`);
}

async function knowOldValues(client: pg.Client, table: string): Promise<void> {
  const { rows } = await client.query<{ full: boolean }>("SELECT relreplident = 'f' AS full FROM pg_class WHERE oid = $1::regclass", [table]);
  if (rows[0]?.full !== true) await client.query(`ALTER TABLE ${table} REPLICA IDENTITY FULL`);
}

/** A publication that is right already is left alone: changing it makes everybody who writes to its tables wait. */
async function publish(client: pg.Client, name: string, tables: readonly string[], operations: PostgresChangesConfig["operations"]): Promise<void> {
  const quoted = client.escapeIdentifier(name);
  const { rows } = await client.query<{ exists: boolean; same: boolean }>(
    `SELECT p.oid IS NOT NULL AS exists,
       (SELECT array_agg(w.oid ORDER BY w.oid) FROM (SELECT DISTINCT t::regclass::oid AS oid FROM unnest($2::text[]) t) w) IS NOT DISTINCT FROM (SELECT array_agg(r.prrelid ORDER BY r.prrelid) FROM pg_publication_rel r WHERE r.prpubid = p.oid)
       AND p.pubinsert = ('insert' = ANY($3::text[])) AND p.pubupdate = ('update' = ANY($3::text[])) AND p.pubdelete = ('delete' = ANY($3::text[])) AND p.pubtruncate = ('truncate' = ANY($3::text[])) AS same
     FROM (SELECT 1) one LEFT JOIN pg_publication p ON p.pubname = $1`,
    [name, tables, operations],
  );
  const list = [...new Set(tables)].join(", ");
  const how = `publish = '${operations.join(", ")}'`;
  if (rows[0]?.exists !== true) await client.query(`CREATE PUBLICATION ${quoted} FOR TABLE ${list} WITH (${how})`);
  else if (!rows[0].same) {
    await client.query(`ALTER PUBLICATION ${quoted} SET TABLE ${list}`);
    await client.query(`ALTER PUBLICATION ${quoted} SET (${how})`);
  }
}

interface Slot {
  activePid: number | null;
  isLost: boolean;
  database: string;
  /** Names of slots are the whole server's. */
  isElsewhere: boolean;
}

async function findSlot(client: pg.Client, name: string): Promise<Slot | null> {
  const { rows } = await client.query<Slot>(
    `SELECT active_pid AS "activePid", coalesce(wal_status = 'lost', false) AS "isLost", database, database <> current_database() AS "isElsewhere" FROM pg_replication_slots WHERE slot_name = $1`,
    [name],
  );
  return rows[0] ?? null;
}

/** Whoever reads the slot still has lost the trigger: exactly one process holds its lease. */
async function free(client: pg.Client, name: string): Promise<void> {
  for (const deadline = performance.now() + FREE_MS; ; await new Promise((resolve) => setTimeout(resolve, LOOK_MS))) {
    const slot = await findSlot(client, name);
    if (slot === null || slot.activePid === null) return;
    if (performance.now() > deadline) throw new Error(`the slot ${name} is being read by another connection (process ${slot.activePid} of the server)`);
    await client.query("SELECT pg_terminate_backend($1)", [slot.activePid]);
  }
}

/** May be repeated. */
export async function dropSlot(client: pg.Client, name: string): Promise<void> {
  if ((await findSlot(client, name))?.isElsewhere === false) {
    await free(client, name);
    await client.query("SELECT pg_drop_replication_slot($1)", [name]);
  }
  await client.query(`DROP PUBLICATION IF EXISTS ${client.escapeIdentifier(name)}`);
}

/** How much of the server's log is not acknowledged yet; null: there is no slot. */
export async function readLag(client: pg.Client, name: string): Promise<number | null> {
  const { rows } = await client.query<{ bytes: string }>("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)::bigint AS bytes FROM pg_replication_slots WHERE slot_name = $1", [name]);
  return rows[0] === undefined ? null : Number(rows[0].bytes ?? 0);
}

function quotedTable(table: string): string {
  const at = table.indexOf(".");
  const [schema, name] = at < 0 ? ["public", table] : [table.slice(0, at), table.slice(at + 1)];
  return `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`;
}
