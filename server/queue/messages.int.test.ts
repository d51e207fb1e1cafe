import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "@/server/db/id";
import { ended, StoreScene } from "@/server/queue/testing/store-scene";

let scene: StoreScene;
beforeAll(async () => {
  scene = await StoreScene.open();
});
afterAll(() => scene.close());

describe("messages", () => {
  test("a signal does not start a run before it is due; a cancel reaches it at once", async () => {
    const run = scene.newRun({ dueAt: Date.now() + 3_600_000 });
    await scene.store.enqueue([run]);
    expect(await scene.store.send(scene.signal(run.id, "early"))).toBe(true);
    expect(await scene.state(run.id)).toEqual([{ state: "waiting", inboxSeq: 1 }]);
    await scene.store.send({ ...scene.signal(run.id, "stop"), kind: "cancel" });
    expect(await scene.claim(run.pool)).toMatchObject({ id: run.id, inboxSeq: 2 });
  });

  test("numbers have no gaps, however many senders there are and however often they send the same", async () => {
    const run = await scene.claimed();
    await Promise.all(Array.from({ length: 40 }, (_, index) => scene.store.send(scene.signal(run.id, `s${index % 20}`))));
    const inbox = await scene.store.inbox(run.id, 0);
    expect(inbox.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(await scene.state(run.id)).toEqual([{ state: "running", inboxSeq: 20 }]);
  });

  test("runs that send to each other while they write do not lock each other out", async () => {
    const runs = await Promise.all(Array.from({ length: 12 }, () => scene.claimed()));
    for (let round = 0; round < 10; round++) {
      const flushes = runs.map((run, index) => {
        const target = runs[(index * 5 + round + 1) % runs.length]!;
        const message = { ...scene.signal(target.id, "hello"), key: `${round}:${run.id}` };
        return scene.store.flush(scene.write(run, { messages: [message] }));
      });
      expect(new Set(await Promise.all([...flushes, ...runs.map((run) => scene.store.send(scene.signal(run.id, `${round}`)).then(() => "ok"))]))).toEqual(new Set(["ok"]));
    }
    for (const run of runs) expect(await scene.state(run.id)).toEqual([{ state: "running", inboxSeq: 20 }]);
  });

  test("a child that is made and cancelled in one write has its cancel", async () => {
    const parent = await scene.claimed();
    const child = scene.newRun({ parent: { runId: parent.id, path: "c", attempt: 1 } });
    await scene.store.flush(scene.write(parent, { children: [child], messages: [{ ...scene.signal(child.id, "stop"), kind: "cancel" }] }));
    expect(await scene.claim(child.pool)).toMatchObject({ inboxSeq: 1 });
  });

  test("the end of a run wakes the parent that waits for it, once", async () => {
    const parent = await scene.claimed();
    await scene.store.release({ runId: parent.id, epoch: parent.epoch, inboxSeq: 0, dueAt: null, reason: "waiting" });
    const child = await scene.claimed();
    const result = { ...scene.signal(parent.id, "x"), kind: "child", path: "c", attempt: 1, name: null, payload: "1", key: `child:${child.id}` } as const;
    const finish = scene.write(child, { ...ended(), messages: [result] });
    expect([await scene.store.flush(finish), await scene.store.flush(finish)]).toEqual(["ok", "lost"]);
    expect(await scene.claim(parent.pool)).toMatchObject({ inboxSeq: 1, epoch: 2 });
    expect(await scene.store.send(scene.signal(child.id, newId()))).toBe(false);
  });
});
