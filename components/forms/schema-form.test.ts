import { describe, expect, it } from "vitest";
import { initialValue } from "./initial-value";
import { readField, readTexts, splitVariant } from "./read-field";

const field = (schema: unknown, root: unknown = schema) => readField(schema, root);

describe("readField", () => {
  it.each([
    [{ type: "string" }, { widget: "text", input: "text", multiline: false }],
    [{ type: "string", format: "email" }, { widget: "text", input: "email" }],
    [{ type: "string", format: "date-time" }, { widget: "text", input: "datetime-local" }],
    [{ type: "string", maxLength: 5_000 }, { widget: "text", multiline: true }],
    [{ type: ["integer", "null"], minimum: 1 }, { widget: "number", isInteger: true, minimum: 1 }],
    [{ type: "boolean" }, { widget: "boolean" }],
    [{ enum: ["a", 2, null] }, { widget: "choice", options: [{ label: "a", value: "a" }, { label: "2", value: 2 }, { label: "null", value: null }] }],
    [{ enum: ["a", "b"], enumNames: ["The A", ""] }, { widget: "choice", options: [{ label: "The A", value: "a" }, { label: "b", value: "b" }] }],
    [{ oneOf: [{ const: "x", title: "The X" }, { const: "y" }] }, { widget: "choice", options: [{ label: "The X", value: "x" }, { label: "y", value: "y" }] }],
    [{ type: "array", items: { type: "string" }, minItems: 1 }, { widget: "list", minItems: 1, maxItems: Infinity }],
    [{ type: "array" }, { widget: "json" }],
    [{ type: "object" }, { widget: "json" }],
    [{ anyOf: [{ type: "number" }, { type: "null" }] }, { widget: "number" }],
    [{ anyOf: [{ type: "number", title: "Amount" }, { type: "string" }] }, { widget: "variants" }],
    [true, { widget: "json" }],
    [{}, { widget: "json" }],
    ["nonsense", { widget: "json" }],
  ])("%j", (schema, shape) => {
    expect(field(schema)).toMatchObject(shape);
  });

  it("follows local references and survives one that leads to itself", () => {
    const root = { $defs: { money: { type: "number", title: "Amount" }, self: { $ref: "#/$defs/self" } } };
    expect(field({ $ref: "#/$defs/money" }, root)).toMatchObject({ widget: "number" });
    expect(readTexts({ $ref: "#/$defs/money", title: "Price" }, root).title).toBe("Price");
    expect(field({ $ref: "#/$defs/self" }, root)).toEqual({ widget: "json" });
    expect(field({ $ref: "https://example.com/schema" }, root)).toEqual({ widget: "json" });
    expect(field({ $ref: "#/$defs/constructor" }, root)).toEqual({ widget: "json" });
  });
});

describe("splitVariant", () => {
  it("sets what tells variants apart, and leaves the rest to fill in", () => {
    const variant = { type: "object", properties: { type: { $ref: "#/$defs/hmac" }, secret: { type: "string" } }, required: ["type", "secret"] };
    const { constants, rest } = splitVariant(variant, { $defs: { hmac: { const: "hmac" } } });
    expect(constants).toEqual({ type: "hmac" });
    expect(field(rest)).toEqual({ widget: "object", properties: [{ name: "secret", schema: { type: "string" }, isRequired: true }] });
    expect(splitVariant({ type: "object", properties: { type: { const: "none" } } }, {})).toEqual({ constants: { type: "none" }, rest: null });
    expect(splitVariant({ type: "string" }, {})).toEqual({ constants: {}, rest: { type: "string" } });
  });
});

describe("initialValue", () => {
  it("begins a variant as that variant, whatever the default of the choice is", () => {
    const variant = (type: string) => ({ type: "object", properties: { type: { const: type } }, required: ["type"] });
    const shape = field({ default: { type: "token" }, oneOf: [variant("none"), variant("token")] });
    expect(shape.widget === "variants" && shape.variants.map(({ schema }) => initialValue(schema))).toEqual([{ type: "none" }, { type: "token" }]);
  });

  it("begins with the first variant where one is needed, and with none where it may be left out", () => {
    const choice = { oneOf: [{ type: "object", properties: { by: { const: "token" }, header: { type: "string", default: "authorization" } }, required: ["by"] }] };
    expect(initialValue({ type: "object", required: ["check"], properties: { check: { oneOf: [...choice.oneOf, { type: "string" }] }, other: { oneOf: [...choice.oneOf, { type: "string" }] } } })).toEqual({
      check: { by: "token", header: "authorization" },
    });
  });

  it("takes defaults and leaves out what has none", () => {
    const schema = {
      type: "object",
      required: ["customer", "note"],
      properties: {
        note: { type: "string" },
        count: { type: "integer", default: 3 },
        customer: { type: "object", properties: { vip: { type: "boolean", default: false }, name: { type: "string" } } },
        extra: { type: "object", properties: { anything: { type: "string" } } },
      },
    };
    expect(initialValue(schema)).toEqual({ count: 3, customer: { vip: false } });
  });

  it("begins with an empty object when anything goes, and ends for a schema that nests without end", () => {
    expect(initialValue({})).toEqual({});
    const root = { $ref: "#/$defs/tree", $defs: { tree: { type: "object", required: ["next"], properties: { next: { $ref: "#/$defs/tree" } } } } };
    expect(initialValue(root)).toHaveProperty("next.next.next");
  });
});
