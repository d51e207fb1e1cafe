import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expressionOf, plainOf } from "./literal-text";

describe("a field that is switched to an expression and back", () => {
  it("has the value that it had", () => {
    const values = fc.oneof(fc.boolean(), fc.integer(), fc.array(fc.integer()), fc.dictionary(fc.string(), fc.integer()));
    fc.assert(fc.property(values, (value) => void expect(plainOf(expressionOf(value), {})).toEqual(JSON.parse(JSON.stringify(value)))));
    expect(plainOf(expressionOf("fail"), { enum: ["fail", "stop"] })).toBe("fail");
    expect(plainOf(expressionOf(undefined), { type: "integer" })).toBeUndefined();
  });

  it("gives up what has to be evaluated, and texts that are no choice", () => {
    expect(plainOf("{{ input.n }}", { type: "integer" })).toBeUndefined();
    expect(plainOf("{{ 1 }} and {{ 2 }}", { type: "string" })).toBeUndefined();
    expect(plainOf("other", { enum: ["fail"] })).toBeUndefined();
  });
});
