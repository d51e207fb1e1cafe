import { describe, expect, it } from "vitest";
import { compileTemplate } from "@/server/expressions/compile";
import { evaluateTemplate, type EvaluateResult } from "@/server/expressions/evaluate";
import type { ExpressionRequest, ExpressionSandbox } from "@/server/expressions/sandbox-port";

/** The tests here are about what never reaches the sandbox; those that need one are beside the real one. */
const noSandbox: ExpressionSandbox = {
  evaluateExpressions: (request: ExpressionRequest) => Promise.reject(new Error(`reached the sandbox: ${JSON.stringify(request.expressions)}`)),
};

const scope = {
  input: { name: "Ada", count: 3, none: null, list: [1, "two", { three: 3 }], text: "héllo", empty: {}, when: new Date(0) },
  steps: { fetch: { output: { items: [{ id: 7 }], y: null }, status: "succeeded" } },
  item: { id: 9 },
  index: 2,
  vars: { RATE: 0.5 },
};

function evaluate(value: unknown): EvaluateResult {
  const compiled = compileTemplate(value);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  const result = evaluateTemplate(compiled.template, scope, { sandbox: noSandbox, seed: "test", nowMs: 0 });
  if (result instanceof Promise) throw new Error(`${JSON.stringify(value)} was not answered at once`);
  return result;
}

function valueOf(value: unknown): unknown {
  const result = evaluate(value);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

describe("evaluateTemplate without a sandbox", () => {
  it.each([
    ["{{ input.count }}", 3],
    ["{{ input.list }}", scope.input.list],
    [" {{ input.count }}", " 3"],
    ["{{ input.name }} has {{ input.count + 1 }}", "Ada has 4"],
    ["[{{ input.none }}|{{ input.missing }}|{{ false }}|{{ input.list }}]", '[||false|[1,"two",{"three":3}]]'],
    ["at {{ input.when }}", "at 1970-01-01T00:00:00.000Z"],
    ["{{ undefined }}", null],
    ["{{ input.missing }}", null],
    ["{{ input.missing?.a.b.c }}", null],
    ["{{ input['name'] }}", "Ada"],
    ["{{ input.list[2].three }}", 3],
    ["{{ input.list.length + input.text.length }}", 8],
    ["{{ input.list[-1] }}", null],
    ["{{ input.text[1] }}", "é"],
    ["{{ steps.fetch.output.items[0].id === 7 ? 'yes' : 'no' }}", "yes"],
    ["{{ input.count > 2 && input.name || 'x' }}", "Ada"],
    ["{{ input.none ?? 'default' }}", "default"],
    ["{{ `${input.name}-${[1, [2, null]]}-${input.empty}` }}", "Ada-1,2,-[object Object]"],
    ["{{ {...input.empty, id: item.id, [input.name]: index} }}", { id: 9, Ada: 2 }],
    ["{{ [...input.list, ...'ab'] }}", [1, "two", { three: 3 }, "a", "b"]],
    ["{{ [undefined, {a: undefined, b: [undefined]}] }}", [null, { b: [null] }]],
    ["{{ typeof input.missing + typeof input.none + typeof index }}", "undefinedobjectnumber"],
    ["{{ -input.count ** 2 }}", undefined],
    ["{{ (-input.count) ** 2 }}", 9],
    ["{{ 7 % -3 + (1 / 4) - vars.RATE }}", 0.75],
    ["{{ '10' < '9' }}", true],
    ["{{ null == undefined }}", true],
    ["{{ 'b' + 1 + true + null + undefined }}", "b1truenullundefined"],
    ["{{ previous }}", null],
  ])("%s", (text, expected) => {
    if (expected === undefined) expect(compileTemplate(text).ok).toBe(false);
    else expect(valueOf(text)).toStrictEqual(expected);
  });

  it("fills a document and shares its constant parts", () => {
    const constant = { deep: [1] };
    const value = valueOf({ a: "{{ index }}", b: ["x", "{{ item }}"], constant }) as { constant: unknown };
    expect(value).toEqual({ a: 2, b: ["x", { id: 9 }], constant });
    expect(value.constant).toBe(constant);
  });

  it.each([
    ["{{ input.none.x }}", "cannot read property 'x' of null at input.none"],
    ["{{ steps.fetch.output.y.z.a }}", "cannot read property 'z' of null at steps.fetch.output.y"],
    ["{{ steps.other.output }}", "cannot read property 'output' of undefined at steps.other"],
    ["{{ input.none?.a + input.missing[index] }}", "cannot read property '2' of undefined at input.missing"],
    ["{{ [...input.none] }}", "null is not iterable at input.none"],
  ])("%s fails and names the path", (text, message) => {
    expect(evaluate({ field: ["x", `${text}`] })).toEqual({
      ok: false,
      error: { code: "threw", message, expression: text.slice(3, -3), path: "/field/1", position: 0 },
    });
  });

  const large = { text: "x".repeat(1_000_000), list: new Array<null>(30_000).fill(null) };

  it.each([
    new Array(10).fill("input.text").join(" + "),
    `\`${"${input.text}".repeat(10)}\``,
    `[${new Array(40).fill("input.list").join(", ")}] + ''`,
    "[...input.list]",
    "{...input.text}",
  ])("large results are left to the sandbox: %.40s", async (source) => {
    const compiled = compileTemplate(`{{ ${source} }}`);
    if (!compiled.ok) throw new Error("did not compile");
    await expect(evaluateTemplate(compiled.template, { input: large }, { sandbox: noSandbox, seed: "", nowMs: 0 })).rejects.toThrow("reached the sandbox");
  });

  it("limits the length of a mixed text", () => {
    const mixed = compileTemplate({ body: "{{ input.text }} ".repeat(10) });
    const result = mixed.ok ? evaluateTemplate(mixed.template, { input: large }, { sandbox: noSandbox, seed: "", nowMs: 0 }) : null;
    expect(result).toMatchObject({ ok: false, error: { code: "output_too_large", path: "/body" } });
  });

  it.each(["input.constructor", "input.__proto__", "input['toString']", "input.name.length.constructor", "input.list.map", "input.when + 1", "input == item", "2 ** 0.5"])(
    "%s is left to the sandbox",
    async (source) => {
      const compiled = compileTemplate(`{{ ${source} }}`);
      if (!compiled.ok) throw new Error("did not compile");
      await expect(evaluateTemplate(compiled.template, scope, { sandbox: noSandbox, seed: "", nowMs: 0 })).rejects.toThrow("reached the sandbox");
    },
  );

  it("reads an own property whatever its name", () => {
    const compiled = compileTemplate("{{ input.constructor + input['__proto__'] }}");
    const input: unknown = JSON.parse('{"constructor":"a","__proto__":"b"}');
    expect(compiled.ok && evaluateTemplate(compiled.template, { input }, { sandbox: noSandbox, seed: "", nowMs: 0 })).toEqual({ ok: true, value: "ab" });
  });
});
