import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import readline from "node:readline";
import { afterEach, describe, expect, it } from "vitest";
import { isGone, processHere } from "./process-mark";

const children: ChildProcess[] = [];
afterEach(() => children.splice(0).forEach((child) => child.kill("SIGKILL")));

function run(command: string): ChildProcess {
  const child = spawn("sh", ["-c", command], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  return child;
}

const { place, mark } = processHere()!;
const startedOf = (pid: number | string) => readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ")[19]!;
const markOf = (pid: number | string) => `${place}${pid} ${startedOf(pid)}`;

describe("a process", () => {
  it("is there as long as it runs, also while it stands still", async () => {
    expect(isGone(mark)).toBe(false);
    const child = run("sleep 60");
    const of = markOf(child.pid!);
    expect(isGone(of)).toBe(false);
    child.kill("SIGSTOP");
    expect(isGone(of)).toBe(false);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(isGone(of)).toBe(true);
  });

  it("is gone when its number is another's by now", () => {
    expect(isGone(`${place}${process.pid} ${Number(startedOf(process.pid)) - 1}`)).toBe(true);
  });

  it("is gone when it has ended and nobody has asked for its end", async () => {
    const child = run("sleep 0.1 & echo $!; exec sleep 60");
    const lines = readline.createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    const of = markOf((await lines.next()).value as string);
    expect(isGone(of)).toBe(false);
    await expect.poll(() => isGone(of)).toBe(true);
    // A number that is still taken.
    expect(readFileSync(`/proc/${of.split(" ").at(-2)!}/stat`, "utf8")).toMatch(/\) Z /);
  });
});
