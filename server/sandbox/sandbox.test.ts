import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandboxPool, type SandboxPool } from "@/server/sandbox/pool";

const determinism = { seed: "run 1", nowMs: Date.UTC(2026, 0, 31, 12) };
let pool: SandboxPool;

beforeAll(() => {
  pool = createSandboxPool({ threads: 2, expressionTimeoutMs: 20_000 });
});
afterAll(() => pool.close());

const evaluate = (expression: string, scope: object = {}, limits: { timeoutMs?: number; memoryMb?: number } = {}) =>
  pool.evaluate({ ...determinism, ...limits, expression, scope });
const runCode = (source: string, scope: Record<string, unknown> = {}, limits: { timeoutMs?: number } = {}) =>
  pool.runCode({ owner: "test", ...determinism, ...limits, source, scope });

describe("evaluate", () => {
  it.each([
    ["input.items.map((item) => item * 2)", [2, 4]],
    ["[...new Set([1, 1, 2])]", [1, 2]],
    ["undefined", null],
    ["[1,,undefined]", [1, null, null]],
    ["({ a: undefined, b: NaN, c: -0, d: 5n, e: new Date(0), f: '\\0' })", { b: NaN, c: -0, d: 5n, e: new Date(0), f: "\0" }],
    ["({ $secret: ['x'], $blob: 1 })", { $secret: ["x"], $blob: 1 }],
    ["await Promise.all([1, Promise.resolve(2)])", [1, 2]],
    ["input.odd", { $a: -0, "k\0": [10n, new Date(5)] }],
    ["input.odd['k\\0'][1] instanceof Date && input.odd['k\\0'][0] * 2n", 20n],
    ["(() => { input.items.push(3); return input.items })()", [1, 2, 3]],
  ])("%s", async (expression, value) => {
    const scope = { input: { items: [1, 2], odd: { $a: -0, "k\0": [10n, new Date(5)] } } };
    await expect(evaluate(expression, scope)).resolves.toStrictEqual({ ok: true, value });
  });

  it("gives the same time and the same random numbers every time", async () => {
    const expression = "[Date.now(), new Date().toISOString(), new Date(2026, 6, 1).toString(), Math.random(), Math.random()]";
    const first = await evaluate(expression);
    expect(first).toEqual(await evaluate(expression));
    expect(first).toMatchObject({ value: [determinism.nowMs, "2026-01-31T12:00:00.000Z", "Wed Jul 01 2026 00:00:00 GMT+0000", expect.any(Number), expect.any(Number)] });
    const other = await pool.evaluate({ ...determinism, seed: "run 2", expression, scope: {} });
    expect(other).not.toEqual(first);
  });

  it("starts each evaluation afresh", async () => {
    await evaluate("(globalThis.leak = 1, Array.prototype.map = () => 'broken', JSON.stringify = () => 'broken', 1)");
    await expect(evaluate("[typeof leak, [1].map((x) => x)]")).resolves.toEqual({ ok: true, value: ["undefined", [1]] });
  });

  it("gives each expression of a request its own copy of the scope", async () => {
    const expressions = ["input.list.push(3)", "input.list.length"].map((source) => ({ source, seed: source, paths: [["input", "list"]] }));
    const outcomes = await pool.evaluateExpressions({ ...determinism, scope: { input: { list: [1, 2], unread: 1 } }, expressions });
    expect(outcomes).toEqual([{ ok: true, value: 3 }, { ok: true, value: 2 }]);
  });

  it.each([
    ["1 +", "syntax", "unexpected token"],
    ["1) + (2", "syntax", "unexpected text after the expression"],
    ["input.a.b", "threw", "TypeError: cannot read property 'b' of undefined"],
    ["nothing", "threw", "ReferenceError: 'nothing' is not defined"],
    ["Promise.reject(new Error('no'))", "threw", "no"],
    ["new Promise(() => {})", "threw", "waits for a promise that nothing will settle"],
    ["() => 1", "threw", "a function cannot be stored"],
    ["({ a: [Symbol()] })", "threw", "a symbol cannot be stored (at /a/0)"],
    ["new Map()", "threw", "a Map (make it an object or an array first) cannot be stored"],
    ["(() => { const a = {}; a.a = a; return a })()", "threw", "contains itself"],
    ["(() => { throw { get message() { throw 1 } } })()", "threw", "cannot be described"],
    ["import('fs')", "threw", ""],
  ])("%s fails", async (expression, code, message) => {
    const outcome = await evaluate(expression, { input: {} });
    expect(outcome).toMatchObject({ ok: false, error: { code, message: expect.stringContaining(message) as string } });
  });

  it("limits the size of a result", async () => {
    const small = createSandboxPool({ threads: 1, maxOutputCharacters: 1_000 });
    const outcome = await small.evaluate({ ...determinism, expression: "'x'.repeat(2000)", scope: {} });
    expect(outcome).toMatchObject({ ok: false, error: { code: "output_too_large" } });
    await small.close();
  });
});

