import { fc } from "@/server/testing/property-runs";
import { describe, expect, it } from "vitest";
import { memberText, membersOf, pathText, valueAt, type ValuePath } from "./path-text";
import { copyText } from "./print-value";
import { searchValue } from "./search-value";
import { tableOf, tablesIn } from "./table-of";

describe("the text of a way into a value", () => {
  it("is what an expression reads", () => {
    expect(memberText(["items", 0, "unit price", "a"])).toBe('.items[0]["unit price"].a');
    expect(pathText(["items", 0])).toBe("items[0]");
    expect(pathText(['say "hi"'])).toBe('["say \\"hi\\""]');
  });

  it("leads back to every place", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
        const visit = (inner: unknown, path: ValuePath) => {
          expect(valueAt(value, path)).toBe(inner);
          if (typeof inner === "object" && inner !== null) for (const member of membersOf(inner, path)) visit(member.value, member.path);
        };
        visit(value, []);
      }),
    );
  });
});

describe("searching in a value", () => {
  it("finds names and what they hold, with what is around them", () => {
    const { hits, shown } = searchValue({ order: { id: 7, note: "Fragile" }, lines: [{ sku: "frag-1" }, { sku: "b" }] }, "FRAG");
    expect([...hits]).toEqual(["/order/note", "/lines/0/sku"]);
    expect([...shown].toSorted()).toEqual(["", "/lines", "/lines/0", "/lines/0/sku", "/order", "/order/note"]);
    expect(searchValue({ a: 1 }, "zzz").shown.size).toBe(0);
  });
});

describe("tables", () => {
  it("are made of lists of objects, wherever they are", () => {
    expect(tableOf([{ a: 1 }, { b: 2, a: 3 }])?.columns).toEqual(["a", "b"]);
    expect(tableOf([])).toBeNull();
    expect(tableOf([{ a: 1 }, 2])).toBeNull();
    expect(tablesIn({ body: { items: [{ a: 1 }], others: [1] } })).toEqual([["body", "items"]]);
    expect(tablesIn([{ a: [{ b: 1 }] }])).toEqual([[]]);
  });
});

it("copies a text as it is, and what JSON cannot say in words", () => {
  expect(copyText("a\nb")).toBe("a\nb");
  expect(copyText({ big: 10n })).toBe('{\n  "big": "10"\n}');
  expect(copyText(-0)).toBe("-0");
});
