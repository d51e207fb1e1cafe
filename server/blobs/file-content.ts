import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { newId } from "@/server/db/id";
import type { BlobContent, BlobPlace } from "./contract";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Uploads under way, in the same file system as what they become. */
const unfinishedFolder = (root: string): string => path.join(root, "unfinished");
const ABANDONED_MS = 24 * 3_600_000;

/** One file per blob below a folder that all processes share. */
export function fileContent(root: string): BlobContent {
  return {
    async write(place, chunks) {
      const target = fileOf(root, place);
      const unfinished = path.join(unfinishedFolder(root), newId());
      for (const folder of [unfinishedFolder(root), path.dirname(target)]) await makeFolder(folder);
      try {
        const file = await open(unfinished, "wx", 0o600);
        try {
          for await (const chunk of chunks) await file.write(chunk);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(unfinished, target);
        await syncFolder(path.dirname(target));
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
    },

    async *read(place, signal) {
      yield* createReadStream(fileOf(root, place), signal === undefined ? {} : { signal }) as AsyncIterable<Buffer>;
    },

    async remove(places) {
      for (const place of places) await rm(fileOf(root, place), { force: true });
    },
  };
}

/** What a process that was killed has left of its uploads. */
export async function sweepUnfinished(root: string, now = Date.now()): Promise<void> {
  const folder = unfinishedFolder(root);
  for (const name of await readdir(folder).catch(() => [])) {
    const file = path.join(folder, name);
    const found = await stat(file).catch(() => null);
    if (found !== null && found.mtimeMs < now - ABANDONED_MS) await rm(file, { force: true });
  }
}

/** Its name lasts as long as what is put into it. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = path.dirname(made)) await syncFolder(path.dirname(made));
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Ids come from our own table; a check keeps every other text from becoming a path. */
function fileOf(root: string, { workspaceId, blobId }: BlobPlace): string {
  if (!UUID.test(workspaceId) || !UUID.test(blobId)) throw new Error("a blob's place is made of two UUIDs");
  return path.join(root, workspaceId, blobId.slice(-2), blobId);
}
