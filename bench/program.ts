import { execFile } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import type { Measured } from "@/bench/competitors/load.mjs";
import type { Bench, Figure, Workload } from "@/bench/workload";
import { WORKER_FLAGS } from "@/server/supervisor/worker-flags";

const FOLDER = import.meta.dirname;
const TIME_LIMIT_MS = 15 * 60_000;
const start = promisify(execFile);

type Variables = Record<string, string | number>;

/** Runs a program in a process of its own, as an engine runs in production, all with the flags that workers of Millrace have; it prints its result as a line of JSON. */
async function run(command: string[], folder: string, variables: Variables): Promise<unknown> {
  const environment = { ...process.env, ...Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, String(value)])) };
  const { stdout } = await start(process.execPath, [...WORKER_FLAGS, ...command], { cwd: folder, env: environment, timeout: TIME_LIMIT_MS, killSignal: "SIGKILL" });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}

/** What a worker process needs to know, without the installation it would belong to. */
function workerEnvironment(url: string): Variables {
  const key = () => crypto.randomBytes(32).toString("base64url");
  return { NODE_ENV: "production", DATABASE_URL: url, MILLRACE_MASTER_KEY: key(), NEXTAUTH_SECRET: key(), CRON_SECRET: key() };
}

/** Runs a program of `millrace/` on a migrated database of its own. */
export async function runMillrace(server: Bench["server"], name: string, variables: Variables): Promise<unknown> {
  const url = await server.newDatabase();
  try {
    const command = ["--import", "tsx", "--expose-gc", path.join(FOLDER, "millrace", `${name}.ts`)];
    return await run(command, path.dirname(FOLDER), { ...workerEnvironment(url), ...variables });
  } finally {
    await server.dropDatabase(url);
  }
}

/** A workload that one program measures, giving finished figures. */
export function millraceWorkload(name: string, title: string): Workload {
  return { name, title, measure: async ({ server, rounds }) => (await runMillrace(server, name, { BENCH_ROUNDS: rounds })) as Figure[] };
}

/** Runs an engine of `competitors/`. */
export async function runCompetitor(name: "dbos" | "restate" | "graphile-worker" | "pg-boss", variables: Variables): Promise<Measured> {
  const folder = path.join(FOLDER, "competitors");
  return (await run([path.join(folder, `${name}.mjs`)], folder, variables)) as Measured;
}

/** Installs the other engines at the first use: they are no dependencies of the product. */
export async function installCompetitors(say: (text: string) => void): Promise<void> {
  const folder = path.join(FOLDER, "competitors");
  if (["@dbos-inc", "@restatedev", "graphile-worker", "pg-boss"].every((name) => fs.existsSync(path.join(folder, "node_modules", name)))) return;
  say("installing the engines to compare with (bench/competitors/package.json)");
  await start("npm", ["ci", "--no-audit", "--no-fund"], { cwd: folder, timeout: TIME_LIMIT_MS });
}
