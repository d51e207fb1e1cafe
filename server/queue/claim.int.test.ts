import type { Pool } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "@/server/db/id";
import { Claimer } from "@/server/queue/claim";
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

const large = (bytes: number) => ({ input: JSON.stringify({ text: "x".repeat(bytes) }) });

test("a claim brings no further large inputs than its worker can hold, small ones all the same, and the others next time", async () => {
  const pool = newId();
  const [first, second, small, third] = [scene.newRun({ pool, ...large(300_000) }), scene.newRun({ pool, ...large(300_000) }), scene.newRun({ pool }), scene.newRun({ pool, ...large(300_000) })];
  for (const run of [first, second, small, third]) await scene.store.enqueue([run]);
  const claim = async (maxBytes: number) => (await scene.store.claim({ workerId: newId(), pools: [pool], limit: 50, maxBytes })).map(({ id }) => id);
  expect(await claim(0)).toEqual([small.id]);
  expect(await claim(400_000)).toEqual([first.id, second.id]);
  expect(await claim(0)).toEqual([]);
  expect(await claim(1)).toEqual([third.id]);
  expect(await claim(1)).toEqual([]);
});

test("where no further large ones fit, those that wait in front hide no small one from a worker with few free places, and are left to others", async () => {
  const pool = newId();
  const larges = Array.from({ length: 4 }, () => scene.newRun({ pool, ...large(300_000) }));
  const smalls = Array.from({ length: 3 }, () => scene.newRun({ pool }));
  for (const run of [...larges, ...smalls]) await scene.store.enqueue([run]);
  const claim = async (limit: number, maxBytes: number) => (await scene.store.claim({ workerId: newId(), pools: [pool], limit, maxBytes })).map(({ id }) => id);
  expect(await claim(1, 0)).toEqual([smalls[0]!.id]);
  // One of them uses the bytes up, and the other place is not lost.
  expect((await claim(2, 1)).toSorted()).toEqual([larges[0]!.id, smalls[1]!.id].toSorted());
  expect(await claim(1, 0)).toEqual([smalls[2]!.id]);
  expect(await claim(2, Infinity)).toEqual([larges[1]!.id, larges[2]!.id]);
});

test("with several pools the bytes are those of all together", async () => {
  const [one, two] = [newId(), newId()];
  await scene.store.enqueue([one, two].flatMap((pool) => [0, 1, 2].map(() => scene.newRun({ pool, ...large(300_000) }))));
  const claim = async (maxBytes: number) => (await scene.store.claim({ workerId: newId(), pools: [one, two], limit: 50, maxBytes })).length;
  expect(await claim(500_000)).toBe(2);
  expect(await claim(Infinity)).toBe(4);
});

test("what was claimed in one pool is the worker's when the next pool cannot be asked", async () => {
  const [one, two, workerId] = [newId(), newId(), newId()];
  const runs = [one, two].map((pool) => scene.newRun({ pool }));
  await scene.store.enqueue(runs);
  let claims = 0;
  const flaky = new Proxy(scene.pool, {
    get: (target, name) => {
      if (name !== "query") return Reflect.get(target, name) as unknown;
      return (query: { name: string }) => (query.name === "millrace-claim" && ++claims === 2 ? Promise.reject(new Error("the connection is lost")) : target.query(query as never));
    },
  }) as Pool;
  const claimer = new Claimer(flaky, 30, () => 0);
  const most = { runs: 10, bytes: Infinity };
  const [first, ...more] = await claimer.claim(workerId, [one, two], most, false);
  expect([runs.map(({ id }) => id).includes(first!.id), more]).toEqual([true, []]);
  // The other one is still known to be ready, although no full look comes in between.
  expect((await claimer.claim(workerId, [one, two], most, false)).map(({ id }) => id)).toEqual(runs.map(({ id }) => id).filter((id) => id !== first!.id));
});
