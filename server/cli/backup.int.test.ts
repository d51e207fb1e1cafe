import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { backUp } from "./backup";
import { restore, RestoreError } from "./restore";

const ORGANIZATION = "00000000-0000-7000-8000-000000000001";
const WORKSPACE = "00000000-0000-7000-8000-000000000002";
const WORKFLOW = "00000000-0000-7000-8000-000000000003";
const VERSION = "00000000-0000-7000-8000-000000000004";
const BLOB = "00000000-0000-7000-8000-000000000005";
const BLOB_FILE = path.join(WORKSPACE, "05", BLOB);
const ODD_TEXT = 'tab\t newline\n backslash \\ quote " \\. ünïcödé 🚀';

let source: TestDatabase;
let folder: string;
let file: string;
let blobFolder: string;

beforeAll(async () => {
  source = await createTestDatabase();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "millrace-backup-"));
  file = path.join(folder, "backup.tar.gz");
  blobFolder = path.join(folder, "blobs");
  fs.mkdirSync(path.join(blobFolder, path.dirname(BLOB_FILE)), { recursive: true });
  fs.writeFileSync(path.join(blobFolder, BLOB_FILE), Buffer.from([0, 1, 2, 255]));
  // What a killed worker has left, in this release and before.
  fs.mkdirSync(path.join(blobFolder, "unfinished"));
  fs.writeFileSync(path.join(blobFolder, "unfinished", BLOB), "half");
  fs.writeFileSync(path.join(blobFolder, `${BLOB_FILE}.${BLOB}.tmp`), "half");
  await fill(source);
  await backUp({ url: source.url, file, blobFolder });
});
afterAll(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

async function fill(database: TestDatabase): Promise<void> {
  await database.query("insert into organization (id, name, slug) values ($1, $2, 'acme')", [ORGANIZATION, ODD_TEXT]);
  await database.query("insert into workspace (id, organization_id, name, slug) values ($1, $2, 'Main', 'main')", [WORKSPACE, ORGANIZATION]);
  await database.query("insert into workflow (id, workspace_id, name, slug, draft) values ($1, $2, $3, 'flow', $4)", [
    WORKFLOW, WORKSPACE, ODD_TEXT, '{"b": 1, "a": [1.0, "\\u00e9"]}',
  ]);
  await database.query(
    "insert into workflow_version (id, workspace_id, workflow_id, number, listed, definition, hash) values ($1, $2, $3, 1, true, '{}', repeat('a', 64))",
    [VERSION, WORKSPACE, WORKFLOW],
  );
  // The two tables point at each other: no order of loading suits both foreign keys.
  await database.query("update workflow set published_version_id = $1 where id = $2", [VERSION, WORKFLOW]);
  await database.query("insert into blob (id, workspace_id, state, size) values ($1, $2, 'ready', 3)", [BLOB, WORKSPACE]);
  await database.query("insert into blob_chunk (blob_id, index, workspace_id, data) values ($1, 0, $2, $3)", [BLOB, WORKSPACE, Buffer.from([0, 92, 255])]);
  await database.query(
    "insert into run_log (run_id, workspace_id, path, attempt, level, message, at) select $1, $2, '', 1, 'info', 'line ' || n || repeat('x', 2000), now() from generate_series(1, 6000) n",
    [WORKFLOW, WORKSPACE],
  );
}

async function contentOf(database: TestDatabase): Promise<Record<string, string[]>> {
  const tables = ["organization", "workspace", "workflow", "workflow_version", "blob", "blob_chunk", "run_log"];
  const content: Record<string, string[]> = {};
  for (const table of tables) {
    content[table] = (await database.query<{ row: string }>(`select t::text as row from ${table} t order by 1`)).map(({ row }) => row);
  }
  return content;
}

describe("backup and restore", () => {
  it("gives an empty database the same rows, keys, sequences and files", async () => {
    const target = await createTestDatabase({ migrated: false });
    const targetBlobs = path.join(folder, "restored");
    await restore({ url: target.url, file, blobFolder: targetBlobs });
    expect(await contentOf(target)).toEqual(await contentOf(source));
    expect(fs.readFileSync(path.join(targetBlobs, BLOB_FILE))).toEqual(Buffer.from([0, 1, 2, 255]));
    expect(fs.readdirSync(targetBlobs)).toEqual([WORKSPACE]);
    expect(fs.readdirSync(path.dirname(path.join(targetBlobs, BLOB_FILE)))).toEqual([BLOB]);
    await target.query("insert into run_log (run_id, workspace_id, path, attempt, level, message, at) values ($1, $2, '', 1, 'info', 'next', now())", [WORKFLOW, WORKSPACE]);
    await expect(target.query("delete from organization")).rejects.toThrow(/foreign key/);
    await expect(target.query("update workflow_version set note = 'x'")).rejects.toThrow(/never changes/);
  });

  it("leaves a filled database alone unless forced", async () => {
    const target = await createTestDatabase();
    await target.query("insert into organization (id, name, slug) values ($1, 'Other', 'other')", [WORKSPACE]);
    await expect(restore({ url: target.url, file, blobFolder })).rejects.toThrow(/not empty \(organization\)/);
    expect(await target.query("select slug from organization")).toEqual([{ slug: "other" }]);
    await restore({ url: target.url, file, blobFolder, force: true });
    expect(await target.query("select slug from organization")).toEqual([{ slug: "acme" }]);
  });

  it("leaves what was there when loading fails, however late", async () => {
    const target = await createTestDatabase();
    await target.query("insert into organization (id, name, slug) values ($1, 'Other', 'other')", [WORKSPACE]);
    const noFolder = path.join(folder, "no-folder");
    fs.writeFileSync(noFolder, "");
    await expect(restore({ url: target.url, file, blobFolder: noFolder, force: true })).rejects.toThrow(/EEXIST|ENOTDIR/);
    expect(await target.query("select slug from organization")).toEqual([{ slug: "other" }]);
  });

  it("passes over a file that is removed meanwhile", async () => {
    const folderOfBlobs = path.join(folder, "vanishing");
    const gone = path.join(folderOfBlobs, BLOB_FILE);
    fs.mkdirSync(path.dirname(gone), { recursive: true });
    // A name that leads nowhere, as one that was there when the folder was read.
    fs.symlinkSync(path.join(folder, "nothing"), gone);
    const copy = path.join(folder, "copy.tar.gz");
    await backUp({ url: source.url, file: copy, blobFolder: folderOfBlobs });
    const target = await createTestDatabase({ migrated: false });
    await restore({ url: target.url, file: copy, blobFolder: path.join(folder, "none") });
    expect(fs.existsSync(path.join(folder, "none"))).toBe(false);
  });

  describe("with blobs in files", () => {
    let filled: TestDatabase;
    const ids = ["07", "08", "09"].map((end) => `00000000-0000-7000-8000-0000000000${end}`);
    const nameOf = (id: string) => path.join(WORKSPACE, id.slice(-2), id);
    const put = (into: string, id: string) => (fs.mkdirSync(path.dirname(path.join(into, nameOf(id))), { recursive: true }), fs.writeFileSync(path.join(into, nameOf(id)), id));
    beforeAll(async () => {
      filled = await createTestDatabase();
      await filled.query("insert into organization (id, name, slug) values ($1, 'A', 'acme')", [ORGANIZATION]);
      await filled.query("insert into workspace (id, organization_id, name, slug) values ($1, $2, 'Main', 'main')", [WORKSPACE, ORGANIZATION]);
      for (const id of ids) await filled.query("insert into blob (id, workspace_id, state, size, store) values ($1, $2, 'ready', 3, 'file')", [id, WORKSPACE]);
    });

    it("refuses the folder of another machine, and counts what is missing of the right one", async () => {
      const copy = path.join(folder, "files.tar.gz");
      const elsewhere = path.join(folder, "elsewhere");
      const told: [string, number][] = [];
      const onTable = (...one: [string, number]) => void told.push(one);
      await expect(backUp({ url: filled.url, file: copy, blobFolder: elsewhere, onTable })).rejects.toThrow(/counts on 3 blobs in files.* lacks 3.*--without-missing-blobs/);
      // Before anything was copied.
      expect([fs.existsSync(copy), told]).toEqual([false, []]);
      await backUp({ url: filled.url, file: copy, blobFolder: elsewhere, withoutMissing: true, onTable });
      expect(told.splice(0)).toContainEqual(["blobs whose file is missing", 3]);
      const here = path.join(folder, "here");
      for (const id of ids.slice(1)) put(here, id);
      await backUp({ url: filled.url, file: copy, blobFolder: here, onTable });
      expect(told).toContainEqual(["blobs whose file is missing", 1]);
    });

    it("replaces a database together with its files, and leaves those of others", async () => {
      const here = path.join(folder, "replaced");
      for (const id of [...ids, VERSION]) put(here, id);
      await filled.query("delete from blob where id <> $1", [ids[0]]);
      const copy = path.join(folder, "one.tar.gz");
      fs.mkdirSync(path.join(folder, "one"));
      put(path.join(folder, "one"), ids[0]!);
      await backUp({ url: filled.url, file: copy, blobFolder: path.join(folder, "one") });
      await filled.query("insert into blob (id, workspace_id, state, size, store) values ($1, $2, 'ready', 3, 'file')", [ids[1], WORKSPACE]);
      await restore({ url: filled.url, file: copy, blobFolder: here, force: true });
      expect([...ids, VERSION].map((id) => fs.existsSync(path.join(here, nameOf(id))))).toEqual([true, false, true, true]);
    });
  });

  it("does not pull the tables away from under a running installation", async () => {
    const target = await createTestDatabase();
    const client = new pg.Client({ connectionString: target.url, application_name: "millrace worker" });
    await client.connect();
    await expect(restore({ url: target.url, file, blobFolder, force: true })).rejects.toThrow(/running on this database \(millrace worker\)/);
    await client.end();
    await expect(restore({ url: target.url, file: `${file}.none`, blobFolder })).rejects.toBeInstanceOf(RestoreError);
  });

  it("refuses archives that are damaged, cut off, foreign or newer, before it touches anything", async () => {
    const target = await createTestDatabase();
    const whole = gunzipSync(fs.readFileSync(file));
    const newer = Buffer.from(whole.toString("latin1").replace("_foundation", "_fundament!"), "latin1");
    const cases: [Buffer, RegExp][] = [
      [fs.readFileSync(file).subarray(0, 4000), /damaged/],
      [gzipSync(whole.subarray(0, 512 * 8)), /damaged|ends in the middle/],
      [gzipSync(Buffer.alloc(1024)), /not a Millrace backup/],
      [Buffer.from("hello"), /damaged/],
      [gzipSync(newer), /newer release/],
    ];
    for (const [content, message] of cases) {
      const broken = path.join(folder, "broken");
      fs.writeFileSync(broken, content);
      await expect(restore({ url: target.url, file: broken, blobFolder, force: true })).rejects.toThrow(message);
      await expect(restore({ url: target.url, file: broken, blobFolder, force: true })).rejects.toBeInstanceOf(RestoreError);
    }
    expect(await target.query("select count(*)::int as tables from pg_tables where schemaname = 'public' and tablename = 'run'")).toEqual([{ tables: 1 }]);
  });
});
