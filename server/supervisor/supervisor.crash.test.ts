import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { clusterFiles, readPostmaster } from "@/server/postgres/cluster-files";
import { startEmbeddedPostgres } from "@/server/postgres/embedded";
import { projectRoot } from "@/server/supervisor/local-environment";

const MINUTE = 60_000;
/** The first may have to build the pages. */
const START = 15 * MINUTE;
const installations: Installation[] = [];

afterEach(async () => {
  for (const installation of installations.splice(0)) await installation.remove();
});

/** `npm start` on a data folder and port of its own; its processes are known by their environment. */
class Installation {
  readonly dataFolder = fs.mkdtempSync(path.join(os.tmpdir(), "millrace-start-"));
  private output = "";

  private constructor(readonly port: number) {
    fs.chmodSync(this.dataFolder, 0o755);
    installations.push(this);
  }

  static async create(): Promise<Installation> {
    const probe = net.createServer().listen(0, "127.0.0.1");
    await once(probe, "listening");
    const { port } = probe.address() as net.AddressInfo;
    probe.close();
    await once(probe, "close");
    return new Installation(port);
  }

  start(variables: Record<string, string> = {}): ChildProcess {
    this.output = "";
    const { PATH, HOME } = process.env;
    const child = spawn("npm", ["start"], {
      cwd: projectRoot,
      env: { NODE_ENV: "production", PATH, HOME, PORT: String(this.port), MILLRACE_DATA_DIR: this.dataFolder, DRAIN_SECONDS: "2", ...variables },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        this.output += chunk.toString();
      });
    }
    return child;
  }

  async untilPrinted(pattern: RegExp): Promise<string> {
    return vi.waitFor(
      () => {
        const found = pattern.exec(this.output);
        if (!found) throw new Error(`Not printed yet: ${pattern}. So far:\n${this.output}`);
        return found[1] ?? found[0];
      },
      { timeout: START, interval: 50 },
    );
  }

  processes(): { pid: number; command: string }[] {
    return fs
      .readdirSync("/proc")
      .filter((entry) => /^\d+$/.test(entry) && this.owns(entry))
      .map((entry) => ({ pid: Number(entry), command: read(`/proc/${entry}/cmdline`).replaceAll("\0", " ") }));
  }

  supervisorPid(): number {
    const found = this.processes().find(({ command }) => /^\S*node .*server\/supervisor\/main\.ts/.test(command));
    if (!found) throw new Error("The supervisor does not run.");
    return found.pid;
  }

  async remove(): Promise<void> {
    for (const { pid } of this.processes()) process.kill(pid, "SIGKILL");
    await vi.waitFor(() => expect(this.processes()).toEqual([]), { timeout: MINUTE });
    fs.rmSync(this.dataFolder, { recursive: true, force: true });
  }

  private owns(pid: string): boolean {
    return read(`/proc/${pid}/environ`).split("\0").includes(`MILLRACE_DATA_DIR=${this.dataFolder}`) && !isZombie(pid);
  }
}

function read(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function isZombie(pid: string): boolean {
  return /\) Z /.test(read(`/proc/${pid}/stat`));
}

function isStopped(pid: number): boolean {
  return /\) T /.test(read(`/proc/${pid}/stat`));
}

describe.runIf(process.platform === "linux")("npm start", { timeout: 20 * MINUTE }, () => {
  it("ends with nothing left behind when Ctrl-C reaches its whole process group", async () => {
    const installation = await Installation.create();
    const npm = installation.start();
    expect(await installation.untilPrinted(/\] Ready: (\S+)/)).toBe(`http://127.0.0.1:${installation.port}`);
    expect(await installation.untilPrinted(/First sign-in, valid once: (\S+)/)).toContain(String(installation.port));
    const ended = once(npm, "exit");
    process.kill(-(npm.pid ?? 0), "SIGINT");
    await ended;
    await vi.waitFor(() => expect(installation.processes()).toEqual([]), { timeout: MINUTE });
    expect(readPostmaster(clusterFiles(installation.dataFolder))).toBeUndefined();
  });

  it("leaves nothing behind when Ctrl-C comes while it still prepares the first administrator", async () => {
    const installation = await Installation.create();
    // As slow as a process can be: it would not hear that its parent is gone.
    const stops = path.join(installation.dataFolder, "stops.cjs");
    fs.writeFileSync(stops, 'if (process.argv[1]?.includes("first-admin-command")) process.kill(process.pid, "SIGSTOP");');
    const npm = installation.start({ NODE_OPTIONS: `--require=${stops}` });
    await vi.waitFor(() => expect(installation.processes().filter(({ pid, command }) => command.includes("first-admin-command.ts") && isStopped(pid))).toHaveLength(1), { timeout: START, interval: 50 });
    const ended = once(npm, "exit");
    process.kill(installation.supervisorPid(), "SIGINT");
    await ended;
    await vi.waitFor(() => expect(installation.processes()).toEqual([]), { timeout: MINUTE });
  });

  it("leaves only PostgreSQL when it is killed, and takes that over at the next start", async () => {
    const installation = await Installation.create();
    installation.start();
    await installation.untilPrinted(/\] Ready: (\S+)/);
    const postmaster = readPostmaster(clusterFiles(installation.dataFolder));
    process.kill(installation.supervisorPid(), "SIGKILL");
    const onlyPostgres = () => expect(installation.processes().filter(({ command }) => !command.includes("postgres"))).toEqual([]);
    await vi.waitFor(onlyPostgres, { timeout: MINUTE });
    installation.start();
    await installation.untilPrinted(/\] Ready: (\S+)/);
    expect(readPostmaster(clusterFiles(installation.dataFolder))?.pid).toBe(postmaster?.pid);
    expect((await fetch(`http://127.0.0.1:${installation.port}/api/health`)).status).toBe(200);
    process.kill(installation.supervisorPid(), "SIGTERM");
    await vi.waitFor(() => expect(installation.processes()).toEqual([]), { timeout: MINUTE });
  });

  it("has no more connections than its database takes", async () => {
    const installation = await Installation.create();
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "millrace-small-"));
    fs.chmodSync(folder, 0o755);
    const postgres = await startEmbeddedPostgres({ dataFolder: folder, settings: ["max_connections=26"] });
    try {
      const npm = installation.start({ DATABASE_URL: postgres.url });
      await installation.untilPrinted(/takes 23 connections, and the web process and one worker may open 38 \(DATABASE_POOL_SIZE 10\): pools of 2 are used instead/);
      await installation.untilPrinted(/\] Ready: (\S+)/);
      const sizes = installation.processes().filter(({ command }) => /worker\/main\.ts|next-server/.test(command)).map(({ pid }) => /\0DATABASE_POOL_SIZE=(\d+)\0/.exec(read(`/proc/${pid}/environ`))?.[1]);
      expect(sizes).toEqual(["2", "2"]);
      const ended = once(npm, "exit");
      process.kill(installation.supervisorPid(), "SIGINT");
      await ended;
    } finally {
      await postgres.stop();
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });

  it("refuses to start a second time on the same data folder", async () => {
    const installation = await Installation.create();
    const first = installation.start();
    await installation.untilPrinted(/\] Ready: (\S+)/);
    const second = installation.start();
    const [code] = (await once(second, "exit")) as [number];
    expect(code).toBe(1);
    await installation.untilPrinted(/Millrace already runs on/);
    expect((await fetch(`http://127.0.0.1:${installation.port}/api/health`)).status).toBe(200);
    const ended = once(first, "exit");
    process.kill(-(first.pid ?? 0), "SIGINT");
    await ended;
  });
});
