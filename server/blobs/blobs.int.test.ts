import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { backUp } from "@/server/cli/backup";
import { restore } from "@/server/cli/restore";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { env } from "@/server/env";
import { makeWorkspace } from "@/server/testing/factories";
import { type Broker, s3MockJar, s3MockServer, startBroker } from "@/server/triggers/testing/brokers";
import { describeContent } from "./content.conformance";
import { fileContent, sweepUnfinished } from "./file-content";
import { postgresContent } from "./postgres-content";
import { s3Content } from "./s3-content";
import { BlobStoreUnavailable, readS3Url, type S3Place } from "./contract";
import { deleteBlob, deleteBlobsOf, giveBlob, openBlob, putBlob, readBlob, readBlobText, shareBlobs, sweepBlobs } from "./service";
import { watched } from "./watched-content";

let workspaceId: string;
let folder: string;

beforeAll(async () => {
  workspaceId = (await makeWorkspace()).id;
  folder = await mkdtemp(path.join(os.tmpdir(), "millrace-blobs-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await closeConnections();
});

async function newPlace() {
  const blob = await rawDb().blob.create({ data: { id: newId(), workspaceId } });
  return { workspaceId, blobId: blob.id };
}

describe("content in PostgreSQL", () => describeContent(() => ({ content: postgresContent(), newPlace })));

describe("content in files", () => {
  describeContent(() => ({ content: fileContent(folder), newPlace }));

  it("leaves no unfinished file behind; what a killed process has left goes after a day", async () => {
    const unfinished = path.join(folder, "unfinished");
    expect(await readdir(unfinished)).toEqual([]);
    await writeFile(path.join(unfinished, newId()), "half");
    await sweepUnfinished(folder);
    expect(await readdir(unfinished)).toHaveLength(1);
    await sweepUnfinished(folder, Date.now() + 25 * 3_600_000);
    expect(await readdir(unfinished)).toEqual([]);
  });

  it("says that it is the store that is at fault, and not what is stored or asked for", async () => {
    const noFolder = path.join(folder, "no-folder");
    await writeFile(noFolder, "");
    const content = watched("file", fileContent(noFolder));
    const place = await newPlace();
    await expect(content.write(place, (async function* () {})())).rejects.toBeInstanceOf(BlobStoreUnavailable);
    const broken = watched("file", fileContent(folder));
    await expect(
      broken.write(
        place,
        (async function* () {
          yield new Uint8Array(1);
          throw new Error("of the sender");
        })(),
      ),
    ).rejects.toThrow(/^of the sender$/);
    const reading = broken.read(place)[Symbol.asyncIterator]().next();
    await expect(reading).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("takes no path for a place", async () => {
    const place = { workspaceId, blobId: "../../etc/passwd" };
    await expect(fileContent(folder).write(place, (async function* () {})())).rejects.toThrow(/UUID/);
  });
});

describe.skipIf(s3MockJar() === null)("content in S3 (needs Java and the jar of S3Mock)", () => {
  let server: Broker;
  let place: S3Place;

  beforeAll(async () => {
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) vi.stubEnv(name, "of-the-test");
    server = await startBroker(s3MockServer, 120_000);
    place = readS3Url(`s3://millrace/blobs?endpoint=http://127.0.0.1:${server.port}`)!;
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await server.remove();
  });

  describeContent(() => ({ content: s3Content(place), newPlace }));

  it("holds more than one part, and says what is not there", async () => {
    const blob = await newPlace();
    const bytes = Buffer.alloc(12 * 1024 * 1024 + 5, "millrace");
    await s3Content(place).write(blob, (async function* () { for (let at = 0; at < bytes.length; at += 70_000) yield bytes.subarray(at, at + 70_000); })());
    const parts: Uint8Array[] = [];
    for await (const part of s3Content(place).read(blob)) parts.push(part);
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
    const nothing = s3Content(place).read(await newPlace())[Symbol.asyncIterator]();
    await expect(nothing.next()).rejects.toMatchObject({ name: "NoSuchKey" });
  });

  it("goes into a backup and comes back by a restore", async () => {
    const blob = await newPlace();
    await s3Content(place).write(blob, (async function* () { yield Buffer.from("kept"); })());
    await rawDb().blob.update({ where: { id: blob.blobId }, data: { store: "s3", state: "ready", size: 4 } });
    const gone = await newPlace();
    await rawDb().blob.update({ where: { id: gone.blobId }, data: { store: "s3", state: "ready", size: 4 } });
    const file = path.join(folder, "backup.tar.gz");
    const told: string[] = [];
    await expect(backUp({ url: env.DATABASE_URL, file, blobFolder: folder })).rejects.toThrow("2 blobs are in S3, but BLOB_S3_URL does not say where.");
    await backUp({ url: env.DATABASE_URL, file, blobFolder: folder, objects: s3Content(place), onTable: (name, rows) => void (name.includes("meanwhile") && told.push(`${name}: ${rows}`)) });
    expect(told).toEqual(["blobs that were removed meanwhile: 1"]);
    await s3Content(place).remove([blob]);
    await expect(restore({ url: env.DATABASE_URL, file, blobFolder: folder, force: true })).rejects.toThrow("holds 1 blobs for S3: set BLOB_S3_URL");
    await closeConnections();
    await restore({ url: env.DATABASE_URL, file, blobFolder: folder, force: true, objects: s3Content(place) });
    const parts: Uint8Array[] = [];
    for await (const part of s3Content(place).read(blob)) parts.push(part);
    expect(Buffer.concat(parts).toString()).toBe("kept");
    await rawDb().blob.deleteMany({ where: { store: "s3" } });
  });
});

describe("blobs", () => {
  const age = (id: string) => sharedPool().query("update blob set created_at = now() - interval '2 days' where id = $1", [id]);

  it("are bound to their workspace", async () => {
    const { id, size } = await putBlob({ workspaceId, name: "a.txt", contentType: "text/plain" }, "grüße\u0000\ufeff");
    expect(size).toBe(11);
    expect(await readBlobText(workspaceId, id)).toBe("grüße\u0000\ufeff");
    expect((await openBlob(workspaceId, id))?.info).toMatchObject({ name: "a.txt", contentType: "text/plain", size: 11 });
    const { id: other } = await makeWorkspace();
    expect(await readBlob(other, id)).toBeNull();
    expect(await deleteBlob(other, id)).toBe(false);
    expect(await readBlob(workspaceId, "no uuid")).toBeNull();
  });

  it("keep nothing of what is too large or breaks off", async () => {
    const before = await rawDb().blob.count();
    await expect(putBlob({ workspaceId, maxBytes: 10 }, Buffer.alloc(11))).rejects.toMatchObject({ kind: "too_large" });
    const breaking = (async function* () {
      yield Buffer.alloc(2_000_000);
      throw new Error("connection lost");
    })();
    await expect(putBlob({ workspaceId }, breaking)).rejects.toThrow("connection lost");
    expect(await rawDb().blob.count()).toBe(before);
  });

  it("are not readable before they are complete", async () => {
    const { blobId } = await newPlace();
    expect(await readBlob(workspaceId, blobId)).toBeNull();
  });

  it("go with their owner", async () => {
    const runId = newId();
    const { id } = await putBlob({ workspaceId, owner: { type: "run", id: runId } }, "x");
    expect(await deleteBlobsOf("run", [runId])).toBe(1);
    expect(await readBlob(workspaceId, id)).toBeNull();
  });

  it("stay for a re-run that reads them, and for its re-run, and go with the last", async () => {
    const [first, second, third] = [newId(), newId(), newId()];
    for (const id of [first, second, third]) await rawDb().run.create({ data: { id, workspaceId, input: {}, triggerKind: "manual", rootRunId: id } });
    const { id } = await putBlob({ workspaceId, owner: { type: "run", id: first } }, "kept");
    await rawDb().$transaction(async (tx) => {
      await shareBlobs(tx, workspaceId, { from: first, to: second });
      await shareBlobs(tx, workspaceId, { from: second, to: third });
    });
    await age(id);
    for (const gone of [first, second]) {
      expect(await deleteBlobsOf("run", [gone])).toBe(0);
      await rawDb().run.delete({ where: { id: gone } });
      await sweepBlobs();
      expect(await readBlobText(workspaceId, id)).toBe("kept");
    }
    await rawDb().run.delete({ where: { id: third } });
    await sweepBlobs();
    expect(await readBlobText(workspaceId, id)).toBeNull();
  });

  it("are swept although another store does not answer", async () => {
    const lost = await rawDb().blob.create({ data: { id: newId(), workspaceId, store: "s3" } });
    const { id } = await putBlob({ workspaceId }, "loose");
    for (const one of [lost.id, id]) await age(one);
    await expect(sweepBlobs()).rejects.toThrow(/BLOB_S3_URL/);
    const left = await rawDb().blob.findMany({ where: { id: { in: [lost.id, id] } } });
    expect(left.map((blob) => blob.id)).toEqual([lost.id]);
    await rawDb().blob.delete({ where: { id: lost.id } });
  });

  it("are swept when nobody can reach them, and not before a day", async () => {
    await sweepBlobs();
    const loose = await putBlob({ workspaceId }, "loose");
    const owned = await putBlob({ workspaceId }, "owned");
    expect(await giveBlob({ workspaceId, blobId: owned.id }, { type: "workspace", id: workspaceId })).toBe(true);
    const runGone = await putBlob({ workspaceId, owner: { type: "run", id: newId() } }, "run is gone");
    const runId = newId();
    await rawDb().run.create({ data: { id: runId, workspaceId, input: {}, triggerKind: "manual", rootRunId: runId } });
    const runThere = await putBlob({ workspaceId, owner: { type: "run", id: runId } }, "run is there");
    expect(await sweepBlobs()).toBe(0);
    for (const { id } of [loose, owned, runGone, runThere]) await age(id);
    expect(await sweepBlobs()).toBe(2);
    expect(await readBlobText(workspaceId, owned.id)).toBe("owned");
    expect(await readBlobText(workspaceId, runThere.id)).toBe("run is there");
  });
});
