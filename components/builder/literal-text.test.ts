import { fc } from "@/server/testing/property-runs";
import { describe, expect, it } from "vitest";
import { compileTemplate } from "@/server/expressions/compile";
import { evaluateTemplate } from "@/server/expressions/evaluate";
import { expressionOf, plainOf } from "./literal-text";

function valueOf(template: unknown): unknown {
  const compiled = compileTemplate(template);
  if (!compiled.ok) return compiled.problems;
  const sandbox = { evaluateExpressions: () => Promise.reject(new Error("nothing here needs a sandbox")) };
  return evaluateTemplate(compiled.template, { input: { n: 7 } }, { sandbox, seed: "test", nowMs: 0 });
}

describe("a field that is switched to an expression and back", () => {
  it("has the value that it had", () => {
    const values = fc.oneof(fc.boolean(), fc.integer(), fc.array(fc.integer()), fc.dictionary(fc.string(), fc.integer()));
    fc.assert(fc.property(values, (value) => void expect(plainOf(expressionOf(value), {})).toEqual(JSON.parse(JSON.stringify(value)))));
    expect(plainOf(expressionOf("fail"), { enum: ["fail", "stop"] })).toBe("fail");
    expect(plainOf(expressionOf(undefined), { type: "integer" })).toBeUndefined();
  });

  it.each([
    [{ a: "{{ input.n }}", b: [1, "x"] }, { a: 7, b: [1, "x"] }],
    [{ text: "Order {{ input.n }}: `{{ input.none }}` costs \\ ${5}" }, { text: "Order 7: `` costs \\ ${5}" }],
    [{ a: "{{ input.n > 1 || false }}!" }, { a: "true!" }],
    [{ braces: "\\{{ no }}" }, { braces: "{{ no }}" }],
  ])("gives what the templates in %j give", (value, expected) => {
    expect(valueOf(expressionOf(value))).toEqual({ ok: true, value: expected });
    expect(valueOf(value)).toEqual({ ok: true, value: expected });
  });

  it("is not switched while a secret or a broken text is in it", () => {
    expect(expressionOf({ Authorization: "Bearer {{ secrets.KEY }}" })).toBeNull();
    expect(expressionOf(["{{ input. }}"])).toBeNull();
  });

  it("gives up what has to be evaluated, and texts that are no choice", () => {
    expect(plainOf("{{ input.n }}", { type: "integer" })).toBeUndefined();
    expect(plainOf("{{ 1 }} and {{ 2 }}", { type: "string" })).toBeUndefined();
    expect(plainOf("other", { enum: ["fail"] })).toBeUndefined();
  });
});