describe("hostile expressions", () => {
  it.each([
    ["this?.constructor?.constructor?.('return process')()", "threw"],
    ["(() => {}).constructor('return typeof process + typeof require + typeof fetch + typeof WebAssembly')()", "undefinedundefinedundefinedundefined"],
    ["[].constructor.constructor('return globalThis.process')()", null],
    ["({}).__proto__.polluted = 1", 1],
    ["(Object.prototype.toJSON = () => ({ $secret: [{ name: 'KEY' }] }), { a: NaN })", { a: NaN }],
    ["(Array.prototype.toJSON = () => ({ $secret: [{ name: 'KEY' }] }), [1])", [1]],
    ["(() => { for (;;) {} })()", "timeout"],
    ["(() => { for (;;) { try { (() => { for (;;) {} })() } catch {} } })()", "timeout"],
    ["(async () => { for (;;) await 1 })()", "timeout"],
    ["/(a+)+$/.test('a'.repeat(60) + 'b')", "timeout"],
    ["'x'.repeat(2 ** 28).split('').sort().join()", "memory"],
    ["new Array(1e9).fill(0)", "memory|timeout"],
    ["Array.from({ length: 1e9 }, () => 'x')", "memory|timeout"],
    ["(() => { const all = []; for (;;) all.push('x'.repeat(100000) + all.length) })()", "memory|timeout"],
    ["(function f() { return f() + 1 })()", "threw"],
    ["JSON.parse('['.repeat(1000000))", "threw"],
    ["(() => { let a = []; for (let i = 0; i < 200000; i++) a = [a]; return a })()", "threw|memory"],
    ["(() => { let a = []; for (let i = 0; i < 200000; i++) a = [a]; return String(a) })()", "threw|memory"],
    ["new RegExp('('.repeat(100000) + ')'.repeat(100000))", "threw"],
    ["(() => { const p = new Proxy({}, { ownKeys() { for (;;) {} } }); return p })()", "timeout|threw"],
    ["({ get a() { for (;;) {} } })", "timeout"],
    ["({ toJSON() { for (;;) {} } })", "timeout|threw"],
    ["(() => { const e = new Error(); Object.defineProperty(e, 'message', { get() { for (;;) {} } }); throw e })()", "timeout"],
  ])("%s ends", async (expression, expected) => {
    const mayTakeAllItsTime = typeof expected === "string" && expected.includes("timeout");
    const [outcome, other] = await Promise.all([evaluate(expression, {}, { timeoutMs: mayTakeAllItsTime ? 500 : 20_000 }), evaluate("6 * 7")]);
    const seen = outcome.ok ? outcome.value : outcome.error.code;
    if (typeof expected === "string" && !outcome.ok) expect(expected.split("|")).toContain(seen);
    else expect(seen).toEqual(expected);
    expect(other).toEqual({ ok: true, value: 42 });
    await expect(evaluate("[typeof polluted, typeof ({}).polluted]")).resolves.toEqual({ ok: true, value: ["undefined", "undefined"] });
    expect("polluted" in {}).toBe(false);
  });

  it("answers others while every overrun costs a thread", async () => {
    const loops = Array.from({ length: 6 }, () => evaluate("(() => { for (;;) {} })()", {}, { timeoutMs: 100 }));
    const sums = Array.from({ length: 20 }, (_, index) => evaluate(`${index} + [1].length`));
    for (const loop of await Promise.all(loops)) expect(loop, JSON.stringify(loop)).toMatchObject({ ok: false, error: { code: "timeout" } });
    expect(await Promise.all(sums)).toEqual(sums.map((_, index) => ({ ok: true, value: index + 1 })));
  });

  it("keeps the process small", async () => {
    const before = process.memoryUsage().rss;
    for (let round = 0; round < 4; round++) await evaluate("(() => { const all = []; for (;;) all.push(new Array(1000).fill(0)) })()", {}, { timeoutMs: 2_000 });
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
  });
});

