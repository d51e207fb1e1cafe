import fs from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { EmbeddedPostgresError, findBinaries, type PostgresBinaries } from "@/server/postgres/binaries";
import {
  type ClusterAccess,
  type ClusterFiles,
  clusterFiles,
  isPortFree,
  isPostgresProcess,
  pickFreePort,
  readAccess,
  readPostmaster,
  writeAccess,
} from "@/server/postgres/cluster-files";
import { Keeper } from "@/server/postgres/keeper";
import { initializeCluster, launchServer } from "@/server/postgres/server-programs";
import { withStartLock } from "@/server/postgres/start-lock";
import { chooseServerAccount } from "@/server/postgres/server-account";

export interface EmbeddedPostgresOptions {
  /** Holds the cluster, its log, and the port and password of this installation. */
  readonly dataFolder: string;
  readonly database?: string;
  /** Settings of the server, such as `fsync=off` in tests. */
  readonly settings?: readonly string[];
}

export interface EmbeddedPostgres {
  readonly url: string;
  urlOf(database: string): string;
  /** Resolves when the server went away without being asked to. */
  readonly lost: Promise<void>;
  /** False if another process already is the supervisor of this data folder. */
  claimSupervision(): Promise<boolean>;
  /** Shuts the server down, unless another process is attached to it. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
const FAST_SHUTDOWN_MS = 20_000;
const POLL_MS = 10;
const LOG_LIMIT_BYTES = 20 * 1024 * 1024;
const SERVER_SETTINGS = [
  "listen_addresses=127.0.0.1",
  "unix_socket_directories=",
  "wal_level=logical",
  "max_connections=200",
  "timezone=UTC",
  "log_timezone=UTC",
  "jit=off",
  // The log has no end: refused keys and the like are told by whoever caused them.
  "log_min_messages=log",
  "log_checkpoints=off",
];

/** Starts the server of a data folder, or attaches to it if it already runs (left by a killed parent, or shared). */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const files = clusterFiles(options.dataFolder);
  fs.mkdirSync(files.root, { recursive: true, mode: 0o755 });
  const database = options.database ?? "millrace";
  const { urlOf, keeper } = await join(files, options.settings ?? [], database);
  return {
    url: urlOf(database),
    urlOf,
    lost: keeper.lost,
    claimSupervision: () => keeper.claimSupervision(),
    stop: () => keeper.leave(() => shutDown(files)),
  };
}

interface Joined {
  urlOf: (database: string) => string;
  keeper: Keeper;
}

/** Whoever left last may be shutting down the server that this process has just found: then it starts another one. */
async function join(files: ClusterFiles, settings: readonly string[], database: string): Promise<Joined> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const access = await withStartLock(files.starting, async () => (await attach(files)) ?? (await start(files, settings)));
    const urlOf = (name: string) => `postgresql://postgres:${access.password}@127.0.0.1:${access.port}/${encodeURIComponent(name)}`;
    try {
      const keeper = await Keeper.connect(urlOf("postgres"));
      await keeper.ensureDatabase(database);
      return { urlOf, keeper };
    } catch (error) {
      if (!isGoing(error) || performance.now() > deadline) throw error;
      await delay(POLL_MS * 5);
    }
  }
}

/** The connection ended, or was refused, because the server shuts down. */
function isGoing(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return code === "57P01" || code === "57P03" || code === "ECONNREFUSED" || code === "ECONNRESET" || message === "Connection terminated unexpectedly";
}

/** The access data of a server that already runs on this folder; waits while it is starting or shutting down. */
async function attach(files: ClusterFiles): Promise<ClusterAccess | undefined> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const postmaster = readPostmaster(files);
    if (!postmaster) return undefined;
    if (!isPostgresProcess(postmaster.pid)) {
      fs.rmSync(files.pid, { force: true });
      return undefined;
    }
    const access = readAccess(files);
    if (access && postmaster.ready && (await serves(files, { ...access, port: postmaster.port }))) {
      return { ...access, port: postmaster.port };
    }
    if (performance.now() > deadline) {
      throw new EmbeddedPostgresError(
        `PostgreSQL (process ${postmaster.pid}) holds ${files.cluster} but does not answer. See ${files.log}.`,
      );
    }
    await delay(POLL_MS * 5);
  }
}

async function serves(files: ClusterFiles, access: ClusterAccess): Promise<boolean> {
  const client = new pg.Client({ host: "127.0.0.1", user: "postgres", database: "postgres", ...access });
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>("show data_directory");
    return fs.realpathSync(rows[0]?.data_directory ?? "") === fs.realpathSync(files.cluster);
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

async function start(files: ClusterFiles, settings: readonly string[]): Promise<ClusterAccess> {
  const binaries = await findBinaries();
  refuseOtherMajorVersion(files, binaries);
  const account = chooseServerAccount(files.cluster, [binaries.postgres, binaries.initdb]);
  const log = openLog(files);
  try {
    if (!fs.existsSync(files.cluster)) await initializeCluster({ files, binaries, account, log });
    const remembered = readAccess(files);
    if (!remembered) throw new EmbeddedPostgresError(`${files.access} is missing; it holds the password of the database.`);
    const port = (await isPortFree(remembered.port)) ? remembered.port : await pickFreePort();
    const access = { ...remembered, port };
    writeAccess(files, access);
    await launchServer({ files, binaries, account, log }, [`port=${port}`, ...SERVER_SETTINGS, ...settings]);
    return access;
  } finally {
    fs.closeSync(log);
  }
}

function refuseOtherMajorVersion(files: ClusterFiles, binaries: PostgresBinaries): void {
  if (!fs.existsSync(files.cluster)) return;
  const existing = fs.readFileSync(files.version, "utf8").trim();
  if (existing === binaries.majorVersion) return;
  throw new EmbeddedPostgresError(
    `${files.cluster} was written by PostgreSQL ${existing}; this release runs PostgreSQL ${binaries.majorVersion}. ` +
      "Make a backup with the release that wrote it and restore it here.",
  );
}

function openLog(files: ClusterFiles): number {
  const size = fs.statSync(files.log, { throwIfNoEntry: false })?.size ?? 0;
  return fs.openSync(files.log, size > LOG_LIMIT_BYTES ? "w" : "a", 0o600);
}

/** Fast shutdown: open transactions are rolled back, a checkpoint is written. Immediate if that takes too long. */
async function shutDown(files: ClusterFiles): Promise<void> {
  const postmaster = readPostmaster(files);
  if (!postmaster || !isPostgresProcess(postmaster.pid)) return;
  process.kill(postmaster.pid, "SIGINT");
  const deadline = performance.now() + FAST_SHUTDOWN_MS;
  while (isPostgresProcess(postmaster.pid)) {
    if (performance.now() > deadline) {
      process.kill(postmaster.pid, "SIGQUIT");
      return;
    }
    await delay(POLL_MS);
  }
}
