import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { EmbeddedPostgresError, type PostgresBinaries } from "@/server/postgres/binaries";
import { type ClusterFiles, newPassword, pickFreePort, readPostmaster, writeAccess } from "@/server/postgres/cluster-files";
import type { ServerAccount } from "@/server/postgres/server-account";

interface ServerContext {
  readonly files: ClusterFiles;
  readonly binaries: PostgresBinaries;
  readonly account: ServerAccount;
  readonly log: number;
}

const START_TIMEOUT_MS = 60_000;
const LAUNCH_ATTEMPTS = 20;
const POLL_MS = 10;
/** What a killed server's last processes make its successor say, until they are gone. */
const PREDECESSOR_LINGERS = /pre-existing shared memory block|lock file "postmaster.pid" already exists/;

/** Makes the cluster under a temporary name, so that a start killed here leaves nothing that looks finished. */
export async function initializeCluster(context: ServerContext): Promise<void> {
  const { files, account, binaries } = context;
  const password = newPassword();
  const passwordFile = `${files.access}.initdb`;
  fs.rmSync(files.unfinished, { recursive: true, force: true });
  fs.mkdirSync(files.unfinished, { mode: 0o700 });
  fs.writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account.uid !== undefined && account.gid !== undefined) {
    fs.chownSync(files.unfinished, account.uid, account.gid);
    fs.chownSync(passwordFile, account.uid, account.gid);
  }
  try {
    const command = [binaries.initdb, "-D", files.unfinished, "-U", "postgres", `--pwfile=${passwordFile}`];
    const settings = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-instructions"];
    const logStart = logSize(files);
    const code = await exitCode(spawnProgram(context, [...command, ...settings]));
    if (code !== 0) throw new EmbeddedPostgresError(`initdb failed:\n${logSince(files, logStart)}`);
    writeAccess(files, { port: await pickFreePort(), password });
    fs.renameSync(files.unfinished, files.cluster);
  } finally {
    fs.rmSync(passwordFile, { force: true });
  }
}

/** Resolves when the server accepts connections. */
export async function launchServer(context: ServerContext, settings: readonly string[]): Promise<void> {
  const { files, binaries } = context;
  const command = [binaries.postgres, "-D", files.cluster, ...settings.flatMap((setting) => ["-c", setting])];
  for (let attempt = 1; ; attempt += 1) {
    const logStart = logSize(files);
    if (await becomesReady(spawnProgram(context, command), files)) return;
    const reason = logSince(files, logStart);
    if (attempt === LAUNCH_ATTEMPTS || !PREDECESSOR_LINGERS.test(reason)) {
      throw new EmbeddedPostgresError(`PostgreSQL did not start:\n${reason}`);
    }
    await delay(POLL_MS * 10);
  }
}

async function becomesReady(server: ChildProcess, files: ClusterFiles): Promise<boolean> {
  let ended = false;
  const end = exitCode(server).finally(() => {
    ended = true;
  });
  server.unref();
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const postmaster = readPostmaster(files);
    if (postmaster?.ready && !ended) return true;
    if (ended) {
      await end;
      return false;
    }
    if (performance.now() > deadline) throw new EmbeddedPostgresError(`PostgreSQL is not ready. See ${files.log}.`);
    await delay(POLL_MS);
  }
}

/** Runs in a process group of its own: Ctrl-C in the terminal must not reach the database before its clients are done. */
function spawnProgram({ account, log }: ServerContext, command: readonly string[]): ChildProcess {
  const [program = "", ...parameters] = [...account.prefix, ...command];
  const identity = account.prefix.length === 0 ? { uid: account.uid, gid: account.gid } : {};
  const env = { ...process.env, LC_ALL: "C" };
  return spawn(program, parameters, { ...identity, cwd: "/", env, stdio: ["ignore", log, log], detached: true });
}

function exitCode(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

function logSize(files: ClusterFiles): number {
  return fs.statSync(files.log).size;
}

function logSince(files: ClusterFiles, start: number): string {
  return fs.readFileSync(files.log).subarray(start).toString("utf8").trim();
}
