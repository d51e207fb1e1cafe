import { setMaxListeners } from "node:events";
import { BlobStoreUnavailable } from "@/server/blobs/contract";
import { readBlobReference } from "@/server/expressions/decoding";
import { type BesideReference, encodeBlobReference, encodeValue, headOf } from "@/server/expressions/encoding";
import type { FileValue } from "@/server/nodes/file-value";
import type { StepError } from "@/server/nodes/runner";
import { pause } from "@/server/queue/repeat";
import { Payload } from "@/server/worker/payload";
import type { PayloadStore } from "@/server/worker/ports";

const SHORT_MESSAGE = 500;
const LONGEST_PAUSE_MS = 5_000;
/** Tries between two reports: about a minute. */
const REPORT_EVERY = 12;

/** Stores what is too large for a row elsewhere, and finds it again. */
export class PayloadPort {
  #isLeaving = false;
  #leaving: AbortController | undefined;

  constructor(
    private readonly blobs: PayloadStore,
    private readonly owner: { workspaceId: string; runId: string },
    private readonly inlineMaxBytes: number,
    private readonly report: (error: unknown) => void,
  ) {}

  /** The run leaves this worker: nothing waits any more for a store that is away. */
  leave(): void {
    this.#isLeaving = true;
    this.#leaving?.abort();
  }

  /** What a step has done is not lost because its result cannot be put anywhere just now: as long as the run is held, it waits. */
  async patiently<T>(call: () => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries++) {
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof BlobStoreUnavailable) || this.#isLeaving) throw error;
        if (tries % REPORT_EVERY === 0) this.report(error);
        await pause(Math.min(100 * 2 ** tries, LONGEST_PAUSE_MS), this.#signal());
      }
    }
  }

  #signal(): AbortSignal {
    if (this.#leaving === undefined) {
      this.#leaving = new AbortController();
      // One for each value that waits.
      setMaxListeners(0, this.#leaving.signal);
    }
    return this.#leaving.signal;
  }

  /** The text for the row: the payload's own, or a reference. */
  store(text: string): string | Promise<string> {
    return this.#fits(text) ? text : this.#moveOut(text);
  }

  /** What a run is given that is made here, with its beginning, by which runs are found. */
  storeGiven(text: string): string | Promise<string> {
    return this.#fits(text) ? text : this.#moveOut(text, { head: headOf(text, this.inlineMaxBytes) });
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

  /** Fields of a log line, read by people: those that are too large for a row are a file of the run. */
  storeFields(text: string): string | Promise<string> {
    return this.#fits(text) ? text : this.#file(text, "fields.json").then((file) => encodeValue(file));
  }

  async #file(text: string, name: string): Promise<FileValue> {
    const id = await this.#put(text);
    return { $file: { id, name, mediaType: "application/json", size: Buffer.byteLength(text) } };
  }

  // A UTF-16 unit is at most three bytes of UTF-8: most texts need not be measured.
  #fits(text: string): boolean {
    return text.length * 3 <= this.inlineMaxBytes || Buffer.byteLength(text) <= this.inlineMaxBytes;
  }

  async #moveOut(text: string, beside?: BesideReference): Promise<string> {
    return encodeBlobReference({ id: await this.#put(text), size: Buffer.byteLength(text) }, beside);
  }

  #put(text: string): Promise<string> {
    return this.patiently(() => this.blobs.put(this.owner.workspaceId, this.owner.runId, text));
  }

  /** Keeps what another run has stored for this one too; false when it is not there any more. */
  keep(blobIds: readonly string[]): boolean | Promise<boolean> {
    return blobIds.length === 0 || this.blobs.share(this.owner.workspaceId, this.owner.runId, blobIds);
  }

  fetch(stored: string): Payload | Promise<Payload> {
    const reference = readBlobReference(stored);
    return reference === null ? new Payload(stored) : this.patiently(() => this.blobs.get(this.owner.workspaceId, reference.id)).then((text) => new Payload(text));
  }
}
