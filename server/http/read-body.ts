import { pipeline, type Readable, type Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { HttpFailure } from "./client";

const DECODERS: Record<string, () => Transform> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};
export const ACCEPTED_ENCODINGS = "gzip, deflate, br";

/** Encodings that may be stacked; more are a trick. */
const MAX_ENCODINGS = 3;

/** Reads, decompresses and counts: a small answer that unpacks into a large one is stopped at the limit. */
export async function readBody(stream: Readable, contentEncoding: string, maxBytes: number): Promise<Uint8Array> {
  const decoded = decode(stream, contentEncoding);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of decoded) {
      size += chunk.length;
      if (size > maxBytes) throw new HttpFailure("response_too_large", `the answer is larger than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (decoded !== stream && isZlibError(error)) throw new HttpFailure("bad_encoding", `the answer is not valid ${contentEncoding}`, { cause: error });
    throw error;
  } finally {
    stream.destroy();
  }
  return Buffer.concat(chunks);
}

function decode(stream: Readable, contentEncoding: string): AsyncIterable<Buffer> {
  const encodings = contentEncoding.toLowerCase().split(",").map((name) => name.trim()).filter((name) => name !== "" && name !== "identity");
  if (encodings.length === 0) return stream;
  if (encodings.length > MAX_ENCODINGS) throw new HttpFailure("bad_encoding", "the answer is encoded too many times");
  const decoders = encodings.reverse().map((name) => {
    const create = DECODERS[name];
    if (!create) throw new HttpFailure("bad_encoding", `the answer has the unknown encoding "${name}"`);
    return create();
  });
  // Every failure also ends the last decoder, whose reader reports it.
  pipeline([stream, ...decoders], () => undefined);
  return decoders.at(-1) ?? stream;
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string" && /^(Z_|ERR__|ERR_BROTLI)/.test(error.code);
}
