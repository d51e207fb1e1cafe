import { type BlobContent, type BlobStoreName, BlobStoreUnavailable } from "./contract";

/** Tells what is wrong with a store from what is wrong with the bytes that it is given, and from bytes that are not there. */
export function watched(store: BlobStoreName, content: BlobContent): BlobContent {
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
        yield* content.read(place);
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

function isMissing(error: unknown): boolean {
  return error instanceof Error && (error.name === "NoSuchKey" || ("code" in error && error.code === "ENOENT"));
}
