import fs from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { once } from "node:events";
import { finished } from "node:stream/promises";
import { createGzip, type Gzip } from "node:zlib";
import type pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import type { BlobContent } from "@/server/blobs/contract";
import { LastingClient } from "@/server/db/kept-statements";
import { syncToDisk } from "@/server/supervisor/sync-to-disk";
import { type BackupEnd, type BackupManifest, BACKUP_FORMAT, END_NAME, FILE_PREFIX, LEFT_OUT_TABLES, MANIFEST_NAME, OBJECT_PREFIX, quoteName, TABLE_PREFIX } from "./backup-format";
import { whenInterrupted } from "./interrupts";
import { TAR_END, tarHeader, tarPadding } from "./tar";

const PART_BYTES = 8 * 1024 * 1024;

export interface BackupOptions {
  url: string;
  file: string;
  /** Folder of the file-system blob store. */
  blobFolder: string;
  /** Where blobs are that the database says are in S3. */
  objects?: BlobContent | undefined;
  /** Also when most of the blobs in files are not there. */
  withoutMissing?: boolean;
  onTable?: (name: string, rows: number) => void;
}

/** Writes a consistent copy of the database, as of one moment, while it stays in use. */
export async function backUp(options: BackupOptions): Promise<BackupManifest> {
  const { url, file, blobFolder, onTable } = options;
  const client = new LastingClient({ connectionString: url, application_name: "millrace backup" });
  client.on("error", () => {});
  await client.connect();
  const partial = `${file}.partial`;
  const isGone = whenInterrupted(() => fs.rmSync(partial, { force: true }));
  try {
    await refuseForeignFolder(client, await missingFiles(client, blobFolder), options);
    await client.query("begin transaction isolation level repeatable read read only");
    const manifest = await describe(client);
    const archive = new ArchiveWriter(partial);
    await archive.add(MANIFEST_NAME, Buffer.from(JSON.stringify(manifest, null, 2)));
    const end: BackupEnd = { rows: {}, files: 0, objects: 0 };
    for (const table of manifest.tables) {
      end.rows[table.name] = await copyTable(client, archive, table);
      onTable?.(table.name, end.rows[table.name]!);
    }
    const lost = await missingFiles(client, blobFolder);
    end.files = await copyFiles(archive, blobFolder, lost.missing);
    end.objects = await copyObjects(client, archive, options);
    await client.query("commit");
    const count = await refuseForeignFolder(client, lost, options);
    if (count > 0) onTable?.("blobs whose file is missing", count);
    await archive.add(END_NAME, Buffer.from(JSON.stringify(end, null, 2)));
    await archive.close();
    keepFile(partial, file);
    return manifest;
  } finally {
    await client.end().catch(() => {});
    fs.rmSync(partial, { force: true });
    isGone();
  }
}

async function describe(client: pg.Client): Promise<BackupManifest> {
  const rowsOf = async <Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []) => (await client.query<Row>(sql, values)).rows;
  const tables = await rowsOf<{ name: string; columns: string[] }>(
    `select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> all($1)
     group by c.relname order by c.relname`,
    [LEFT_OUT_TABLES],
  );
  const sequences = await rowsOf<{ name: string; value: string }>(
    "select sequencename as name, coalesce(last_value, 0)::text as value from pg_sequences where schemaname = current_schema()",
  );
  const migrations = await rowsOf<{ name: string; checksum: string }>(
    "select migration_name as name, checksum from _prisma_migrations where finished_at is not null and rolled_back_at is null order by migration_name",
  );
  const [server] = await rowsOf<{ version: string }>("select current_setting('server_version') as version");
  const keys = await rowsOf<{ id: string }>("select distinct master_key_id as id from data_key");
  return {
    format: BACKUP_FORMAT,
    createdAt: new Date().toISOString(),
    postgres: server?.version ?? "",
    migrations,
    tables,
    sequences: Object.fromEntries(sequences.map(({ name, value }) => [name, value])),
    masterKeys: keys.map(({ id }) => id),
  };
}

async function copyTable(client: pg.Client, archive: ArchiveWriter, table: BackupManifest["tables"][number]): Promise<number> {
  const columns = table.columns.map(quoteName).join(", ");
  const rows = client.query(copyTo(`copy (select ${columns} from ${quoteName(table.name)}) to stdout`));
  let part = 0;
  let held: Buffer[] = [];
  let heldBytes = 0;
  const write = async () => {
    part += 1;
    await archive.add(`${TABLE_PREFIX}${table.name}/${String(part).padStart(6, "0")}`, Buffer.concat(held));
    held = [];
    heldBytes = 0;
  };
  for await (const chunk of rows as AsyncIterable<Buffer>) {
    held.push(chunk);
    heldBytes += chunk.length;
    if (heldBytes >= PART_BYTES) await write();
  }
  if (heldBytes > 0) await write();
  return rows.rowCount;
}

/** What was told as written is there after a power cut too. */
function keepFile(partial: string, file: string): void {
  syncToDisk(partial);
  fs.renameSync(partial, file);
  syncToDisk(path.dirname(path.resolve(file)));
}

/** Where a blob's file lies below the folder; uploads under way are elsewhere in it. */
const BLOB_FILE = /^[0-9a-f-]{36}\/[0-9a-f]{2}\/[0-9a-f-]{36}$/;

