import { expect, it } from "vitest";
import type { BlobContent, BlobPlace } from "./contract";

export interface ContentHarness {
  content: BlobContent;
  /** A place whose row exists, in a fresh workspace unless one is named. */
  newPlace(): Promise<BlobPlace>;
}

const MEBIBYTE = 1024 * 1024;

async function* pieces(...sizes: number[]): AsyncGenerator<Uint8Array> {
  let next = 0;
  for (const size of sizes) yield Uint8Array.from({ length: size }, () => next++ % 251);
}

async function all(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of source) parts.push(part);
  return Buffer.concat(parts);
}

/** What every store of blob bytes keeps. */
export function describeContent(harness: () => ContentHarness): void {
  it.each([
    ["nothing", []],
    ["one byte", [1]],
    ["uneven pieces over several chunks", [1, 700_000, 3, MEBIBYTE, 0, 524_288, 17]],
  ])("gives back %s", async (_, sizes) => {
    const { content, newPlace } = harness();
    const place = await newPlace();
    await content.write(place, pieces(...sizes));
    expect((await all(content.read(place))).equals(await all(pieces(...sizes)))).toBe(true);
  });

  it("replaces what was there, also by less", async () => {
    const { content, newPlace } = harness();
    const place = await newPlace();
    await content.write(place, pieces(2 * MEBIBYTE));
    await content.write(place, pieces(5));
    expect(await all(content.read(place))).toHaveLength(5);
  });

  it("keeps places apart and removes only what it is told", async () => {
    const { content, newPlace } = harness();
    const [kept, gone] = [await newPlace(), await newPlace()];
    await content.write(kept, pieces(10));
    await content.write(gone, pieces(20));
    await content.remove([gone, await newPlace()]);
    expect(await all(content.read(kept))).toHaveLength(10);
    const rest = await all(content.read(gone)).catch(() => Buffer.alloc(0));
    expect(rest).toHaveLength(0);
  });

  it("passes on the failure of a source", async () => {
    const { content, newPlace } = harness();
    const failing = (async function* () {
      yield Uint8Array.of(1);
      throw new Error("source broke");
    })();
    await expect(content.write(await newPlace(), failing)).rejects.toThrow("source broke");
  });
}
