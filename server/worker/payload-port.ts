import { readBlobReference } from "@/server/expressions/decoding";
import { encodeBlobReference } from "@/server/expressions/encoding";
import { Payload } from "@/server/worker/payload";
import type { PayloadStore } from "@/server/worker/ports";

/** Stores what is too large for a row elsewhere, and finds it again. */
export class PayloadPort {
  constructor(
    private readonly blobs: PayloadStore,
    private readonly owner: { workspaceId: string; runId: string },
    private readonly inlineMaxBytes: number,
  ) {}

  /** The text for the row: the payload's own, or a reference. */
  store(text: string): string | Promise<string> {
    // A UTF-16 unit is at most three bytes of UTF-8: most texts need not be measured.
    if (text.length * 3 <= this.inlineMaxBytes || Buffer.byteLength(text) <= this.inlineMaxBytes) return text;
    return this.#moveOut(text);
  }

  async #moveOut(text: string): Promise<string> {
    const id = await this.blobs.put(this.owner.workspaceId, this.owner.runId, text);
    return encodeBlobReference({ id, size: Buffer.byteLength(text) });
  }

  /** Keeps what another run has stored for this one too; false when it is not there any more. */
  keep(blobIds: readonly string[]): boolean | Promise<boolean> {
    return blobIds.length === 0 || this.blobs.share(this.owner.workspaceId, this.owner.runId, blobIds);
  }

  fetch(stored: string): Payload | Promise<Payload> {
    const reference = readBlobReference(stored);
    return reference === null ? new Payload(stored) : this.blobs.get(this.owner.workspaceId, reference.id).then((text) => new Payload(text));
  }
}
