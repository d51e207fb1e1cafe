import { afterAll, describe, expect, it } from "vitest";
import { createStepBench, NOW } from "@/server/nodes/testing/step";
import { stripTypes } from "./strip-types";

const bench = createStepBench();
afterAll(() => bench.close());

const run = (code: string, more: Record<string, unknown> = {}) => bench.run("transform", { code, ...more }, { scope: { input: { n: 2 } } });

describe("transform", () => {
  it("computes with args, input and the step's time", async () => {
    const code = "const sum = args.list.reduce((a, b) => a + b, 0); return { sum, n: input.n, run: run.id, now: Date.now() };";
    expect(await run(code, { args: { list: "{{ [1, 2, input.n] }}" } })).toEqual({ type: "succeeded", output: { sum: 5, n: 2, run: "run", now: NOW } });
  });

  it("is the same every time", async () => {
    expect(await run("return Math.random()")).toEqual(await run("return Math.random()"));
  });

  it("keeps the console's lines", async () => {
    await run('console.log("hello", { a: 1 }); console.error("oh")');
    expect(bench.logs.map(({ level }) => level)).toEqual(expect.arrayContaining(["info", "error"]));
    expect(bench.logs.some(({ message }) => message.includes("hello"))).toBe(true);
  });

  it("strips types", async () => {
    const code = "interface Line { price: number }\nconst lines = args.lines as Line[];\nconst twice = <T>(value: T): [T, T] => [value, value];\nreturn twice(lines[0]!.price satisfies number);";
    expect(await run(code, { language: "typescript", args: { lines: [{ price: 3 }] } })).toEqual({ type: "succeeded", output: [3, 3] });
  });

  it.each([
    ["a throw", "throw new Error('no')", "code_threw", false],
    ["a syntax error", "return (", "syntax", false],
    ["an endless loop", "for (;;);", "timeout", true],
    ["too much memory", "const all = []; for (;;) all.push(new Array(100000).fill(1));", "memory", true],
    ["the network", "return fetch('http://example.com')", "code_threw", false],
    ["the process", "return process.env", "code_threw", false],
  ])("%s fails with %s", async (_name, code, error, retryable) => {
    const timeoutSeconds = error === "timeout" ? 0.5 : 30;
    expect(await run(code, { timeoutSeconds, memoryMb: 16 })).toMatchObject({ type: "failed", retryable, error: { code: error, field: "/code" } });
  });

  it("stops when the step is cancelled, and its thread is free", async () => {
    const controller = new AbortController();
    const stuck = ["one", "two"].map(() => bench.run("transform", { code: "for (;;);", timeoutSeconds: 300 }, { signal: controller.signal }));
    setTimeout(() => controller.abort(new Error("cancelled")), 200);
    for (const one of stuck) await expect(one).rejects.toThrow("cancelled");
    expect(await run("return 1")).toMatchObject({ type: "succeeded", output: 1 });
  });

  it("reports where TypeScript cannot be read", async () => {
    expect(await run("const a = 1;\nconst b: = 2;", { language: "typescript" })).toMatchObject({ type: "failed", error: { code: "syntax", message: expect.stringContaining("line 2") as string } });
  });
});

describe("stripTypes", () => {
  it("keeps lines in their place", () => {
    const stripped = stripTypes("type A = {\n  x: number;\n};\nthrow new Error();");
    expect(stripped.ok && stripped.code.split("\n").findIndex((line) => line.includes("throw"))).toBe(3);
  });
});
