import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import pg from "pg";
import { afterEach, describe, expect, it } from "vitest";
import { clusterFiles, isPostgresProcess, readPostmaster } from "@/server/postgres/cluster-files";
import { startEmbeddedPostgres } from "@/server/postgres/embedded";

const folders: string[] = [];

function newDataFolder(mode = 0o755): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "millrace-embedded-"));
  fs.chmodSync(folder, mode);
  folders.push(folder);
  return folder;
}

afterEach(() => {
  for (const folder of folders.splice(0)) {
    const postmaster = readPostmaster(clusterFiles(folder));
    if (postmaster && isPostgresProcess(postmaster.pid)) process.kill(postmaster.pid, "SIGQUIT");
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows.map((row) => Object.values(row)[0]);
  } finally {
    await client.end().catch(() => {});
  }
}

/** A process that starts the server of the folder, prints its URL, and then runs the given statement. */
function startInChild(dataFolder: string, afterwards: string) {
  const script = `
    import { startEmbeddedPostgres } from "@/server/postgres/embedded";
    const server = await startEmbeddedPostgres({ dataFolder: ${JSON.stringify(dataFolder)} });
    console.log(server.url);
    ${afterwards}`;
  const root = path.resolve(import.meta.dirname, "../..");
  return spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", script], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
}

describe("the embedded PostgreSQL", () => {
  it("keeps data and address between starts, with fsync on and a password", async () => {
    const dataFolder = newDataFolder();
    const first = await startEmbeddedPostgres({ dataFolder });
    await query(first.url, "create table kept as select 42 as answer");
    await first.stop();
    const second = await startEmbeddedPostgres({ dataFolder });
    expect(second.url).toBe(first.url);
    expect(await query(second.url, "select answer from kept")).toEqual([42]);
    expect(await query(second.url, "show fsync")).toEqual(["on"]);
    const stranger = second.url.replace(/:[^:@]+@/, ":wrong@");
    await expect(query(stranger, "select 1")).rejects.toThrow(/password/);
    await second.stop();
    expect(readPostmaster(clusterFiles(dataFolder))).toBeUndefined();
  });

  it("starts below a folder that only its owner may enter", async () => {
    const dataFolder = path.join(newDataFolder(0o700), "data");
    const server = await startEmbeddedPostgres({ dataFolder });
    expect(await query(server.url, "select 1")).toEqual([1]);
    await server.stop();
  });

  it("takes over the server that a killed parent left, with every committed row", async () => {
    const dataFolder = newDataFolder();
    const parent = startInChild(dataFolder, 'process.kill(process.pid, "SIGKILL");');
    await once(parent, "exit");
    const orphan = readPostmaster(clusterFiles(dataFolder));
    const server = await startEmbeddedPostgres({ dataFolder });
    expect(readPostmaster(clusterFiles(dataFolder))?.pid).toBe(orphan?.pid);
    expect(await query(server.url, "select 1")).toEqual([1]);
    await server.stop();
    expect(isPostgresProcess(orphan?.pid ?? 0)).toBe(false);
  });

  it("starts again after the server itself was killed, and tells that it was lost", async () => {
    const dataFolder = newDataFolder();
    const server = await startEmbeddedPostgres({ dataFolder });
    await query(server.url, "create table kept as select 42 as answer");
    const postmaster = readPostmaster(clusterFiles(dataFolder));
    process.kill(postmaster?.pid ?? 0, "SIGKILL");
    await server.lost;
    const successor = await startEmbeddedPostgres({ dataFolder });
    expect(successor.url).toBe(server.url);
    expect(await query(successor.url, "select answer from kept")).toEqual([42]);
    await successor.stop();
  });

  it("is shut down by the last of the processes that share it", async () => {
    const dataFolder = newDataFolder();
    const first = await startEmbeddedPostgres({ dataFolder });
    const second = await startEmbeddedPostgres({ dataFolder });
    await first.stop();
    expect(await query(second.url, "select 1")).toEqual([1]);
    await second.stop();
    expect(readPostmaster(clusterFiles(dataFolder))).toBeUndefined();
  });

  it("starts although the lock file names a process that is not PostgreSQL", async () => {
    const dataFolder = newDataFolder();
    const server = await startEmbeddedPostgres({ dataFolder });
    await server.stop();
    const files = clusterFiles(dataFolder);
    fs.writeFileSync(files.pid, [process.pid, files.cluster, 0, 5432, "", "127.0.0.1", "", "ready"].join("\n"));
    const again = await startEmbeddedPostgres({ dataFolder });
    expect(await query(again.url, "select 1")).toEqual([1]);
    await again.stop();
  });

  it("refuses a cluster of another major version in words that help", async () => {
    const dataFolder = newDataFolder();
    const server = await startEmbeddedPostgres({ dataFolder });
    await server.stop();
    fs.writeFileSync(clusterFiles(dataFolder).version, "15\n");
    await expect(startEmbeddedPostgres({ dataFolder })).rejects.toThrow(/written by PostgreSQL 15.*backup/);
  });

  it("is started once, whoever comes first on a new folder", async () => {
    const dataFolder = newDataFolder();
    const children = Array.from({ length: 3 }, () => startInChild(dataFolder, "await server.stop();"));
    const urls = await Promise.all(children.map(async (child) => {
      const [out] = (await once(child.stdout!, "data")) as [Buffer];
      await once(child, "exit");
      expect(child.exitCode).toBe(0);
      return out.toString().trim();
    }));
    expect(new Set(urls).size).toBe(1);
    expect(fs.readdirSync(dataFolder).sort()).toEqual(["postgres", "postgres.json", "postgres.log"]);
  });

  it("is there for who comes while the last one leaves", async () => {
    const dataFolder = newDataFolder();
    let holder = await startEmbeddedPostgres({ dataFolder });
    for (let round = 0; round < 8; round++) {
      const [next] = await Promise.all([startEmbeddedPostgres({ dataFolder }), holder.stop()]);
      expect(await query(next.url, "select 1")).toEqual([1]);
      holder = next;
    }
    await holder.stop();
  });

  it("keeps its log short: errors of clients are told by them", async () => {
    const dataFolder = newDataFolder();
    const server = await startEmbeddedPostgres({ dataFolder });
    await expect(query(server.url, "select 1 / 0")).rejects.toThrow();
    await server.stop();
    expect(fs.readFileSync(clusterFiles(dataFolder).log, "utf8")).not.toContain("division by zero");
  });
});
