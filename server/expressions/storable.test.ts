import { describe, expect, it } from "vitest";
import { storableJsonText, storableText, unstorablePlace } from "./storable";

const half = "😀".slice(0, 1);

describe("what the database can hold", () => {
  it("replaces NUL and half characters in texts and names, and leaves all else as it is", () => {
    expect(storableText(`a\0b${half}c😀`)).toBe("a\uFFFDb\uFFFDc😀");
    expect(JSON.parse(storableJsonText(JSON.stringify({ "a\0": [half, { b: "\0" }, 1, null, "\\u0000"] })))).toEqual({ "a\uFFFD": ["\uFFFD", { b: "\uFFFD" }, 1, null, "\\u0000"] });
    const plain = JSON.stringify({ a: "\\u0000 is a text", b: "😀" });
    expect(storableJsonText(plain)).toBe(plain);
  });

  it("names the first place that cannot be stored", () => {
    expect(unstorablePlace({ a: [{ "b/c": "x\0" }] })).toBe("/a/0/b~1c");
    expect(unstorablePlace({ a: { [`b${half}`]: 1 } })).toBe("/a");
    expect(unstorablePlace({ a: ["😀", 1, null] })).toBeNull();
  });
});
