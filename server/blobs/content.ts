/** Where one blob's bytes are. */
export interface BlobPlace {
  readonly workspaceId: string;
  readonly blobId: string;
}

/** Keeps bytes and nothing else; what a blob is, and whose, is in the table `blob`. One conformance suite runs against each. */
export interface BlobContent {
  /** Durable when it resolves. A second write to a place replaces the first. */
  write(place: BlobPlace, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  /** Fails while it is read when the content is not there or not whole. */
  read(place: BlobPlace): AsyncIterable<Uint8Array>;
  /** Also of places that hold nothing. */
  remove(places: readonly BlobPlace[]): Promise<void>;
}

export const BLOB_STORES = ["postgres", "file"] as const;
export type BlobStoreName = (typeof BLOB_STORES)[number];

/** Cuts and joins what comes into pieces of `size` bytes; the last one may be shorter. */
export async function* inPieces(source: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  for await (let part of source) {
    while (heldBytes + part.length >= size) {
      const taken = part.subarray(0, size - heldBytes);
      yield Buffer.concat([...held, taken]);
      held = [];
      heldBytes = 0;
      part = part.subarray(taken.length);
    }
    if (part.length > 0) {
      held.push(part);
      heldBytes += part.length;
    }
  }
  if (heldBytes > 0) yield Buffer.concat(held);
}
