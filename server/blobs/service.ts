import { readBlobReference } from "@/server/expressions/decoding";
import { encodeBlobReference } from "@/server/expressions/encoding";
import { createHash } from "node:crypto";
import path from "node:path";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { env } from "@/server/env";
import { DomainError } from "@/server/errors/domain-error";
import { type BlobContent, type BlobInfo, type BlobOwner, type BlobPlace, type BlobReference, type BlobStoreName, type NewBlob, readS3Url, type S3Place } from "./contract";
import { fileContent, sweepUnfinished } from "./file-content";
import { watched } from "./watched-content";
import { postgresContent } from "./postgres-content";
import { s3Content } from "./s3-content";
import { keepGiven } from "./kept-given";
import { deleteBlobRows, findBlob, findBlobsOf, findBlobsOfWorkspace, findLeftBehind, findLooseBlobs, findOwned, insertBlob, insertRunShares, insertShares, markReady, setOwner, type StoredBlob } from "./queries";

const BATCH = 200;

/** Each blob remembers where it was put, so that changing the setting loses none. */
function contentIn(store: BlobStoreName): BlobContent {
  switch (store) {
    case "postgres":
      return postgresContent();
    case "file":
      return watched(store, fileContent(blobFolder()));
    case "s3":
      return watched(store, s3Content(s3Place()));
  }
}

const blobFolder = (): string => path.resolve(env.MILLRACE_DATA_DIR, "blobs");

function s3Place(): S3Place {
  const place = readS3Url(env.BLOB_S3_URL ?? "");
  if (place === null) throw new Error("the blob is in S3, but BLOB_S3_URL does not say where");
  return place;
}

/** Blobs in a bucket, for those who copy them elsewhere. */
export const blobsInS3 = (place: S3Place): BlobContent => s3Content(place);

/** Stores bytes, whole or as they come. Nobody can read the blob before it is complete. */
export async function putBlob(blob: NewBlob & { id?: string }, data: Uint8Array | string | AsyncIterable<Uint8Array>): Promise<BlobReference & { sha256: string }> {
  const store = env.BLOB_STORE;
  const measured = new Measured(typeof data === "string" || data instanceof Uint8Array ? once(data) : data, blob.maxBytes);
  let id = blob.id ?? newId();
  // Somebody else writes it just now, or did not come to the end of it.
  if (!(await insertBlob(id, blob, store))) await insertBlob((id = newId()), blob, store);
  const place = { workspaceId: blob.workspaceId, blobId: id };
  try {
    await contentIn(store).write(place, measured);
  } catch (error) {
    await remove([{ id, workspaceId: blob.workspaceId, store }]).catch(() => new Map());
    throw error;
  }
  const sha256 = measured.sha256.digest();
  await markReady(place, measured.size, sha256);
  return { id, size: measured.size, sha256: sha256.toString("hex") };
}

/** What is kept of an encoded value that a run is told: the text, or where it lies when it is too large for a row. Not in a transaction: a blob has its own. */
export async function keptText(workspaceId: string, runId: string, text: string): Promise<string> {
  if (Buffer.byteLength(text) <= env.PAYLOAD_INLINE_MAX_BYTES) return text;
  return encodeBlobReference(await putBlob({ workspaceId, owner: { type: "run", id: runId }, contentType: "application/json" }, text));
}

/** See `kept-given.ts`. */
export const keptGiven = <Run extends Parameters<typeof keepGiven>[0]>(run: Run): Promise<Run> => keepGiven(run, putBlob);

/** A start that is refused leaves nothing of what it was given, if nobody else was given it. Of one whose end nobody heard everything stays. */
export async function orDropGiven<Made>(workspaceId: string, given: readonly { input: string; trigger?: string | null }[], make: () => Promise<Made>): Promise<Made> {
  try {
    return await make();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    await dropGiven(workspaceId, given);
    throw error;
  }
}

/** Of runs that were not made, and whose values nobody else was given. What cannot be taken away now is left to the sweep. */
export async function dropGiven(workspaceId: string, given: readonly { input: string; trigger?: string | null }[]): Promise<void> {
  const references = given.flatMap(({ input, trigger = null }) => [input, trigger]).flatMap((text) => (text === null ? [] : (readBlobReference(text) ?? [])));
  for (const { id } of references) await deleteBlob(workspaceId, id).catch(() => false);
}

/** Of an event that did not come to be: what came with it. What cannot be taken away now is left to the sweep. */
export async function dropOwned(workspaceId: string, owner: BlobOwner): Promise<void> {
  const ids = await findOwned(workspaceId, owner).catch(() => []);
  for (const id of ids) await deleteBlob(workspaceId, id).catch(() => false);
}

/** What the blob is, and its bytes as they are read. Null when the workspace has no such blob. */
export async function openBlob(workspaceId: string, id: string): Promise<{ info: BlobInfo; content: AsyncIterable<Uint8Array> } | null> {
  const info = UUID.test(id) ? await findBlob({ workspaceId, blobId: id }) : null;
  return info && { info, content: complete(info, contentIn(info.store).read({ workspaceId, blobId: id })) };
}

