import { mkdtemp, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { makeWorkspace } from "@/server/testing/factories";
import { describeContent } from "./content.conformance";
import { fileContent } from "./file-content";
import { postgresContent } from "./postgres-content";
import { deleteBlob, deleteBlobsOf, giveBlob, openBlob, putBlob, readBlob, readBlobText, shareBlobs, sweepBlobs } from "./service";

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

  it("leaves no unfinished file behind", async () => {
    const files = await readdir(folder, { recursive: true });
    expect(files.filter((file) => file.endsWith(".tmp"))).toEqual([]);
  });

  it("takes no path for a place", async () => {
    const place = { workspaceId, blobId: "../../etc/passwd" };
    await expect(fileContent(folder).write(place, (async function* () {})())).rejects.toThrow(/UUID/);
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
