import { describe, expect, it } from "vitest";
import { decodeValue } from "./decoding";
import { encodeValue } from "./encoding";
import { keepSame, toPlain } from "./plain";

const value = { $schema: "order/v2", at: new Date("2026-01-31T00:00:00Z"), n: 10n, rows: [{ d: new Date(0), x: 1 }, Number.NaN], text: "a\0b" };

describe("keepSame", () => {
  it("leaves what nobody touched as it was, through a form of plain JSON", () => {
    const before = decodeValue(encodeValue(value));
    const plain = toPlain(before) as typeof value;
    expect(Object.keys(plain)).toEqual(["$schema", "at", "n", "rows", "text"]);
    expect(keepSame(before, plain)).toEqual(value);
    const changed = keepSame(before, { ...plain, text: "b", rows: [{ ...(plain.rows[0] as object), x: 2 }] });
    expect(changed).toEqual({ ...value, text: "b", rows: [{ d: new Date(0), x: 2 }] });
  });

  it("finds entries of a list again that were moved, and what is left of those that were changed", () => {
    const [a, b, c] = [{ at: new Date(1), n: 1 }, { at: new Date(2), n: 2 }, 3n];
    const before = [a, b, c];
    const [pa, pb, pc] = toPlain(before) as [object, object, string];
    expect(keepSame(before, [{ n: 0 }, pa, pb, pc])).toEqual([{ n: 0 }, a, b, c]);
    expect(keepSame(before, [pb, pc])).toEqual([b, c]);
    expect(keepSame(before, [pc, pb, pa, pa])).toEqual([c, b, a, pa]);
    // Both moved and changed, beside a new one: nothing says what it was.
    expect(keepSame(before, [{ n: 0 }, { ...pa, n: 5 }, pb, pc])).toEqual([{ n: 0 }, { ...pa, n: 5 }, b, c]);
    expect(keepSame(before, ["new", pa, { ...pb, n: 5 }, pc])).toEqual(["new", a, { at: new Date(2), n: 5 }, c]);
    expect(keepSame([c, c, 4n], ["4", "3", "3", "3"])).toEqual([4n, c, c, "3"]);
  });

  it("takes what was given where it differs, leaves out what was left out, and makes no prototype", () => {
    expect(keepSame({ at: new Date(0), gone: 1 }, { at: "soon" })).toEqual({ at: "soon" });
    expect(keepSame([1], { a: 1 })).toEqual({ a: 1 });
    const odd = keepSame({ a: 1 }, JSON.parse('{"__proto__":{"x":1},"a":2}'));
    expect(Object.keys(odd as object)).toEqual(["__proto__", "a"]);
  });
});
