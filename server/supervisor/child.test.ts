import { fork } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { restartDelay, SupervisedChild } from "@/server/supervisor/child";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "millrace-child-"));
const journal = path.join(folder, "journal");

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function program(name: string, source: string): string {
  const file = path.join(folder, `${name}.mjs`);
  const write = `import fs from "node:fs"; const write = (line) => fs.appendFileSync(${JSON.stringify(journal)}, line + "\\n");`;
  fs.writeFileSync(file, `${write}\n${source}`);
  return file;
}

function childOf(file: string, graceMs = 10_000): SupervisedChild {
  fs.writeFileSync(journal, "");
  return new SupervisedChild({ name: "test child", parameters: [file], variables: { NODE_ENV: "test" }, graceMs, quiet: true });
}

const lines = () => fs.readFileSync(journal, "utf8").trim().split("\n");
const untilLines = (...expected: string[]) => vi.waitFor(() => expect(lines()).toEqual(expected), { timeout: 60_000 });

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("a supervised child", () => {
  it("is started again after a crash", async () => {
    const child = childOf(program("crasher", 'write("up"); setInterval(() => {}, 1000);'));
    child.start();
    await untilLines("up");
    process.kill(child.pid ?? 0, "SIGKILL");
    await untilLines("up", "up");
    await child.stop();
    expect(isAlive(child.pid ?? 0)).toBe(false);
    expect(lines()).toEqual(["up", "up"]);
  });

  it("may finish its work when it is asked to stop", async () => {
    const source = 'process.on("SIGTERM", () => setTimeout(() => { write("drained"); process.exit(0); }, 50)); write("up"); setInterval(() => {}, 1000);';
    const child = childOf(program("drainer", source));
    child.start();
    await untilLines("up");
    await child.stop();
    expect(lines()).toEqual(["up", "drained"]);
  });

  it("is killed when its grace time is over", async () => {
    const child = childOf(program("stubborn", 'process.on("SIGTERM", () => {}); write("up"); setInterval(() => {}, 1000);'), 100);
    child.start();
    await untilLines("up");
    await child.stop();
    expect(isAlive(child.pid ?? 0)).toBe(false);
  });

  it("ends, after its drain, when the supervisor is killed", async () => {
    fs.writeFileSync(journal, "");
    const source = 'process.on("SIGTERM", () => { write("drained"); process.exit(0); }); write("up " + process.pid); setInterval(() => {}, 1000);';
    const supervised = program("orphan", source);
    const preload = path.join(import.meta.dirname, "die-with-parent.mjs");
    const parent = program(
      "parent",
      `import { spawn } from "node:child_process";
       spawn(process.execPath, ["--import", ${JSON.stringify(preload)}, ${JSON.stringify(supervised)}],
         { stdio: ["ignore", "ignore", "ignore", "ipc"], detached: true, env: { MILLRACE_STOP_MS: "5000" } });`,
    );
    const supervisor = fork(parent, { execArgv: [] });
    await vi.waitFor(() => expect(lines()[0]).toMatch(/^up \d+$/), { timeout: 60_000 });
    supervisor.kill("SIGKILL");
    await once(supervisor, "exit");
    await vi.waitFor(() => expect(lines()[1]).toBe("drained"), { timeout: 60_000 });
  });

  it("waits longer after each crash, up to half a minute", () => {
    expect([1, 2, 3, 20].map(restartDelay)).toEqual([250, 500, 1000, 30_000]);
  });

  it("is tried again when it could not be started", async () => {
    const executable = path.join(folder, "node-that-comes-later");
    fs.writeFileSync(journal, "");
    const child = new SupervisedChild({ name: "late child", program: executable, parameters: [program("late", 'write("up"); setInterval(() => {}, 1000);')], variables: { NODE_ENV: "test" }, graceMs: 10_000, quiet: true });
    child.start();
    await vi.waitFor(() => expect(child.pid).toBeUndefined(), { timeout: 60_000 });
    fs.symlinkSync(process.execPath, executable);
    await untilLines("up");
    await child.stop();
  }, 120_000);
});
