import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deleteBlobsOf, keepBlobs, putBlob, readBlobText } from "@/server/blobs/service";
import { closeConnections } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { filesGiven } from "@/server/expressions/blob-ids";
import { encodeBlobReference, encodeValue } from "@/server/expressions/encoding";
import { ended, StoreScene } from "@/server/queue/testing/store-scene";

let scene: StoreScene;

beforeAll(async () => {
  scene = await StoreScene.open();
});
afterAll(async () => {
  await scene.close();
  await closeConnections();
});

const fileOf = (id: string) => ({ $file: { id, name: "a.txt", mediaType: "text/plain", size: 1 } });
const put = async (runId: string, workspaceId = scene.workspaceId) => (await putBlob({ workspaceId, owner: { type: "run", id: runId } }, "x")).id;
const sharers = async (blobId: string) => (await scene.rows<{ run: string }>("select run_id as run from blob_share where blob_id = $1", blobId)).map(({ run }) => run);

describe("what one run has stored and another one needs", () => {
  test("stays for a run that was started with it", async () => {
    const parent = await scene.claimed();
    const child = scene.newRun();
    const [file, event] = [await put(parent.id), await put(parent.id)];
    const withFile = { ...child, input: encodeValue({ list: [fileOf(file)] }), files: [{ id: file, from: parent.id }, { id: event, from: null }] };
    await scene.store.flush(scene.write(parent, { children: [withFile] }));
    await scene.store.flush(scene.write(parent, ended()));
    expect([await sharers(file), await sharers(event)]).toEqual([[child.id], [child.id]]);
    await deleteBlobsOf("run", [parent.id]);
    expect(await readBlobText(scene.workspaceId, file)).toBe("x");
    await deleteBlobsOf("run", [parent.id, child.id]);
    expect(await readBlobText(scene.workspaceId, file)).toBeNull();
  });

  test("stays for a run that was told of it, within a result that lies elsewhere too", async () => {
    const parent = await scene.claimed();
    const child = await scene.claimed({ parent: { runId: parent.id, path: "sub", attempt: 1 } });
    const [file, result, direct] = [await put(child.id), await put(child.id), await put(child.id)];
    const told = scene.signal(parent.id, "child", { kind: "child", payload: encodeBlobReference({ id: result, size: 1 }), files: filesGiven([child.id], encodeValue([fileOf(file), fileOf(result)])) });
    await scene.store.flush(scene.write(child, { ...ended(), messages: [told] }));
    await scene.store.send(scene.signal(parent.id, "go", { payload: encodeValue(fileOf(direct)), files: [{ id: direct, from: null }] }));
    for (const id of [file, result, direct]) expect(await sharers(id)).toEqual([parent.id]);
  });

  test("attack: is a child's or a parent's only where the other one has it, whatever file an expression names", async () => {
    const [stranger, parent] = [await scene.claimed(), await scene.claimed()];
    const child = await scene.claimed({ parent: { runId: parent.id, path: "sub", attempt: 1 } });
    const theirs = await put(stranger.id);
    const input = encodeValue(fileOf(theirs));
    const detached = { ...scene.newRun(), input, files: filesGiven([parent.id], input) };
    await scene.store.flush(scene.write(parent, { children: [{ ...detached, ...scene.newRun({ parent: { runId: parent.id, path: "other", attempt: 1 } }) }, detached] }));
    const told = scene.signal(parent.id, "child", { kind: "child", payload: input, files: filesGiven([child.id], input) });
    await scene.store.flush(scene.write(child, { ...ended(), messages: [told] }));
    expect(await sharers(theirs)).toEqual([]);
  });

  test("stays for a run that took the list of an older one over", async () => {
    const older = await scene.claimed({ input: "{}" });
    const [file, theirs] = [await put(older.id), await put((await scene.claimed()).id)];
    await scene.rows("update run set input = $2::json where id = $1", older.id, encodeValue({ list: [fileOf(file), fileOf(theirs)] }));
    const newer = await scene.claimed({ input: encodeValue({ list: [1] }) });
    const gates = { debounce: { key: newId(), seconds: 60, mergeField: "list" } };
    for (const { id: runId, workspaceId, epoch } of [older, newer]) await scene.store.admit({ runId, workspaceId, epoch, inboxSeq: 0, gates });
    expect([await sharers(file), await sharers(theirs)], "what the older one merely named is nobody's").toEqual([[newer.id], []]);
    const changes = await scene.rows("select from run_change where run_id = $1", older.id);
    expect(changes, "that the older one was made, and that it has ended").toHaveLength(2);
  });

  test("is neither another workspace's nor what is not there", async () => {
    const other = await StoreScene.open();
    const foreign = await put(newId(), other.workspaceId);
    const run = scene.newRun({ input: encodeValue([fileOf(foreign), fileOf(newId())]) });
    await scene.store.enqueue([run]);
    expect(await sharers(foreign)).toEqual([]);
    expect(await keepBlobs(scene.workspaceId, run.id, [foreign])).toBe(false);
    await other.close();
  });

  test("is kept for a run that found it in the cache, as long as it is there", async () => {
    const [first, second] = [scene.newRun(), scene.newRun()];
    await scene.store.enqueue([first, second]);
    const id = await put(first.id);
    expect(await keepBlobs(scene.workspaceId, second.id, [id, id])).toBe(true);
    expect(await sharers(id)).toEqual([second.id]);
    expect(await keepBlobs(scene.workspaceId, second.id, [id, newId()])).toBe(false);
  });
});
