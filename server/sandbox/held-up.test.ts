import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandboxPool, type SandboxPool } from "@/server/sandbox/pool";
import { bundledProgram } from "@/server/testing/bundled-program";

describe("time in which nothing of the process runs", () => {
  let pool: SandboxPool;
  beforeAll(() => {
    pool = createSandboxPool({ threads: 1, expressionTimeoutMs: 20_000 });
  });
  afterAll(() => pool.close());

  it("ends no expression whose answer came while the main thread was busy", async () => {
    const evaluate = (times: number, timeoutMs: number) =>
      pool.evaluate({ seed: "one", nowMs: 0, expression: `(() => { let sum = 0; for (let n = 0; n < ${times}; n++) sum += 1; return sum })()`, scope: {}, timeoutMs });
    await evaluate(1, 20_000);
    const answer = evaluate(50_000, 1_000);
    await new Promise((resolve) => setImmediate(resolve));
    const until = performance.now() + 2_500;
    while (performance.now() < until);
    expect(await answer).toEqual({ ok: true, value: 50_000 });
  });

  it("does not count for an expression that runs on after it", async () => {
    const program = spawn(process.execPath, [await bundledProgram(path.resolve(import.meta.dirname, "testing/long-evaluation.ts")), "5000"], { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    program.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
    const ended = new Promise((resolve) => program.once("exit", resolve));
    await once(program.stdout, "data");
    program.kill("SIGSTOP");
    await delay(7_000);
    program.kill("SIGCONT");
    await ended;
    expect(said).toBe('begun\n{"ok":true,"value":true}\n');
  }, 120_000);
});
