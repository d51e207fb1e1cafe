import { describe, expect, it } from "vitest";
import { checkSchema, validateAgainst } from "@/server/schema/validate-json";

/** "ok", or "path message" of the first problem. */
function verdict(schema: unknown, value: unknown): string {
  const [problem] = validateAgainst(schema, value);
  return problem ? `${problem.path} ${problem.message}` : "ok";
}

describe("validateAgainst", () => {
  it.each<[unknown, unknown, string]>([
    [true, 1, "ok"],
    [false, 1, " is not allowed"],
    [{}, null, "ok"],
    [{ type: "string" }, 1, " must be a string"],
    [{ type: ["string", "null"] }, true, " must be a string or null"],
    [{ type: "integer" }, 1.0, "ok"],
    [{ type: "integer" }, 1.5, " must be an integer"],
    [{ type: "integer" }, 10n, "ok"],
    [{ type: "integer" }, NaN, " must be an integer"],
    [{ type: "string", format: "date-time" }, new Date(0), "ok"],
    [{ enum: ["a", { b: [1] }] }, { b: [1] }, "ok"],
    [{ enum: ["a", "b"] }, "c", ' must be one of "a", "b"'],
    [{ const: { a: 1, b: 2 } }, { b: 2, a: 1 }, "ok"],
    [{ const: null }, 0, " must be null"],
    [{ const: 1 }, true, " must be 1"],
    [{ minimum: 2 }, 1, " must be at least 2"],
    [{ maximum: 2 }, 2, "ok"],
    [{ exclusiveMaximum: 2 }, 2, " must be less than 2"],
    [{ multipleOf: 0.1 }, 0.3, "ok"],
    [{ multipleOf: 0.01 }, 19.99, "ok"],
    [{ multipleOf: 2 }, 3, " must be a multiple of 2"],
    [{ minLength: 1 }, "", " must not be empty"],
    [{ maxLength: 1 }, "😀", "ok"],
    [{ pattern: "^a+$" }, "ab", " must match the pattern ^a+$"],
    [{ pattern: "b" }, "abc", "ok"],
    [{ items: { type: "number" } }, [1, "x"], "/1 must be a number"],
    [{ prefixItems: [{ type: "string" }], items: false }, ["a", 1], "/1 is not allowed"],
    [{ uniqueItems: true }, [{ a: 1, b: 2 }, 3, { b: 2, a: 1 }], "/2 is the same as item 0"],
    [{ uniqueItems: true }, [1, "1", true, [1], null], "ok"],
    [{ minItems: 1 }, [], " must have at least 1 items"],
    [{ contains: { type: "number" } }, ["a"], " must contain at least 1 fitting item"],
    [{ contains: { type: "number" }, minContains: 0 }, ["a"], "ok"],
    [{ contains: { type: "number" }, maxContains: 1 }, [1, 2], " must contain at most 1 fitting items"],
    [{ required: ["a/b"] }, {}, "/a~1b is required"],
    [{ required: ["a"] }, { a: undefined }, "/a is required"],
    [{ required: ["toString"] }, {}, "/toString is required"],
    [{ properties: { a: { properties: { b: { type: "number" } } } } }, { a: { b: "x" } }, "/a/b must be a number"],
    [{ properties: { a: true }, additionalProperties: false }, { a: 1, b: 2 }, "/b is not a known property"],
    [{ patternProperties: { "^x-": { type: "string" } }, additionalProperties: false }, { "x-a": 1 }, "/x-a must be a string"],
    [{ properties: JSON.parse('{"__proto__":{"type":"string"}}') }, JSON.parse('{"__proto__":1}'), "/__proto__ must be a string"],
    [{ additionalProperties: { type: "number" } }, { toString: "x" }, "/toString must be a number"],
    [{ propertyNames: { maxLength: 2 } }, { abc: 1 }, "/abc must have at most 2 characters"],
    [{ maxProperties: 1 }, { a: 1, b: 2 }, " must have at most 1 properties"],
    [{ dependentRequired: { a: ["b"] } }, { a: 1 }, "/b is required when a is given"],
    [{ dependentSchemas: { a: { required: ["b"] } } }, { a: 1 }, "/b is required"],
    [{ allOf: [{ minimum: 1 }, { maximum: 3 }] }, 5, " must be at most 3"],
    [{ anyOf: [{ type: "string" }, { minimum: 3 }] }, 1, " fits none of the allowed alternatives"],
    [{ oneOf: [{ type: "number" }, { minimum: 3 }] }, 5, " fits more than one of the alternatives"],
    [{ not: { type: "string" } }, "x", " is of a kind that is not allowed"],
    [{ if: { type: "string" }, then: { minLength: 2 }, else: { minimum: 2 } }, "a", " must have at least 2 characters"],
    [{ if: { type: "string" }, then: { minLength: 2 }, else: { minimum: 2 } }, 1, " must be at least 2"],
    [{ $ref: "#/$defs/a~1b", $defs: { "a/b": { type: "string" } } }, 1, " must be a string"],
    [{ $ref: "#name", $defs: { x: { $anchor: "name", type: "string" } } }, 1, " must be a string"],
    [{ $ref: "#/$defs/node", $defs: { node: { properties: { next: { $ref: "#/$defs/node" } }, required: ["v"] } } }, { v: 1, next: { v: 1, next: {} } }, "/next/next/v is required"],
    [{ $id: "https://a.example/root", properties: { a: { $ref: "item" } }, $defs: { i: { $id: "item", type: "string" } } }, { a: 1 }, "/a must be a string"],
    [{ $ref: "https://elsewhere.example/x" }, 1, " cannot be checked: the schema has no https://elsewhere.example/x"],
    [{ type: "string" }, undefined, " must be a string"],
    ["nonsense", 1, " cannot be checked: the schema must be an object or a boolean"],
  ])("%j on %o", (schema, value, expected) => {
    expect(verdict(schema, value)).toBe(expected);
  });

  it.each<[unknown, unknown, string]>([
    [{ allOf: [{ properties: { a: true } }], properties: { b: true }, unevaluatedProperties: false }, { a: 1, b: 1 }, "ok"],
    [{ allOf: [{ properties: { a: true } }], unevaluatedProperties: false }, { a: 1, c: 1 }, "/c is not a known property"],
    [{ anyOf: [{ properties: { a: { type: "string" } } }, { properties: { b: true } }], unevaluatedProperties: false }, { a: 1, b: 1 }, "/a is not a known property"],
    [{ if: { properties: { k: { const: 1 } } }, then: { properties: { a: true } }, unevaluatedProperties: false }, { k: 1, a: 1 }, "ok"],
    [{ not: { not: { properties: { a: true } } }, unevaluatedProperties: false }, { a: 1 }, "/a is not a known property"],
    [{ properties: { x: { properties: { a: true } } }, unevaluatedProperties: false }, { x: {}, a: 1 }, "/a is not a known property"],
    [{ $ref: "#/$defs/b", unevaluatedProperties: false, $defs: { b: { properties: { a: true } } } }, { a: 1 }, "ok"],
    [{ allOf: [{ prefixItems: [true] }], unevaluatedItems: false }, [1, 2], "/1 is not allowed"],
    [{ contains: { type: "string" }, unevaluatedItems: { type: "number" } }, ["a", 1, null], "/2 must be a number"],
  ])("unevaluated: %j on %j", (schema, value, expected) => {
    expect(verdict(schema, value)).toBe(expected);
  });

  it("follows a dynamic reference to the outermost anchor", () => {
    const schema = {
      $id: "https://a.example/strict",
      $dynamicAnchor: "node",
      $ref: "tree",
      unevaluatedProperties: false,
      $defs: { tree: { $id: "tree", $dynamicAnchor: "node", properties: { data: true, children: { items: { $dynamicRef: "#node" } } } } },
    };
    expect(verdict(schema, { children: [{ data: 1 }] })).toBe("ok");
    expect(verdict(schema, { children: [{ daat: 1 }] })).toBe("/children/0/daat is not a known property");
  });

  it.each<[string, string[], string[]]>([
    ["date", ["2024-02-29"], ["2023-02-29", "2024-13-01", "24-01-01"]],
    ["date-time", ["2026-01-31T12:30:00Z", "2026-01-31t12:30:00.5+01:00", "1998-12-31T23:59:60Z"], ["2026-01-31T25:00:00Z", "2026-01-31", "2026-01-31T12:30:60Z"]],
    ["duration", ["P1DT2H", "P2W", "PT5M"], ["P", "PT", "1D", "P1D2H"]],
    ["email", ["a.b+c@example.org"], ["a", "@b.c", "a..b@c.d", "a b@c.d", "a@-b.c"]],
    ["hostname", ["example.org", "localhost", "xn--a"], ["-a.b", "a..b", "a_b", "a".repeat(64)]],
    ["ipv4", ["127.0.0.1"], ["256.0.0.1", "1.2.3", "01.2.3.4"]],
    ["ipv6", ["::1", "2001:db8::ff00:42:8329", "::ffff:1.2.3.4"], ["1", ":::", "12345::"]],
    ["uri", ["https://example.org/a?b#c", "urn:isbn:1", "mailto:a@b.c"], ["/a", "example.org", "http://a b"]],
    ["uuid", ["2EB8AA08-AA98-11EA-B4AA-73B441D16380"], ["2eb8aa08aa9811eab4aa73b441d16380"]],
    ["json-pointer", ["", "/a/~0~1"], ["a", "/~2"]],
    ["regex", ["^a+$"], ["(", "(?=a)"]],
    ["unknown-format", ["anything"], []],
  ])("format %s", (format, good, bad) => {
    expect(good.filter((text) => verdict({ format }, text) !== "ok")).toEqual([]);
    expect(bad.filter((text) => verdict({ format }, text) === "ok")).toEqual([]);
  });

  it("reports every problem with its place, up to a limit", () => {
    const schema = { properties: { a: { type: "string" }, b: { minimum: 3 } }, required: ["c"] };
    expect(validateAgainst(schema, { a: 1, b: 1 })).toEqual([
      { path: "/c", message: "is required" },
      { path: "/a", message: "must be a string" },
      { path: "/b", message: "must be at least 3" },
    ]);
    expect(validateAgainst({ items: { type: "string" } }, new Array(1_000).fill(1))).toHaveLength(50);
  });
});

