import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import type { Measured } from "@/bench/competitors/load.mjs";

const FOLDER = import.meta.dirname;
const TIME_LIMIT_MS = 5 * 60_000;

/** Runs an engine of `competitors/` in a process of its own, as it would run in production. */
export async function measureCompetitor(name: "dbos" | "restate", variables: Record<string, string | number>): Promise<Measured> {
  const environment = { ...process.env, ...Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, String(value)])) };
  const program = path.join(FOLDER, "competitors", `${name}.mjs`);
  const { stdout } = await promisify(execFile)(process.execPath, [program], { cwd: FOLDER, env: environment, timeout: TIME_LIMIT_MS, killSignal: "SIGKILL" });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Measured;
}

/** Installs the other engines at the first use: they are no dependencies of the product. */
export async function installCompetitors(say: (text: string) => void): Promise<void> {
  if (fs.existsSync(path.join(FOLDER, "node_modules", "@dbos-inc")) && fs.existsSync(path.join(FOLDER, "node_modules", "@restatedev"))) return;
  say("installing the engines to compare with (bench/package.json)");
  await promisify(execFile)("npm", ["ci", "--no-audit", "--no-fund"], { cwd: FOLDER, timeout: TIME_LIMIT_MS });
}
