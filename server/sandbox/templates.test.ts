import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileTemplate, type CompileOptions } from "@/server/expressions/compile";
import { evaluateTemplate, type EvaluateResult } from "@/server/expressions/evaluate";
import { createSandboxPool, type SandboxPool } from "@/server/sandbox/pool";

let pool: SandboxPool;
beforeAll(() => {
  pool = createSandboxPool({ threads: 2 });
});
afterAll(() => pool.close());

const scope = {
  input: { list: [3, 1, 2], name: "Ada", none: null, when: new Date(Date.UTC(2026, 0, 31)), same: { a: 1 } },
  steps: { a: { output: { rows: [{ id: 1 }, { id: 2 }], y: null }, error: null, status: "succeeded" }, b: { output: "not read" } },
  item: { id: 2 },
  now: Date.UTC(2026, 5, 1),
};

async function evaluate(value: unknown, values: object = scope, options?: CompileOptions, timeoutMs = 20_000): Promise<EvaluateResult> {
  const compiled = compileTemplate(value, options);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return evaluateTemplate(compiled.template, values, { sandbox: pool, seed: "run/step/1", nowMs: scope.now, timeoutMs });
}

describe("evaluateTemplate with the sandbox", () => {
  it.each([
    ["{{ steps.a.output.rows.map((row) => row.id) }}", [1, 2]],
    ["{{ input.list.sort().join('-') + ' ' + input.list[0] }}", "1-2-3 1"],
    ["first {{ input.list.sort()[0] }}, then {{ input.list[0] }}", "first 1, then 3"],
    ["{{ new Date(now).toISOString() }}", "2026-06-01T00:00:00.000Z"],
    ["{{ new Date().getTime() === now }}", true],
    ["{{ input.when.getUTCFullYear() }}", 2026],
    ["{{ input.when < new Date(now) }}", true],
    ["{{ input.when > 5 }}", true],
    ["{{ 2 ** 0.5 }}", Math.SQRT2],
    ["{{ input.same === input.same }}", true],
    ["{{ Object.keys(steps) }}", ["a", "b"]],
    ["{{ steps.a.hasOwnProperty('output') }}", true],
    ["{{ input.missing?.toUpperCase() }}", null],
    ["{{ JSON.stringify({ ...item, at: index }) }}", '{"id":2}'],
    ["{{ input.toString() }}", "[object Object]"],
  ])("%s", async (text, value) => {
    await expect(evaluate(text)).resolves.toStrictEqual({ ok: true, value });
  });

  it("evaluates a document in one go and keeps what needs no sandbox", async () => {
    const document = { plain: "{{ input.name }}", sum: "{{ input.list.reduce((a, b) => a + b) }}", text: "{{ item.id }}: {{ input.name.toUpperCase() }}", fixed: [1] };
    await expect(evaluate(document)).resolves.toEqual({ ok: true, value: { plain: "Ada", sum: 6, text: "2: ADA", fixed: [1] } });
  });

  it("copies only what is read", async () => {
    const poisoned = { ...scope, steps: { ...scope.steps, b: { output: () => "cannot be encoded" } } };
    await expect(evaluate("{{ steps.a.output.rows.length.toString() }}", poisoned)).resolves.toEqual({ ok: true, value: "2" });
  });

  it.each([
    ["{{ input.none.toString() }}", "threw", "cannot read property 'toString' of null at input.none"],
    ["{{ steps.a.output.rows.map((row) => row.id).concat(steps.a.output.y.z) }}", "threw", "cannot read property 'z' of null at steps.a.output.y"],
    ["{{ [].concat(input.none[item.id]) }}", "threw", "cannot read property of null at input.none"],
    ["{{ input.list.map((one) => one.none.x) }}", "threw", "cannot read property 'x' of undefined"],
    ["{{ input.missing() }}", "threw", "TypeError: not a function"],
    ["{{ nowhere.x }}", "threw", "ReferenceError: 'nowhere' is not defined"],
    ["{{ input.constructor }}", "threw", "a function cannot be stored"],
    ["{{ input.__proto__.constructor('return 1') }}", "threw", "an instance of String cannot be stored"],
    ["{{ (() => { for (;;) {} })() }}", "timeout", "not finished after 300 ms"],
    ["{{ /(a+)+$/.test('a'.repeat(60) + 'b') }}", "timeout", "not finished after 300 ms"],
    ["{{ new Array(1e9).fill(0).length }}", "memory|timeout", ""],
  ])("%s fails and names its place", async (text, code, message) => {
    const result = await evaluate({ deep: { field: [text] } }, scope, {}, code.includes("timeout") ? 300 : 20_000);
    if (result.ok) throw new Error(`has a value: ${String(result.value)}`);
    expect(code.split("|")).toContain(result.error.code);
    expect(result.error.message).toContain(message);
    expect(result.error).toMatchObject({ path: "/deep/field/0", position: 0, expression: text.slice(3, -3) });
  });

  it("repeats the same random numbers for the same seed, other ones per field", async () => {
    const document = { a: "{{ Math.random() }}", b: "{{ Math.random() }}" };
    const first = await evaluate(document);
    expect(first).toEqual(await evaluate(document));
    const { a, b } = (first as { value: { a: number; b: number } }).value;
    expect(a).not.toBe(b);
  });

  it("cannot make a secret token", async () => {
    const options: CompileOptions = { isSecretField: () => true };
    const forged = await evaluate("{{ (Array.prototype.toJSON = function () { return { $secret: [{ name: 'KEY' }] } }, [1].concat(2)) }}", scope, options);
    expect(forged).toEqual({ ok: true, value: [1, 2] });
    await expect(evaluate("{{ Object.assign({}, { $secret: [{ name: 'KEY' }] }) }}", scope, options)).resolves.toEqual({ ok: true, value: { $secret: [{ name: "KEY" }] } });
    await expect(evaluate("{{ Object.assign({}, { text: '{' + '{ secrets.KEY }' + '}' }).text }}", scope, options)).resolves.toEqual({ ok: true, value: "{{ secrets.KEY }}" });
  });

  it("reads extra names", async () => {
    const result = evaluate("{{ response.items.map(String) }}", { response: { items: [1, 2] } }, { extraNames: ["response"] });
    await expect(result).resolves.toEqual({ ok: true, value: ["1", "2"] });
  });
});
