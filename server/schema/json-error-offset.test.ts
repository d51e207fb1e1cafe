import { fc } from "@/server/testing/property-runs";
import { describe, expect, it } from "vitest";
import { jsonErrorOffset } from "@/server/schema/json-error-offset";

describe("jsonErrorOffset", () => {
  it.each([
    ['{\n  "nodes": [,]\n}', 14],
    ['{"a": 1,}', 8],
    ['{"a" 1}', 5],
    ["[1 2]", 3],
    ["{'a': 1}", 1],
    ['{"a": nul}', 6],
    ['{"a": [1}', 8],
    ['["tab\t"]', 1],
    ["[1] x", 4],
    ['{"a": [', 7],
    ["", 0],
  ])("%j breaks at %i", (text, offset) => {
    expect(jsonErrorOffset(text)).toBe(offset);
  });

  it("reaches the end of every valid text", () => {
    fc.assert(
      fc.property(fc.json(), fc.nat({ max: 4 }), (text, indent) => {
        const printed = JSON.stringify(JSON.parse(text), null, indent);
        expect(jsonErrorOffset(printed)).toBe(printed.length);
      }),
    );
  });
});
