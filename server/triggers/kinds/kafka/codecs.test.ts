import { compress as lz4 } from "lz4js";
import { compress as snap } from "snappyjs";
import { expect, it } from "vitest";
import { unlz4, unsnap, unzstd } from "./codecs";

const text = Buffer.from("the quick brown fox ".repeat(5_000));

it("reads Snappy with and without the frames of Java's producers", () => {
  expect(unsnap(snap(text)).equals(text)).toBe(true);
  const block = (bytes: Buffer) => {
    const [packed, length] = [snap(bytes), Buffer.alloc(4)];
    length.writeInt32BE(packed.length);
    return Buffer.concat([length, packed]);
  };
  const header = Buffer.concat([Buffer.from([0x82]), Buffer.from("SNAPPY\0"), Buffer.from([0, 0, 0, 1, 0, 0, 0, 1])]);
  expect(unsnap(Buffer.concat([header, block(text.subarray(0, 7)), block(text.subarray(7))])).equals(text)).toBe(true);
  for (const length of [0, -8]) {
    const wrong = Buffer.alloc(4);
    wrong.writeInt32BE(length);
    expect(() => unsnap(Buffer.concat([header, wrong]))).toThrow("no length");
  }
});

it("reads LZ4", () => {
  expect(unlz4(Buffer.from(lz4(text))).equals(text)).toBe(true);
});

it("reads ZSTD", () => {
  // The text, as the tool zstd writes it.
  expect(unzstd(Buffer.from("28b52ffd0438e50000a074686520717569636b2062726f776e20666f78200100120d2f9f4c64444a9b", "hex")).equals(text)).toBe(true);
});

it("refuses what would become far more than a batch is", () => {
  // A length of 1 GB, in the first bytes.
  expect(() => unsnap(Buffer.from([0x80, 0x80, 0x80, 0x80, 0x04, 0]))).toThrow("too big");
  // A frame of LZ4 that says it has 1 TB.
  expect(() => unlz4(Buffer.from("04224d186840000000000001000000", "hex"))).toThrow("more than 256 MB");
  const short = Buffer.from("04224d1868400400000000000000000c00008061626364313233343536373800000000", "hex");
  expect(() => unlz4(short)).toThrow("more than it says");
  // Windows and single segments of ZSTD.
  expect(() => unzstd(Buffer.from("28b52ffd00a00100000000000000", "hex"))).toThrow("more than 256 MB");
  expect(() => unzstd(Buffer.from("28b52ffde00000000000010000000000", "hex"))).toThrow("more than 256 MB");
});
