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
