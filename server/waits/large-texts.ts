import { readBlobReference } from "@/server/expressions/decoding";
import { env } from "@/server/env";
import { keptText, readBlobText } from "@/server/blobs/service";

/** What is too large for a row is put away, and read, outside of transactions: a blob has its own, on a connection of its own. */
class Wanted extends Error {
  constructor(
    readonly what: "place" | "text",
    readonly of: string,
  ) {
    super(`the ${what} of a large value is not known yet`);
  }
}

/** Stored forms of large encoded values, and the values behind stored forms, for work that is tried until it has all that it wants. */
export class LargeTexts {
  readonly #places = new Map<string, string>();
  readonly #texts = new Map<string, string>();

  /** The text for the row: the value's own, or a reference. */
  stored(text: string): string {
    if (Buffer.byteLength(text) <= env.PAYLOAD_INLINE_MAX_BYTES) return text;
    const place = this.#places.get(text);
    if (place === undefined) throw new Wanted("place", text);
    return place;
  }

  /** The encoded value behind the text of a row. */
  text(stored: string): string {
    if (readBlobReference(stored) === null) return stored;
    const text = this.#texts.get(stored);
    if (text === undefined) throw new Wanted("text", stored);
    return text;
  }

  /** `work` changes nothing before it has asked for everything, or undoes it: it is done again after each thing that it wanted. */
  static async around<Result>(workspaceId: string, runId: string, work: (large: LargeTexts) => Promise<Result>): Promise<Result> {
    const large = new LargeTexts();
    for (;;) {
      try {
        return await work(large);
      } catch (error) {
        if (!(error instanceof Wanted)) throw error;
        if (error.what === "place") large.#places.set(error.of, await keptText(workspaceId, runId, error.of));
        else large.#texts.set(error.of, await readLargeText(workspaceId, error.of));
      }
    }
  }
}

/** The encoded value behind the text of a row; of one that retention has removed, that it is gone. */
export async function readLargeText(workspaceId: string, stored: string): Promise<string> {
  const reference = readBlobReference(stored);
  if (reference === null) return stored;
  return (await readBlobText(workspaceId, reference.id)) ?? JSON.stringify(`a value of ${reference.size} bytes, which is not kept any more`);
}