describe("hostile schemas end", () => {
  const doubling = Object.fromEntries(Array.from({ length: 40 }, (_, level) => [`l${level}`, { anyOf: [{ $ref: `#/$defs/l${level + 1}` }, { $ref: `#/$defs/l${level + 1}` }] }]));
  let deep: object = {};
  for (let level = 0; level < 5_000; level++) deep = { not: deep };
  let nested: unknown = 1;
  for (let level = 0; level < 100_000; level++) nested = [nested];

  it.each<[string, unknown, unknown, string]>([
    ["a $ref to itself", { $ref: "#" }, 1, "leads back to itself"],
    ["a loop of references", { $ref: "#/$defs/a", $defs: { a: { allOf: [{ $ref: "#/$defs/b" }] }, b: { anyOf: [{ $ref: "#/$defs/a" }] } } }, 1, "leads back to itself"],
    ["exponential references", { $ref: "#/$defs/l0", $defs: { ...doubling, l40: false } }, 1, "too many steps"],
    ["deep nesting", deep, 1, "at most 100 levels"],
    ["many schemas", { allOf: new Array(20_000).fill({}) }, 1, "at most 10000 schemas"],
    ["a deep value", { $ref: "#/$defs/n", $defs: { n: { items: { $ref: "#/$defs/n" } } } }, nested, "nested too deeply"],
    ["a deep value and a constant", { const: [1] }, nested, "nested too deeply"],
    ["a catastrophic pattern", { pattern: "(a+)+$" }, `${"a".repeat(200_000)}b`, "must match"],
    ["a costly pattern", { pattern: "(a?){500}a{500}" }, "a".repeat(1_000_000), "too many steps"],
    ["a costly pattern on many texts", { items: { pattern: "(a?){500}a{500}" } }, new Array(1_000).fill("a".repeat(10_000)), "too many steps"],
    ["many constants on a large value", { allOf: Array.from({ length: 4_000 }, (_, index) => ({ not: { const: [index] } })) }, new Array(100_000).fill("x"), "too many steps"],
    ["own internals", { __absolute_ref__: "x", __proto__: { type: "string" }, constructor: 1 }, 1, ""],
  ])("%s", (_name, schema, value, message) => {
    expect(verdict(schema, value)).toContain(message);
  });
});

