import crypto from "node:crypto";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { z } from "zod";

/** Where things lie in a data folder. */
export function clusterFiles(dataFolder: string) {
  const root = path.resolve(dataFolder);
  return {
    root,
    cluster: path.join(root, "postgres"),
    /** Takes the name above once initdb is done with it. */
    unfinished: path.join(root, "postgres.new"),
    log: path.join(root, "postgres.log"),
    access: path.join(root, "postgres.json"),
    starting: path.join(root, "postgres.starting"),
    pid: path.join(root, "postgres", "postmaster.pid"),
    version: path.join(root, "postgres", "PG_VERSION"),
  };
}

export type ClusterFiles = ReturnType<typeof clusterFiles>;

const accessSchema = z.object({ port: z.number().int(), password: z.string() });
/** What a client needs: kept between starts so that the URL stays the same. */
export type ClusterAccess = z.infer<typeof accessSchema>;

export function readAccess(files: ClusterFiles): ClusterAccess | undefined {
  if (!fs.existsSync(files.access)) return undefined;
  return accessSchema.parse(JSON.parse(fs.readFileSync(files.access, "utf8")));
}

export function writeAccess(files: ClusterFiles, access: ClusterAccess): void {
  const fresh = `${files.access}.${process.pid}`;
  fs.writeFileSync(fresh, `${JSON.stringify(access)}\n`, { mode: 0o600 });
  fs.renameSync(fresh, files.access);
}

export function newPassword(): string {
  return crypto.randomBytes(24).toString("base64url");
}

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

/** postmaster.pid: line 1 the process, line 4 the port, line 8 the state. */
export function readPostmaster(files: ClusterFiles): Postmaster | undefined {
  let lines: string[];
  try {
    lines = fs.readFileSync(files.pid, "utf8").split("\n");
  } catch {
    return undefined;
  }
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === "ready" };
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** After a reboot (or in a new container) another program may have the number that the lock file names. */
export function isPostgresProcess(pid: number): boolean {
  if (!isAlive(pid)) return false;
  if (process.platform !== "linux") return true;
  try {
    const [, program, state] = /\((.*)\) (\w)/.exec(fs.readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
    return program === "postgres" && state !== "Z";
  } catch {
    return false;
  }
}

export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

export function pickFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
