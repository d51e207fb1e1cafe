import { Decompress } from "fzstd";
import kafkajs from "kafkajs";
import { decompressBound, decompressFrame } from "lz4js";
import { uncompress } from "snappyjs";

/** What one batch of messages may become; brokers keep theirs to a megabyte or a few as they are sent. */
const MAX_BYTES = 256 * 1_024 * 1_024;

/** How Java's producers frame Snappy: this, two versions, then blocks with their lengths. */
const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEADER_BYTES = 16;

const { CompressionCodecs, CompressionTypes } = kafkajs;

/** The library brings GZIP alone. Nothing is written to Kafka here. */
export function registerCodecs(): void {
  Object.assign(CompressionCodecs, { [CompressionTypes.Snappy]: () => reader(unsnap), [CompressionTypes.LZ4]: () => reader(unlz4), [CompressionTypes.ZSTD]: () => reader(unzstd) });
}

const reader = (read: (bytes: Buffer) => Buffer) => ({
  compress: () => Promise.reject(new Error("this codec only reads")),
  decompress: (bytes: Buffer) => new Promise<Buffer>((resolve) => resolve(read(bytes))),
});

export function unsnap(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, XERIAL.length).equals(XERIAL)) return uncompress(bytes, MAX_BYTES);
  const blocks: Buffer[] = [];
  let left = MAX_BYTES;
  for (let at = XERIAL_HEADER_BYTES; at < bytes.length; ) {
    const length = bytes.readInt32BE(at);
    if (length <= 0) throw new Error("a block of Snappy has no length");
    const block = uncompress(bytes.subarray(at + 4, at + 4 + length), left);
    left -= block.length;
    blocks.push(block);
    at += 4 + length;
  }
  return Buffer.concat(blocks);
}

export function unlz4(bytes: Buffer): Buffer {
  // A frame may say how much it holds; else its blocks do.
  const bound = (bytes.readUInt8(4) & 8) === 0 ? decompressBound(bytes) : Number(bytes.readBigUInt64LE(6));
  if (bound > MAX_BYTES) throw tooLarge();
  const text = Buffer.alloc(bound);
  const length = decompressFrame(bytes, text);
  if (length > bound) throw new Error("a frame of LZ4 holds more than it says");
  return text.subarray(0, length);
}

export function unzstd(bytes: Buffer): Buffer {
  if (windowOf(bytes) > MAX_BYTES) throw tooLarge();
  const parts: Uint8Array[] = [];
  let total = 0;
  const stream = new Decompress((part) => {
    total += part.length;
    if (total > MAX_BYTES) throw tooLarge();
    parts.push(part);
  });
  stream.push(bytes, true);
  return Buffer.concat(parts);
}

/** What a frame makes its reader keep (RFC 8878, 3.1.1.1): its window, or all of a single segment. */
function windowOf(frame: Buffer): number {
  const descriptor = frame.readUInt8(4);
  if ((descriptor & 0x20) === 0) {
    const [exponent, mantissa] = [frame.readUInt8(5) >> 3, frame.readUInt8(5) & 7];
    return 2 ** (10 + exponent) * (1 + mantissa / 8);
  }
  const at = 5 + ([0, 1, 2, 4][descriptor & 3] ?? 0);
  const size = descriptor >> 6;
  if (size === 0) return frame.readUInt8(at);
  return size === 1 ? frame.readUInt16LE(at) + 256 : size === 2 ? frame.readUInt32LE(at) : Number(frame.readBigUInt64LE(at));
}

const tooLarge = () => new Error(`a batch of compressed messages has more than ${MAX_BYTES / 1_048_576} MB`);
