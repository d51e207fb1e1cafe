import { describe, expect, it } from "vitest";
import { diffText, sliceText } from "./compare-texts";

describe("values as texts to compare", () => {
  it("do not differ by the order of names, and do by that of lists", () => {
    expect(diffText('{"b":{"y":1,"x":2},"a":[1,2]}')).toBe(diffText('{"a":[1,2],"b":{"x":2,"y":1}}'));
    expect(diffText("[1,2]")).not.toBe(diffText("[2,1]"));
    expect(diffText(null)).toBeNull();
  });

  it("tell long members of large values by their beginning and their size", () => {
    const item = { type: "string" as const, count: null };
    const items = [{ ...item, key: "a", text: "1", start: "1", characters: 1 }, { ...item, key: "b", text: null, start: '"long', characters: 4_000 }];
    expect(sliceText({ type: "object", total: 2, text: null, items })).toBe('a: 1\nb: "long… (4,000 characters)');
    expect(sliceText(null)).toBeNull();
  });
});
