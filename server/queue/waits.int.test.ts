import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { WaitWrite } from "@/server/engine/ports";
import { openWait, StoreScene } from "@/server/queue/testing/store-scene";

let scene: StoreScene;
beforeAll(async () => {
  scene = await StoreScene.open();
});
afterAll(() => scene.close());

const close = (path: string, at: number, status: "answered" | "expired" | "cancelled" = "answered"): WaitWrite => ({ op: "close", path, attempt: 1, status, at });

describe("rows of waits", () => {
  test("an attempt that waits again, within one write and one millisecond, has its second wait open", async () => {
    const run = await scene.claimed();
    const at = Date.now();
    await scene.store.flush(scene.write(run, { waits: [{ ...openWait("a", at), seq: 1 }, close("a", at), { ...openWait("a", at), seq: 4 }] }));
    expect(await scene.waits(run.id)).toEqual([{ path: "a", status: "answered" }, { path: "a", status: "open" }]);
  });

  test("such a write, repeated because its answer got lost, leaves the second wait open", async () => {
    const run = await scene.claimed();
    const at = Date.now();
    const write = scene.write(run, { waits: [close("a", at), { ...openWait("a", at), seq: 4 }] });
    await scene.store.flush(scene.write(run, { waits: [{ ...openWait("a", at), seq: 1 }] }));
    for (let time = 0; time < 2; time++) await scene.store.flush(write);
    expect(await scene.waits(run.id)).toEqual([{ path: "a", status: "answered" }, { path: "a", status: "open" }]);
  });

  test("a write that is repeated opens nothing twice, nor again what was closed meanwhile", async () => {
    const run = await scene.claimed();
    const write = scene.write(run, { waits: [{ ...openWait("a", Date.now()), seq: 1 }, { ...openWait("b", Date.now()), seq: 2 }] });
    await scene.store.flush(write);
    await scene.rows("update wait set status = 'answered', closed_at = now() where run_id = $1 and path = 'b'", run.id);
    await scene.store.flush(write);
    expect((await scene.waits(run.id)).toSorted((a, b) => a.path.localeCompare(b.path))).toEqual([{ path: "a", status: "open" }, { path: "b", status: "answered" }]);
  });
});
