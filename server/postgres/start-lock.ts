import fs from "node:fs";
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { isAlive } from "@/server/postgres/cluster-files";

const POLL_MS = 50;
/** No start takes so long: its holder is gone, although another program has its number now. */
const STALE_MS = 300_000;

/** Of all processes that start the server of a folder at the same time, one at a time looks whether it runs and starts it. */
export async function withStartLock<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  while (!takeLock(file)) await delay(POLL_MS);
  try {
    return await work();
  } finally {
    fs.rmSync(file, { force: true });
  }
}

/** The file appears with its content, so that nobody takes one that is being written for a forgotten one. */
function takeLock(file: string): boolean {
  const own = `${file}.${randomUUID()}`;
  fs.writeFileSync(own, identityOf(process.pid), { mode: 0o600 });
  try {
    fs.linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    breakIfForgotten(file, own);
    return false;
  } finally {
    fs.rmSync(own, { force: true });
  }
}

function breakIfForgotten(file: string, own: string): void {
  const found = read(file);
  if (found === null || (isHeld(found.holder) && Date.now() - found.writtenAt < STALE_MS)) return;
  const taken = `${own}.old`;
  try {
    fs.renameSync(file, taken);
  } catch {
    return;
  }
  // Somebody was faster, and this is already the next one's.
  if (read(taken)?.holder !== found.holder) fs.linkSync(taken, file);
  fs.rmSync(taken, { force: true });
}

function read(file: string): { holder: string; writtenAt: number } | null {
  try {
    return { holder: fs.readFileSync(file, "utf8"), writtenAt: fs.statSync(file).mtimeMs };
  } catch {
    return null;
  }
}

function isHeld(holder: string): boolean {
  const pid = Number(holder.split(" ")[0]);
  return isAlive(pid) && identityOf(pid) === holder;
}

/** After a reboot, or in a new container, another program may have the number; it began at another time. */
function identityOf(pid: number): string {
  if (process.platform !== "linux") return String(pid);
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    return `${pid} ${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? ""}`;
  } catch {
    return String(pid);
  }
}