export async function readBlob(workspaceId: string, id: string): Promise<Uint8Array | null> {
  const opened = await openBlob(workspaceId, id);
  if (!opened) return null;
  const parts: Uint8Array[] = [];
  for await (const part of opened.content) parts.push(part);
  return Buffer.concat(parts);
}

export async function readBlobText(workspaceId: string, id: string): Promise<string | null> {
  const bytes = await readBlob(workspaceId, id);
  return bytes && new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

export async function giveBlob(place: BlobPlace, owner: BlobOwner): Promise<boolean> {
  return setOwner(place, owner);
}

export async function deleteBlob(workspaceId: string, id: string): Promise<boolean> {
  const info = UUID.test(id) ? await findBlob({ workspaceId, blobId: id }) : null;
  if (info) refuseFailed(await remove([info]));
  return info !== null;
}

/** What a run has stored stays until the re-run is gone too, which has its values. */
export async function shareBlobs(tx: Tx, workspaceId: string, runs: { from: string; to: string }): Promise<void> {
  await insertShares(tx, workspaceId, runs.from, runs.to);
}

/** What another run has stored stays for this one too. False when some of it is not there any more. */
export async function keepBlobs(workspaceId: string, runId: string, ids: readonly string[]): Promise<boolean> {
  const wanted = new Set(ids);
  return (await insertRunShares(workspaceId, runId, [...wanted])) === wanted.size;
}

/** For retention: what belongs to runs that are about to go, unless a re-run reads it still. */
export async function deleteBlobsOf(owner: BlobOwner["type"], ids: readonly string[]): Promise<number> {
  return removeAll((except) => findBlobsOf(owner, ids, BATCH, except));
}

/** For a workspace that goes for good: its bytes first, wherever they are. */
export async function deleteBlobsOfWorkspace(workspaceId: string): Promise<number> {
  return removeAll((except) => findBlobsOfWorkspace(workspaceId, BATCH, except));
}

/** How many blobs a sweep looks at for what was left behind: all of them are looked at in turn, whatever their number. */
const LOOKED_AT = 2_000;
const FIRST = "00000000-0000-0000-0000-000000000000";
let lookedUpTo = FIRST;

/** The net below everything that deletes: removes what nobody can reach. Answers how many blobs that were. */
export async function sweepBlobs(): Promise<number> {
  if (env.BLOB_STORE === "file") await sweepUnfinished(blobFolder());
  const { orphans, next } = await findLeftBehind(lookedUpTo, LOOKED_AT);
  lookedUpTo = next ?? FIRST;
  const left = await remove(orphans);
  const loose = await removeAll((except) => findLooseBlobs(BATCH, except));
  refuseFailed(left);
  return loose + orphans.length;
}

type Failures = Map<BlobStoreName, unknown>;

/** A store that does not answer keeps what it has; what the others have goes all the same. Then it fails. */
async function removeAll(next: (except: readonly BlobStoreName[]) => Promise<StoredBlob[]>): Promise<number> {
  const failed: Failures = new Map();
  let removed = 0;
  for (let found = await next([]); found.length > 0; found = await next([...failed.keys()])) {
    for (const [store, error] of await remove(found)) failed.set(store, error);
    removed += found.length;
  }
  refuseFailed(failed);
  return removed;
}

function refuseFailed(failed: Failures): void {
  const [first] = failed.values();
  if (first !== undefined) throw first;
}

/** Content first: a crash in between leaves a row that is found again, never bytes that nobody knows of. Answers which stores failed. */
async function remove(blobs: readonly Pick<StoredBlob, "id" | "workspaceId" | "store">[]): Promise<Failures> {
  const failed: Failures = new Map();
  for (const store of new Set(blobs.map((blob) => blob.store))) {
    const places = blobs.filter((blob) => blob.store === store).map(({ id, workspaceId }) => ({ blobId: id, workspaceId }));
    try {
      await contentIn(store).remove(places);
    } catch (error) {
      failed.set(store, error);
    }
  }
  await deleteBlobRows(blobs.filter(({ store }) => !failed.has(store)).map(({ id }) => id));
  return failed;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Counts and hashes what passes through. */
class Measured implements AsyncIterable<Uint8Array> {
  size = 0;
  readonly sha256 = createHash("sha256");

  constructor(
    private readonly source: AsyncIterable<Uint8Array>,
    private readonly maxBytes = Number.POSITIVE_INFINITY,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.source) {
      this.size += chunk.length;
      if (this.size > this.maxBytes) throw new DomainError("too_large", { what: "file", limitBytes: this.maxBytes });
      this.sha256.update(chunk);
      yield chunk;
    }
  }
}

async function* once(data: Uint8Array | string): AsyncGenerator<Uint8Array> {
  yield typeof data === "string" ? Buffer.from(data, "utf8") : data;
}

/** A blob that was deleted while it is read ends in an error, not early. */
async function* complete(info: BlobInfo, content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of content) {
    size += chunk.length;
    yield chunk;
  }
  if (size !== info.size) throw new Error(`blob ${info.id} holds ${size} of its ${info.size} bytes`);
}
