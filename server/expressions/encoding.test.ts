import { fc } from "@/server/testing/property-runs";
import { describe, expect, it } from "vitest";
import { decodeUntrusted, decodeValue, readBlobReference } from "@/server/expressions/decoding";
import { encodeBlobReference, encodeValue, EncodingError } from "@/server/expressions/encoding";
import { SecretText } from "@/server/expressions/secret-text";

describe("encodeValue", () => {
  it.each([
    [{ a: [1, "x", null, true] }, '{"a":[1,"x",null,true]}'],
    [undefined, "null"],
    [{ a: undefined, b: [undefined] }, '{"b":[null]}'],
    [NaN, '{"$number":"NaN"}'],
    [[-0, 0, Infinity, -Infinity], '[{"$number":"-0"},0,{"$number":"Infinity"},{"$number":"-Infinity"}]'],
    [12n, '{"$bigint":"12"}'],
    [new Date(0), '{"$date":"1970-01-01T00:00:00.000Z"}'],
    [new Date(NaN), '{"$date":null}'],
    ["a\0b", '{"$string":"a\\\\u0000b"}'],
    ["\ud800", '{"$string":"\\\\ud800"}'],
    ["\\u0000", '"\\\\u0000"'],
    ["\u001b", '"\\u001b"'],
    [{ "k\0": 1, $b: 2 }, '{"$entries":[[{"$string":"k\\\\u0000"},1],["$b",2]]}'],
    [{ $set: 1, $$x: 2, y: 3 }, '{"$$set":1,"$$$x":2,"y":3}'],
    [{ $number: "NaN" }, '{"$$number":"NaN"}'],
    [{ $blob: "x", size: 1 }, '{"$$blob":"x","size":1}'],
    [{ $file: { id: "1" } }, '{"$file":{"id":"1"}}'],
    [{ $file: { id: "1" }, other: 1 }, '{"$$file":{"id":"1"},"other":1}'],
    [new SecretText(["Bearer ", { name: "T" }]), '{"$secret":["Bearer ",{"name":"T"}]}'],
    [new URL("https://example.org/"), '"https://example.org/"'],
  ])("encodes %o", (value, text) => {
    expect(encodeValue(value)).toBe(text);
  });

  it.each([
    [{ a: [() => 1] }, "a function cannot be stored (at /a/0)"],
    [{ a: Symbol("x") }, "a symbol cannot be stored (at /a)"],
    [new Map(), "a Map (make it an object or an array first) cannot be stored"],
    [{ "a/b": new Uint8Array(1) }, "binary data (Uint8Array; store it as a file) cannot be stored (at /a~1b)"],
    [/x/, "an instance of RegExp cannot be stored"],
    [Promise.resolve(), "an instance of Promise cannot be stored"],
  ])("refuses %o", (value, message) => {
    expect(() => encodeValue(value)).toThrow(EncodingError);
    expect(() => encodeValue(value)).toThrow(message);
  });

  it("refuses cycles and depth, and allows shared parts", () => {
    const cycle: { self?: unknown } = {};
    cycle.self = [cycle];
    expect(() => encodeValue(cycle)).toThrow("contains itself cannot be stored (at /self/0)");
    let deep: unknown = 1;
    for (let level = 0; level < 5_000; level++) deep = [deep];
    expect(() => encodeValue(deep)).toThrow("at most 500 levels");
    const shared = { n: NaN };
    expect(encodeValue([shared, shared])).toBe('[{"n":{"$number":"NaN"}},{"n":{"$number":"NaN"}}]');
  });

  it("keeps a key named __proto__", () => {
    const value = JSON.parse('{"__proto__":{"a":1},"n":{"$$x":1}}') as object;
    for (const odd of [value, { ...value, z: NaN }, JSON.parse('{"__proto__":{"$x":1}}')]) {
      const decoded = decodeValue(encodeValue(odd)) as object;
      expect(Object.hasOwn(decoded, "__proto__")).toBe(Object.hasOwn(odd as object, "__proto__"));
      expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype);
    }
  });

  it("can be undone", () => {
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.string(), fc.constantFrom("$number", "$", "$$a", "__proto__", "$file", "a\0", "\udc00", "\\u0000"));
    const leaf = fc.oneof(text, fc.double(), fc.integer(), fc.bigInt(), fc.boolean(), fc.constant(null), fc.constant(-0), fc.date({ noInvalidDate: false }));
    const value = fc.letrec((tie) => ({
      node: fc.oneof({ depthSize: "small" }, leaf, fc.array(tie("node")), fc.dictionary(text, tie("node"), { noNullPrototype: true })),
    })).node;
    fc.assert(
      fc.property(value, (original) => {
        const encoded = encodeValue(original);
        expect(encoded).not.toMatch(/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/);
        expect(decodeValue(encoded)).toEqual(original);
        expect(encodeValue(decodeValue(encoded))).toBe(encoded);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe("decodeValue", () => {
  it("refuses what no encoder writes", () => {
    for (const text of ['{"$what":1}', '{"$number":"1"}', '{"$bigint":"x"}', '{"$entries":1}', '{"$string":1}', '{"a":1,"$date":null}']) {
      expect(() => decodeValue(text)).toThrow();
    }
    expect(() => decodeValue(encodeBlobReference({ id: "b", size: 9 }))).toThrow("blob store");
  });

  it("reads blob references", () => {
    expect(readBlobReference(encodeBlobReference({ id: "b", size: 9 }))).toEqual({ id: "b", size: 9 });
    expect(readBlobReference(encodeValue({ $blob: "b", size: 9 }))).toBeNull();
  });

  it("makes secret tokens only from stored text", () => {
    const text = encodeValue({ a: new SecretText([{ name: "K" }, "\0"]) });
    expect((decodeValue(text) as { a: SecretText }).a).toBeInstanceOf(SecretText);
    expect(() => decodeUntrusted(text)).toThrow("unknown marker $secret");
    expect(decodeUntrusted('{"$$secret":[1]}')).toEqual({ $secret: [1] });
  });
});
