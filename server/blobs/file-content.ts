import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { newId } from "@/server/db/id";
import type { BlobContent, BlobPlace } from "./contract";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** One file per blob below a folder that all processes share. */
export function fileContent(root: string): BlobContent {
  return {
    async write(place, chunks) {
      const target = fileOf(root, place);
      const unfinished = `${target}.${newId()}.tmp`;
      await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
      try {
        const file = await open(unfinished, "wx", 0o600);
        try {
          for await (const chunk of chunks) await file.write(chunk);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(unfinished, target);
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
    },

    async *read(place) {
      yield* createReadStream(fileOf(root, place)) as AsyncIterable<Buffer>;
    },

    async remove(places) {
      for (const place of places) await rm(fileOf(root, place), { force: true });
    },
  };
}

/** Ids come from our own table; a check keeps every other text from becoming a path. */
function fileOf(root: string, { workspaceId, blobId }: BlobPlace): string {
  if (!UUID.test(workspaceId) || !UUID.test(blobId)) throw new Error("a blob's place is made of two UUIDs");
  return path.join(root, workspaceId, blobId.slice(-2), blobId);
}
