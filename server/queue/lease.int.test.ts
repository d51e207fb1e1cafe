import { afterAll, beforeAll, expect, it } from "vitest";
import { sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { inTransaction } from "@/server/db/transaction";
import { StoreScene } from "@/server/queue/testing/store-scene";

let scene: StoreScene;
beforeAll(async () => {
  scene = await StoreScene.open();
});
afterAll(() => scene.close());

it("does not count on a lease that could not be renewed because the run's row was locked", async () => {
  const workerId = newId();
  const run = scene.newRun();
  await scene.store.enqueue([run]);
  const [claimed] = await scene.store.claim({ workerId, pools: [run.pool], limit: 1 });
  const held = [{ runId: run.id, epoch: claimed!.epoch, inboxSeq: 0 }];
  const leaseUntil = async () => (await scene.rows<{ until: Date }>("select lease_until as until from run_queue where run_id = $1", run.id))[0]!.until.getTime();

  const before = await leaseUntil();
  await inTransaction(sharedPool(), async (client) => {
    await client.query("select from run_queue where run_id = $1 for no key update", [run.id]);
    expect(await scene.store.heartbeat(workerId, held)).toEqual({ lost: [], unread: [], late: [run.id] });
  });
  expect(await leaseUntil()).toBe(before);
  expect(await scene.store.heartbeat(workerId, held)).toEqual({ lost: [], unread: [], late: [] });
  expect(await leaseUntil()).toBeGreaterThan(before);
});
