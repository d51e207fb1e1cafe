import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import pg from "pg";

/** The lock of Prisma Migrate, so that the runner and the CLI never work at the same time. */
const MIGRATION_LOCK = 72_707_369;
const OLDEST_SERVER = 150_000;

/** Same table as the Prisma CLI's, which can therefore take over at any time. */
const LEDGER = `create table if not exists "_prisma_migrations" (
  id varchar(36) primary key not null, checksum varchar(64) not null, finished_at timestamptz,
  migration_name varchar(255) not null, logs text, rolled_back_at timestamptz,
  started_at timestamptz not null default now(), applied_steps_count integer not null default 0)`;

export class MigrationError extends Error {
  override name = "MigrationError";
}

export interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

interface LedgerRow {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished_at: Date | null;
}

export const migrationsFolder = path.resolve(import.meta.dirname, "../../prisma/migrations");

export function readMigrations(folder = migrationsFolder): Migration[] {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder)
    .filter((name) => fs.existsSync(path.join(folder, name, "migration.sql")))
    .sort()
    .map((name) => {
      const sql = fs.readFileSync(path.join(folder, name, "migration.sql"), "utf8");
      return { name, sql, checksum: crypto.createHash("sha256").update(sql).digest("hex") };
    });
}

/**
 * Brings a database to the schema of this release and returns the names of what was applied. Each migration is one
 * transaction together with its ledger row. Any number of processes may call it at the same time.
 */
export async function migrate(url: string, migrations: readonly Migration[] = readMigrations()): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, application_name: "millrace migrate" });
  client.on("error", () => {});
  await client.connect();
  try {
    await refuseOldServer(client);
    await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
    await client.query(LEDGER);
    const pending = pendingMigrations(migrations, await readLedger(client));
    for (const migration of pending) await apply(client, migration);
    return pending.map((migration) => migration.name);
  } finally {
    await client.end();
  }
}

async function refuseOldServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ number: string }>("select current_setting('server_version_num') as number");
  const found = Number(rows[0]?.number);
  if (found >= OLDEST_SERVER) return;
  const [needed, has] = [OLDEST_SERVER, found].map((version) => Math.floor(version / 10_000));
  throw new MigrationError(`Millrace needs PostgreSQL ${needed} or newer; this server is PostgreSQL ${has}.`);
}

async function readLedger(client: pg.Client): Promise<LedgerRow[]> {
  const { rows } = await client.query<LedgerRow>(
    'select migration_name, checksum, finished_at from "_prisma_migrations" where rolled_back_at is null',
  );
  return rows;
}

/** What is still to apply; throws where the database and this release have no common history. */
export function pendingMigrations(migrations: readonly Migration[], ledger: readonly LedgerRow[]): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const row of ledger) {
    const migration = known.get(row.migration_name);
    if (!migration) {
      throw new MigrationError(
        `The database has migration ${row.migration_name}, which this release does not know: a newer release wrote it. ` +
          "Start that release or a later one.",
      );
    }
    if (!row.finished_at) {
      throw new MigrationError(
        `Migration ${row.migration_name} began earlier and did not finish. ` +
          "Repair the database, then mark it with `npx prisma migrate resolve`.",
      );
    }
    if (row.checksum !== migration.checksum) {
      throw new MigrationError(
        `Migration ${row.migration_name} was edited after it had been applied to this database. ` +
          "Restore the file and put the change into a new migration.",
      );
    }
  }
  const applied = new Set(ledger.map((row) => row.migration_name));
  return migrations.filter((migration) => !applied.has(migration.name));
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  await client.query("begin");
  try {
    await applyWithin(client, migration);
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw error;
  }
}

async function applyWithin(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  try {
    await client.query(sql);
    await client.query(
      `insert into "_prisma_migrations" (id, checksum, migration_name, finished_at, applied_steps_count)
       values ($1, $2, $3, now(), 1)`,
      [crypto.randomUUID(), checksum, name],
    );
  } catch (cause) {
    throw new MigrationError(`Migration ${name} failed: ${(cause as Error).message}`, { cause });
  }
}

/** In the caller's transaction, for an empty schema: what comes after them in it succeeds or fails together with them. */
export async function migrateWithin(client: pg.Client, migrations: readonly Migration[]): Promise<void> {
  await refuseOldServer(client);
  await client.query("select pg_advisory_xact_lock($1)", [MIGRATION_LOCK]);
  await client.query(LEDGER);
  for (const migration of migrations) await applyWithin(client, migration);
}
