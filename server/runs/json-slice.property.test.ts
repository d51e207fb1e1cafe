import { fc } from "@/server/testing/property-runs";
import { describe, expect, it } from "vitest";
import { JsonSlicer, type JsonSlice, type SliceRequest } from "./json-slice";

const whole = { pointer: "", from: 0, limit: 50, itemCharacters: 1_000 };

function slice(text: string, request: Partial<SliceRequest> = {}, pieces = [text]): JsonSlice | null {
  const slicer = new JsonSlicer({ ...whole, ...request });
  for (const piece of pieces) slicer.push(piece);
  return slicer.result();
}

const inPieces = (text: string, size: number) => Array.from({ length: Math.ceil(text.length / size) }, (_, index) => text.slice(index * size, (index + 1) * size));

type Place = { pointer: string; value: unknown };

function placesOf(value: unknown, pointer = ""): Place[] {
  const inner = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return [{ pointer, value }, ...inner.flatMap(([key, own]) => placesOf(own, `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`))];
}

describe("a slice of a JSON text", () => {
  it("tells the members of a list in their range, and how many there are", () => {
    expect(slice('{"items":[1,{"a":[1,2],"b":"x,}"},"three",null]}', { pointer: "/items", from: 1, limit: 2 })).toEqual({
      type: "array",
      total: 4,
      text: null,
      items: [
        { key: "1", type: "object", text: '{"a":[1,2],"b":"x,}"}', start: "", characters: 21, count: 2 },
        { key: "2", type: "string", text: '"three"', start: "", characters: 7, count: null },
      ],
    });
  });

  it("tells the beginning of members that are too long, and parts of a long text", () => {
    const long = "é".repeat(500);
    const told = slice(JSON.stringify({ long, list: [1, 2, 3] }), { itemCharacters: 20 });
    expect(told?.items[0]).toMatchObject({ key: "long", text: null, start: `"${"é".repeat(19)}`, characters: 502 });
    expect(told?.items[1]).toMatchObject({ text: "[1,2,3]", count: 3 });
    expect(slice(JSON.stringify({ long: `a"\n${long}` }), { pointer: "/long", from: 1, limit: 2, itemCharacters: 2 })).toMatchObject({ type: "string", total: 503, text: '"\néé' });
  });

  it("finds nothing where nothing is", () => {
    expect(slice('{"a":{"b":1}}', { pointer: "/a/c" })).toBeNull();
    expect(slice('{"a":{"b":1}}', { pointer: "/b" })).toBeNull();
    expect(slice('[[1],{"0":2}]', { pointer: "/1/0" })).toMatchObject({ type: "number", text: "2" });
  });

  it("says of any place what is there, however the text is cut", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.nat(), fc.integer({ min: 1, max: 9 }), fc.nat({ max: 3 }), (value, choice, size, from) => {
        // What is a text now was one when it was stored: -0 is stored otherwise.
        const text = JSON.stringify(value);
        const places = placesOf(JSON.parse(text));
        const { pointer, value: wanted } = places[choice % places.length]!;
        const told = slice(text, { pointer, from, limit: 2 }, inPieces(text, size));
        if (typeof wanted === "object" && wanted !== null) {
          const entries = Object.entries(wanted);
          expect(told?.total).toBe(entries.length);
          expect(told?.items.map(({ key, text: own }) => [key, JSON.parse(own!)])).toEqual(entries.slice(from, from + 2));
          for (const [index, [, own]] of entries.slice(from, from + 2).entries()) {
            expect(told?.items[index]?.count).toBe(typeof own === "object" && own !== null ? Object.keys(own).length : null);
          }
        } else {
          const shown = typeof wanted === "string" ? wanted : JSON.stringify(wanted);
          expect(told).toMatchObject({ total: shown.length, text: shown.slice(from, from + 2_000) });
        }
      }),
    );
  });
});
