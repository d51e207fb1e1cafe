import fs from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { BlobContent, BlobPlace } from "@/server/blobs/contract";
import { LastingClient } from "@/server/db/kept-statements";
import { migrate, migrateWithin, type Migration, readMigrations } from "@/server/postgres/migrate";
import { type BackupEnd, type BackupManifest, END_NAME, endSchema, FILE_PREFIX, LEFT_OUT_TABLES, MANIFEST_NAME, manifestSchema, OBJECT_PREFIX, quoteName, TABLE_PREFIX } from "./backup-format";
import { whenInterrupted } from "./interrupts";
import { ArchiveError, readTar, type TarEntry } from "./tar";

export interface RestoreOptions {
  url: string;
  file: string;
  blobFolder: string;
  /** Where blobs go that were in S3. */
  objects?: BlobContent | undefined;
  /** Replaces what the database holds. */
  force?: boolean;
  onTable?: (name: string, rows: number) => void;
}

export class RestoreError extends Error {
  override name = "RestoreError";
}

/** Checks the whole archive first, so that a damaged one changes nothing; what was there goes in the one transaction that loads it. */
export async function restore(options: RestoreOptions): Promise<BackupManifest> {
  const { manifest, end } = await checkArchive(options.file).catch((error: unknown) => {
    throw explain(options.file, error);
  });
  if (end.objects > 0 && options.objects === undefined) throw new RestoreError(`${options.file} holds ${end.objects} blobs for S3: set BLOB_S3_URL to say where they go.`);
  const migrations = sharedMigrations(manifest);
  await withClient(options.url, async (client) => {
    await refuseWhileInUse(client);
    await refuseFilled(client, options);
    const earlier = await blobFilesOf(client);
    await client.query("begin");
    await emptySchema(client);
    await migrateWithin(client, migrations);
    const written = await load(client, options, manifest, end);
    await client.query("commit");
    // No row leads to them any more: no sweep would ever find them.
    for (const name of earlier) if (!written.has(name)) fs.rmSync(path.join(options.blobFolder, name), { force: true });
  });
  await migrate(options.url);
  return manifest;
}

async function checkArchive(file: string): Promise<{ manifest: BackupManifest; end: BackupEnd }> {
  let manifest: BackupManifest | undefined;
  let end: BackupEnd | undefined;
  for await (const entry of entriesOf(file)) {
    if (manifest === undefined) {
      if (entry.name !== MANIFEST_NAME) throw new RestoreError(`${file} is not a Millrace backup.`);
      const parsed = manifestSchema.safeParse(JSON.parse((await readWhole(entry)).toString()));
      if (!parsed.success) throw new RestoreError(`${file} was written in a format that this release does not know.`);
      manifest = parsed.data;
    } else if (entry.name === END_NAME) {
      end = endSchema.parse(JSON.parse((await readWhole(entry)).toString()));
    }
  }
  if (manifest === undefined) throw new RestoreError(`${file} is not a Millrace backup.`);
  if (end === undefined) throw new RestoreError(`${file} is not complete: it was cut off.`);
  return { manifest, end };
}

async function* entriesOf(file: string): AsyncGenerator<TarEntry> {
  const gunzip = createGunzip();
  const source = fs.createReadStream(file);
  source.on("error", (error) => gunzip.destroy(error));
  try {
    yield* readTar(source.pipe(gunzip) as AsyncIterable<Buffer>);
  } finally {
    source.destroy();
  }
}

function explain(file: string, error: unknown): unknown {
  if ((error as NodeJS.ErrnoException).syscall === "open") return new RestoreError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  const ofZlib = (error as NodeJS.ErrnoException).code?.startsWith("Z_") === true;
  if (!ofZlib && !(error instanceof ArchiveError)) return error;
  return new RestoreError(`${file} is damaged or is no backup: ${(error as Error).message}`, { cause: error });
}

async function readWhole(entry: TarEntry): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of entry.content) parts.push(part);
  return Buffer.concat(parts);
}

/** The migrations that the backup's database had; this release must know them all. */
function sharedMigrations(manifest: BackupManifest): Migration[] {
  const known = new Map(readMigrations().map((migration) => [migration.name, migration]));
  return manifest.migrations.map(({ name, checksum }) => {
    const migration = known.get(name);
    if (migration === undefined) throw new RestoreError(`The backup was written by a newer release (migration ${name}). Restore it with that release or a later one.`);
    if (migration.checksum !== checksum) throw new RestoreError(`Migration ${name} of the backup differs from this release's.`);
    return migration;
  });
}

async function refuseFilled(client: pg.Client, { force = false }: RestoreOptions): Promise<void> {
  const filled: string[] = [];
  for (const table of await listTables(client)) {
    const { rows } = await client.query<{ some: boolean }>(`select exists (select from ${quoteName(table)}) as some`);
    if (rows[0]?.some === true && !LEFT_OUT_TABLES.includes(table)) filled.push(table);
  }
  if (filled.length > 0 && !force) {
    throw new RestoreError(`The database is not empty (${filled.slice(0, 5).join(", ")}${filled.length > 5 ? ", …" : ""}). --force replaces what it holds.`);
  }
}

/** Where the files are of what is to be replaced; other files in the folder may be those of another installation. */
async function blobFilesOf(client: pg.Client): Promise<string[]> {
  const { rows: [known] } = await client.query<{ table: string | null }>("select to_regclass('blob')::text as table");
  if (known?.table == null) return [];
  const { rows } = await client.query<{ name: string }>("select workspace_id || '/' || right(id::text, 2) || '/' || id as name from blob where store = 'file'");
  return rows.map(({ name }) => name);
}

