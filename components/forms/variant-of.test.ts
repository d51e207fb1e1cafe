import { describe, expect, it } from "vitest";
import { variantOf } from "./variant-of";

const scalars = [{ schema: { type: "string" } }, { schema: { type: "integer" } }, { schema: { type: "array" } }, { schema: { type: "null" } }];
const address = { type: "object", properties: { street: {}, city: {} }, required: ["street"] };
const root = { $defs: { address } };
const objects = [{ schema: { type: "object", properties: { city: {}, code: {} } } }, { schema: { $ref: "#/$defs/address" } }];
const named = [{ schema: { type: "object", properties: { kind: { const: "a" } } } }, { schema: { type: "object", properties: { kind: { const: "b" } } } }];

describe("the variant that a value is of", () => {
  it.each([["text", 0], [4, 1], [[1], 2], [null, 3], [undefined, 0], [4.5, 0]])("goes by its type: %j", (value, index) => {
    expect(variantOf(scalars, {}, value)).toBe(index);
  });

  it.each([[{ code: 1 }, 0], [{ street: "High Street", city: "Bath" }, 1], [{ city: "Bath" }, 0]])("goes by what an object has: %j", (value, index) => {
    expect(variantOf(objects, root, value)).toBe(index);
  });

  it("goes by a constant before all", () => {
    expect(variantOf(named, {}, { kind: "b" })).toBe(1);
  });
});
