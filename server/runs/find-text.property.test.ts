import { fc } from "@/server/testing/property-runs";
import { describe, expect, it } from "vitest";
import { findText } from "./find-text";

async function* pieces(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length]!;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

const letters = fc.array(fc.constantFrom("a", "b", "A", "ä", "🚀", "\n", '"'), { maxLength: 900 }).map((all) => all.join(""));
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });

describe("a search in a text that comes in pieces", () => {
  it("finds what a search in the whole text finds, wherever the pieces end", async () => {
    await fc.assert(
      fc.asyncProperty(letters, fc.constantFrom("ab", "äb", "🚀a", "aaa", "b"), fc.nat(400), sizes, async (text, said, from, cuts) => {
        const bytes = Buffer.from(text);
        const places: number[] = [];
        const lower = text.toLowerCase();
        for (let at = lower.indexOf(said); at !== -1; at = lower.indexOf(said, at + 1)) places.push(Buffer.byteLength(text.slice(0, at)));
        const found = await findText(pieces(bytes, cuts), said.toUpperCase(), from);
        expect(found?.at ?? null).toBe(places.find((at) => at >= from) ?? null);
        if (found === null) return;
        expect(found.start).toBeLessThanOrEqual(found.at);
        expect(bytes.subarray(found.start).toString("utf8")).not.toMatch(/^\uFFFD/);
      }),
      { numRuns: 300 },
    );
  });
});
