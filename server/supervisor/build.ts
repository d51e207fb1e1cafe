import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { sourceStamp } from "@/server/supervisor/build-stamp";
import { StartError } from "@/server/supervisor/start-error";

const STAMP_FILE = ".next/millrace-build.json";
const SERVER_FILE = ".next/standalone/server.js";

export function isBuildCurrent(root: string): boolean {
  const stampFile = path.join(root, STAMP_FILE);
  if (!fs.existsSync(stampFile) || !fs.existsSync(path.join(root, SERVER_FILE))) return false;
  return stampIn(stampFile) === sourceStamp(root);
}

/** Null: a power cut has left half a file. */
function stampIn(file: string): string | null {
  try {
    return (JSON.parse(fs.readFileSync(file, "utf8")) as { stamp: string }).stamp;
  } catch {
    return null;
  }
}

/** The web process of the finished build. */
export function builtServer(root: string): string {
  return path.join(root, SERVER_FILE);
}

export async function build(root: string, signal?: AbortSignal): Promise<void> {
  const stamp = sourceStamp(root);
  fs.rmSync(path.join(root, STAMP_FILE), { force: true });
  await ensurePrismaClient(root, signal);
  await runNode(root, ["node_modules/next/dist/bin/next", "build"], signal);
  // The standalone server serves and reads these itself, but the build leaves them out.
  const standalone = path.join(root, ".next/standalone");
  fs.cpSync(path.join(root, ".next/static"), path.join(standalone, ".next/static"), { recursive: true });
  for (const folder of ["public", "examples"]) {
    if (fs.existsSync(path.join(root, folder))) fs.cpSync(path.join(root, folder), path.join(standalone, folder), { recursive: true });
  }
  fs.writeFileSync(path.join(root, STAMP_FILE), `${JSON.stringify({ stamp })}\n`);
}

/** `npm install` generates it, unless install scripts were switched off; a newer schema may have come since. */
export async function ensurePrismaClient(root: string, signal?: AbortSignal): Promise<void> {
  if (isPrismaClientCurrent(root)) return;
  await runNode(root, ["node_modules/prisma/build/index.js", "generate"], signal);
}

export function isPrismaClientCurrent(root: string): boolean {
  const client = path.join(root, "prisma/generated/client.ts");
  const folder = path.join(root, "prisma/schema");
  const changed = fs.readdirSync(folder).map((file) => fs.statSync(path.join(folder, file)).mtimeMs);
  return fs.existsSync(client) && Math.max(...changed) <= fs.statSync(client).mtimeMs;
}

function runNode(root: string, parameters: readonly string[], signal?: AbortSignal): Promise<void> {
  const env = { ...process.env, NODE_ENV: "production" as const, NEXT_TELEMETRY_DISABLED: "1", CHECKPOINT_DISABLE: "1" };
  const child = spawn(process.execPath, parameters, { cwd: root, env, stdio: ["ignore", "inherit", "inherit"], detached: true });
  const stop = () => killGroup(child);
  signal?.addEventListener("abort", stop, { once: true });
  return new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => {
      signal?.removeEventListener("abort", stop);
      if (code === 0) resolve();
      else reject(new StartError(`${parameters.join(" ")} ended with ${code ?? "a signal"}.`));
    });
  });
}

/** The build has worker processes of its own. */
function killGroup(child: ChildProcess): void {
  if (!child.pid) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    child.kill("SIGKILL");
  }
}
