import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "@/server/db/id";
import { StoreScene } from "@/server/queue/testing/store-scene";

let scene: StoreScene;
beforeAll(async () => {
  scene = await StoreScene.open();
});
afterAll(() => scene.close());

test("pools that one worker serves share its places, also while the first one is flooded", async () => {
  const [flooded, quiet, empty] = [newId(), newId(), newId()];
  await scene.store.enqueue(Array.from({ length: 100 }, () => scene.newRun({ pool: flooded })));
  await scene.store.enqueue(Array.from({ length: 20 }, () => scene.newRun({ pool: quiet })));
  const claim = async (limit: number) => {
    const runs = await scene.store.claim({ workerId: newId(), pools: [flooded, quiet, empty], limit });
    return [flooded, quiet].map((pool) => runs.filter((run) => run.pool === pool).length);
  };
  // Nobody takes what the empty one leaves before all others had their share.
  const [first, second] = await claim(12);
  expect([first! + second!, first! >= 4, second! >= 4]).toEqual([12, true, true]);
  // Place by place they take turns.
  const singles = [await claim(1), await claim(1), await claim(1), await claim(1), await claim(1), await claim(1)];
  expect(singles.every((one) => one[0]! + one[1]! === 1)).toBe(true);
  expect(singles.filter((one) => one[1] === 1).length).toBeGreaterThanOrEqual(2);
  const [rest, last] = await claim(200);
  const taken = [first!, second!].map((count, index) => count + singles.reduce((sum, one) => sum + one[index]!, 0));
  expect([taken[0]! + rest!, taken[1]! + last!]).toEqual([100, 20]);
});