async function emptySchema(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ schema: string }>("select current_schema() as schema");
  const schema = quoteName(rows[0]?.schema ?? "public");
  await client.query(`drop schema ${schema} cascade`);
  await client.query(`create schema ${schema}`);
}

/** A worker or page in the middle of its work would meet a schema that is not there. */
async function refuseWhileInUse(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select distinct application_name as name from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and application_name like 'millrace%'`,
  );
  if (rows.length > 0) throw new RestoreError(`Millrace is running on this database (${rows.map(({ name }) => name).join(", ")}). Stop it first.`);
}

async function listTables(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    "select relname as name from pg_class where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and not relispartition order by relname",
  );
  return rows.map(({ name }) => name);
}

async function load(client: pg.Client, options: RestoreOptions, manifest: BackupManifest, end: BackupEnd): Promise<ReadonlySet<string>> {
  const finish = await suspendRules(client);
  const files = new Set<string>();
  const found = new Map<string, number>();
  const entries = entriesOf(options.file)[Symbol.asyncIterator]();
  let entry = await entries.next();
  while (!entry.done) {
    const table = tableOf(entry.value.name);
    if (table !== null) {
      const columns = manifest.tables.find(({ name }) => name === table)?.columns;
      if (columns === undefined) throw new RestoreError(`The backup holds rows of a table it does not describe: ${table}.`);
      const target = client.query(copyFrom(`copy ${quoteName(table)} (${columns.map(quoteName).join(", ")}) from stdin`));
      const parts = partsOf(table, entry.value, entries);
      await pipeline(Readable.from(parts.content), target);
      found.set(table, target.rowCount);
      options.onTable?.(table, target.rowCount);
      entry = parts.next();
      continue;
    }
    if (entry.value.name.startsWith(FILE_PREFIX)) files.add(await writeBlobFile(options.blobFolder, entry.value));
    if (entry.value.name.startsWith(OBJECT_PREFIX)) await options.objects!.write(placeOf(entry.value.name), entry.value.content);
    entry = await entries.next();
  }
  for (const [table, rows] of Object.entries(end.rows)) {
    if ((found.get(table) ?? 0) !== rows) throw new RestoreError(`Table ${table}: ${rows} rows expected, ${found.get(table) ?? 0} found.`);
  }
  if (files.size !== end.files) throw new RestoreError(`${end.files} files of blobs expected, ${files.size} found.`);
  for (const [sequence, value] of Object.entries(manifest.sequences)) {
    await client.query("select setval($1::regclass, greatest($2::bigint, 1), $2::bigint > 0)", [quoteName(sequence), value]);
  }
  await finish();
  return files;
}

function tableOf(name: string): string | null {
  return name.startsWith(TABLE_PREFIX) ? (name.slice(TABLE_PREFIX.length).split("/")[0] ?? null) : null;
}

/** The rows of a table, over all its parts; `next` is the first entry that is none of them. */
function partsOf(table: string, first: TarEntry, entries: AsyncIterator<TarEntry>) {
  let following: IteratorResult<TarEntry> = { done: false, value: first };
  async function* content(): AsyncGenerator<Buffer> {
    while (!following.done && tableOf(following.value.name) === table) {
      yield* following.value.content;
      following = await entries.next();
    }
  }
  return { content: content(), next: () => following };
}

/** Takes away foreign keys and triggers, which would object to the order of loading; gives back what restores them. */
async function suspendRules(client: pg.Client): Promise<() => Promise<void>> {
  const tables = (await listTables(client)).filter((table) => !LEFT_OUT_TABLES.includes(table)).map(quoteName);
  await client.query(`truncate ${tables.join(", ")}`);
  const { rows: keys } = await client.query<{ table: string; name: string; definition: string }>(
    `select conrelid::regclass::text as table, conname as name, pg_get_constraintdef(oid) as definition
     from pg_constraint where contype = 'f' and connamespace = current_schema()::regnamespace and conparentid = 0`,
  );
  for (const { table, name } of keys) await client.query(`alter table ${table} drop constraint ${quoteName(name)}`);
  for (const table of tables) await client.query(`alter table ${table} disable trigger user`);
  // COPY refuses tables whose policies hold for the owner.
  const { rows: forced } = await client.query<{ table: string }>(
    "select oid::regclass::text as table from pg_class where relnamespace = current_schema()::regnamespace and relforcerowsecurity",
  );
  for (const { table } of forced) await client.query(`alter table ${table} no force row level security`);
  return async () => {
    for (const { table, name, definition } of keys) await client.query(`alter table ${table} add constraint ${quoteName(name)} ${definition}`);
    for (const table of tables) await client.query(`alter table ${table} enable trigger user`);
    for (const { table } of forced) await client.query(`alter table ${table} force row level security`);
  };
}

function placeOf(name: string): BlobPlace {
  const [workspaceId = "", blobId = ""] = name.slice(OBJECT_PREFIX.length).split("/");
  return { workspaceId, blobId };
}

/** Answers its name below the folder. */
async function writeBlobFile(folder: string, entry: TarEntry): Promise<string> {
  const name = entry.name.slice(FILE_PREFIX.length);
  const target = path.resolve(folder, name);
  if (!target.startsWith(path.resolve(folder) + path.sep)) throw new RestoreError(`The backup names a file outside of the blob folder: ${entry.name}.`);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  // The one that is there stays until the other is whole.
  const unfinished = `${target}.restored`;
  const isWhole = whenInterrupted(() => fs.rmSync(unfinished, { force: true }));
  await pipeline(Readable.from(entry.content), fs.createWriteStream(unfinished, { mode: 0o600 }));
  fs.renameSync(unfinished, target);
  isWhole();
  return name;
}

async function withClient<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new LastingClient({ connectionString: url, application_name: "millrace restore" });
  client.on("error", () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}
