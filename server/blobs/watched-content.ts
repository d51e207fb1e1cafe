import { type BlobContent, type BlobStoreName, BlobStoreUnavailable } from "./contract";

/** A store that gives nothing for so long, while somebody waits for it, counts as away. */
const SILENT_MS = 30_000;

/** Tells what is wrong with a store from what is wrong with the bytes that it is given, and from bytes that are not there. */
export function watched(store: BlobStoreName, content: BlobContent, silentMs = SILENT_MS): BlobContent {
  return {
    async write(place, chunks) {
      const source = { failed: false, error: undefined as unknown };
      async function* noted(): AsyncGenerator<Uint8Array> {
        try {
          yield* chunks;
        } catch (error) {
          Object.assign(source, { failed: true, error });
          throw error;
        }
      }
      try {
        await content.write(place, noted());
      } catch (error) {
        throw source.failed ? source.error : new BlobStoreUnavailable(store, error);
      }
    },

    async *read(place) {
      try {
        yield* patiently((signal) => content.read(place, signal), silentMs);
      } catch (error) {
        throw isMissing(error) ? error : new BlobStoreUnavailable(store, error);
      }
    },

    async remove(places) {
      try {
        await content.remove(places);
      } catch (error) {
        throw new BlobStoreUnavailable(store, error);
      }
    },
  };
}

/** Whoever reads may take any time over what came; only the store's own silence counts. */
async function* patiently(read: (signal: AbortSignal) => AsyncIterable<Uint8Array>, silentMs: number): AsyncGenerator<Uint8Array> {
  const silent = new AbortController();
  const parts = read(silent.signal)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const part = await within(parts.next(), silentMs);
      if (part.done === true) return;
      yield part.value;
    }
  } finally {
    silent.abort();
    // One that hangs would not come back from this either.
    void parts.return?.()?.catch(() => {});
  }
}

function within<Value>(promise: Promise<Value>, ms: number): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`it gave nothing for ${ms / 1_000} seconds`)), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && (error.name === "NoSuchKey" || ("code" in error && error.code === "ENOENT"));
}