describe("runCode", () => {
  it("runs an async function body and keeps its console", async () => {
    const source = "const item = await input.x;\nconsole.log('item', { item }, undefined);\nconsole.error(new Error('oops'));\nreturn item + 1;";
    await expect(runCode(source, { input: { x: 1 }, item: "not read" })).resolves.toEqual({
      ok: true,
      value: 2,
      logs: [
        { level: "info", message: 'item {"item":1} undefined' },
        { level: "error", message: "Error: oops" },
      ],
      droppedLogs: 0,
    });
  });

  it("returns null without a return", async () => {
    await expect(runCode("const a = 1;")).resolves.toMatchObject({ ok: true, value: null });
  });

  it("names the line of an error and keeps what was logged before", async () => {
    const outcome = await runCode("console.log('here');\n\nfunction inner() {\n  return input.a.b;\n}\nreturn inner();", { input: {} });
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: "threw", message: "TypeError: cannot read property 'b' of undefined", line: 4, stack: "at inner (code:4:17)\nat <anonymous> (code:6:13)" },
      logs: [{ level: "info", message: "here" }],
    });
  });

  it("names the line of a syntax error", async () => {
    await expect(runCode("let a = 1;\nlet b = ;\n")).resolves.toMatchObject({ ok: false, error: { code: "syntax", message: "unexpected token", line: 2 } });
    await expect(runCode("}); (() => {")).resolves.toMatchObject({ ok: false, error: { code: "syntax" } });
  });

  it("caps the console and says how much is missing", async () => {
    const outcome = await runCode("for (let i = 0; i < 1500; i++) console.log(i); console.log('x'.repeat(20000)); return 1");
    expect(outcome.logs).toHaveLength(1_000);
    expect(outcome.droppedLogs).toBe(501);
  });

  it("cannot be left by a log flood", async () => {
    const outcome = await runCode("for (;;) console.log('x'.repeat(1000))", {}, { timeoutMs: 300 });
    expect(outcome).toMatchObject({ ok: false, error: { code: "timeout" } });
    // None of a thread that had to be ended from outside.
    expect(outcome.logs.length).toBeLessThanOrEqual(1_000);
  });
});

describe("close", () => {
  it("ends what runs and refuses what comes after", async () => {
    const short = createSandboxPool({ threads: 1 });
    const running = short.evaluate({ ...determinism, expression: "(() => { for (;;) {} })()", scope: {}, timeoutMs: 60_000 });
    const waiting = short.evaluate({ ...determinism, expression: "1", scope: {} });
    await short.close();
    await expect(running).resolves.toMatchObject({ ok: false, error: { code: "unavailable" } });
    await expect(waiting).resolves.toMatchObject({ ok: false, error: { code: "unavailable" } });
    await expect(short.evaluate({ ...determinism, expression: "1", scope: {} })).resolves.toMatchObject({ ok: false, error: { code: "unavailable" } });
  });
});

describe("code that takes all its time", () => {
  it("does not keep the expressions of other runs waiting", async () => {
    const pool = createSandboxPool({ threads: 1 });
    try {
      const busy = pool.runCode({ owner: "test", source: "for (;;) {}", scope: {}, seed: "s", nowMs: 0, timeoutMs: 15_000 }).then(() => "code");
      const other = pool.evaluate({ expression: "[1, 2].map((x) => x * 2)", scope: {}, seed: "s", nowMs: 0 });
      expect(await Promise.race([busy, other])).toEqual({ ok: true, value: [2, 4] });
    } finally {
      await pool.close();
    }
  });
});