describe("checkSchema", () => {
  it.each<[unknown, string, string]>([
    [{ type: "strnig" }, "/type", '"strnig" is no type; the types are null, boolean, object, array, number, integer, string'],
    [{ type: [] }, "/type", "must name at least one type"],
    [{ properties: { a: { type: 1 } } }, "/properties/a/type", "1 is no type"],
    [{ properties: { a: "string" } }, "/properties", "must be an object of schemas"],
    [{ required: "a" }, "/required", "must be a list of strings"],
    [{ items: [{}] }, "/items", "prefixItems"],
    [{ anyOf: [{ pattern: "(" }] }, "/anyOf/0/pattern", "missing closing )"],
    [{ pattern: "(?=a)" }, "/pattern", "lookahead and lookbehind are not supported"],
    [{ patternProperties: { "a/(": true } }, "/patternProperties/a~1(", "missing closing )"],
    [{ minLength: -1 }, "/minLength", "must be a non-negative integer"],
    [{ minimum: "1" }, "/minimum", "must be a number"],
    [{ multipleOf: 0 }, "/multipleOf", "greater than 0"],
    [{ $ref: "#/$defs/x" }, "/$ref", "is nowhere in this schema"],
    [{ $ref: "#" }, "/$ref", "leads back to itself"],
    [{ enum: "a" }, "/enum", "must be a list"],
    [{ allOf: [] }, "/allOf", "must be a list of schemas"],
    [1, "", "must be an object or a boolean"],
  ])("%j", (schema, path, message) => {
    const problems = checkSchema(schema);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toEqual({ path, message: expect.stringContaining(message) as string });
  });

  it("takes a schema that people write", () => {
    const schema = {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      title: "Order",
      type: "object",
      properties: { id: { type: "string", format: "uuid", default: "x" }, lines: { type: "array", items: { $ref: "#/$defs/line" }, minItems: 1 }, "x-note": true },
      required: ["id"],
      additionalProperties: false,
      $defs: { line: { type: "object", properties: { sku: { type: "string", examples: ["a"] }, parent: { $ref: "#/$defs/line" } } } },
      "x-order": ["id"],
    };
    expect(checkSchema(schema)).toEqual([]);
    expect(checkSchema(true)).toEqual([]);
  });
});
