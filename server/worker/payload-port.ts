import { readBlobReference } from "@/server/expressions/decoding";
import { encodeBlobReference, encodeValue } from "@/server/expressions/encoding";
import type { FileValue } from "@/server/nodes/file-value";
import type { StepError } from "@/server/nodes/runner";
import { Payload } from "@/server/worker/payload";
import type { PayloadStore } from "@/server/worker/ports";

const SHORT_MESSAGE = 500;

/** Stores what is too large for a row elsewhere, and finds it again. */
export class PayloadPort {
  constructor(
    private readonly blobs: PayloadStore,
    private readonly owner: { workspaceId: string; runId: string },
    private readonly inlineMaxBytes: number,
  ) {}

  /** The text for the row: the payload's own, or a reference. */
  store(text: string): string | Promise<string> {
    return this.#fits(text) ? text : this.#moveOut(text);
  }

  /** An error is read by lists and alerts too, so it stays in its row: details that are too large for it are a file of the run, and everything is where the message is. */
  fit(error: StepError): StepError | Promise<StepError> {
    return this.#fits(encodeValue(error)) ? error : this.#fitted(error);
  }

  async #fitted(error: StepError): Promise<StepError> {
    const { details, ...rest } = error;
    if (details !== undefined && this.#fits(encodeValue(rest))) return { ...rest, details: await this.#file(encodeValue(details), "details.json") };
    const whole = await this.#file(encodeValue(error), "error.json");
    const { code, path, nodeId, field } = error;
    const short = `${error.message.slice(0, SHORT_MESSAGE)}… (${error.message.length} characters; all of it is in the details)`;
    return { code, message: error.message.length > SHORT_MESSAGE ? short : error.message, details: whole, ...(path === undefined ? {} : { path }), ...(nodeId === undefined ? {} : { nodeId }), ...(field === undefined ? {} : { field: field.slice(0, SHORT_MESSAGE) }) };
  }

  async #file(text: string, name: string): Promise<FileValue> {
    const id = await this.blobs.put(this.owner.workspaceId, this.owner.runId, text);
    return { $file: { id, name, mediaType: "application/json", size: Buffer.byteLength(text) } };
  }

  // A UTF-16 unit is at most three bytes of UTF-8: most texts need not be measured.
  #fits(text: string): boolean {
    return text.length * 3 <= this.inlineMaxBytes || Buffer.byteLength(text) <= this.inlineMaxBytes;
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