function blobFiles(folder: string): string[] {
  const names = fs.existsSync(folder) ? fs.readdirSync(folder, { recursive: true, encoding: "utf8" }) : [];
  return names.map((name) => name.replaceAll(path.sep, "/")).filter((name) => BLOB_FILE.test(name));
}

/** The blobs that should be in the folder and are not. */
interface Missing {
  expected: number;
  missing: Set<string>;
}

async function missingFiles(client: pg.Client, folder: string): Promise<Missing> {
  const { rows } = await client.query<{ id: string }>("select id from blob where store = 'file' and state = 'ready' order by id");
  const missing = new Set(rows.map(({ id }) => id));
  for (const name of blobFiles(folder)) {
    if (missing.size === 0) break;
    if (fs.existsSync(path.join(folder, name))) missing.delete(path.posix.basename(name));
  }
  return { expected: rows.length, missing };
}

/** Retention goes on while a backup is made: what is gone by now is passed over. */
async function copyFiles(archive: ArchiveWriter, folder: string, missing: Set<string>): Promise<number> {
  let files = 0;
  for (const name of blobFiles(folder)) {
    const id = path.posix.basename(name);
    if (await archive.addFile(FILE_PREFIX + name, path.join(folder, name))) {
      files += 1;
      missing.delete(id);
    } else missing.add(id);
  }
  return files;
}

/**
 * A folder that lacks most blobs is that of another machine: told before hours of copying, and looked at again afterwards. The backup
 * shows one moment; what was given up since is no loss. Answers how many are lost.
 */
async function refuseForeignFolder(client: pg.Client, { expected, missing }: Missing, { blobFolder, withoutMissing = false }: BackupOptions): Promise<number> {
  if (missing.size === 0) return 0;
  const { rows } = await client.query<{ count: number }>("select count(*)::int as count from blob where id = any ($1::uuid[]) and state = 'ready' and store = 'file'", [[...missing]]);
  const lost = rows[0]?.count ?? 0;
  if (lost * 2 > expected && !withoutMissing) {
    throw new Error(`The database counts on ${expected} blobs in files, of which ${blobFolder} lacks ${lost}: make the backup where they are, or set MILLRACE_DATA_DIR. Where they are lost for good, --without-missing-blobs makes one of what there is.`);
  }
  return lost;
}

async function copyObjects(client: pg.Client, archive: ArchiveWriter, { objects, onTable }: BackupOptions): Promise<number> {
  const { rows } = await client.query<{ blobId: string; workspaceId: string; size: string }>(
    `select id as "blobId", workspace_id as "workspaceId", size from blob where store = 's3' and state = 'ready' order by id`,
  );
  if (rows.length > 0 && objects === undefined) throw new Error(`${rows.length} blobs are in S3, but BLOB_S3_URL does not say where.`);
  let gone = 0;
  for (const { size, ...place } of rows) {
    const content = await opened(objects!.read(place));
    if (content === null) gone += 1;
    else await archive.addStream(`${OBJECT_PREFIX}${place.workspaceId}/${place.blobId}`, Number(size), content);
  }
  if (gone > 0) onTable?.("blobs that were removed meanwhile", gone);
  return rows.length - gone;
}

/** Null: it is not there any more. Retention goes on while a backup is made. */
async function opened(content: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array> | null> {
  const chunks = content[Symbol.asyncIterator]();
  const first = await chunks.next().catch((error: unknown) => {
    if ((error as Error).name === "NoSuchKey") return null;
    throw error;
  });
  if (first === null) return null;
  return (async function* () {
    for (let next = first; !next.done; next = await chunks.next()) yield next.value;
  })();
}

class ArchiveWriter {
  private readonly gzip: Gzip = createGzip({ level: 6 });
  private readonly file: fs.WriteStream;
  private readonly written: Promise<void>;
  private readonly started = new Date();

  constructor(name: string) {
    this.file = fs.createWriteStream(name, { mode: 0o600 });
    this.written = finished(this.gzip.pipe(this.file));
    this.written.catch((error: unknown) => this.gzip.destroy(error as Error));
  }

  async add(name: string, content: Buffer): Promise<void> {
    for (const part of [tarHeader(name, content.length, this.started), content, tarPadding(content.length)]) await this.write(part);
  }

  /** False: the file is not there any more. Once it is open, that it is removed changes nothing. */
  async addFile(name: string, location: string): Promise<boolean> {
    const file = await open(location).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return null;
      throw error;
    });
    if (file === null) return false;
    try {
      const { size } = await file.stat();
      await this.addStream(name, size, size === 0 ? [] : (file.createReadStream({ end: size - 1, autoClose: false }) as AsyncIterable<Buffer>));
    } finally {
      await file.close();
    }
    return true;
  }

  async addStream(name: string, size: number, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    await this.write(tarHeader(name, size, this.started));
    let written = 0;
    for await (const chunk of chunks) {
      written += chunk.length;
      await this.write(Buffer.from(chunk));
    }
    if (written !== size) throw new Error(`${name} has ${written} bytes instead of ${size}.`);
    await this.write(tarPadding(size));
  }

  async close(): Promise<void> {
    this.gzip.end(TAR_END);
    await this.written;
  }

  private async write(data: Buffer): Promise<void> {
    if (data.length === 0 || this.gzip.write(data)) return;
    // What fails at the file ends the gzip too, with the reason.
    await (this.gzip.destroyed ? this.written : once(this.gzip, "drain"));
  }
}
