import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "@/server/db/id";
import type { ClaimedRun, Place } from "@/server/engine/ports";
import { PgRunStore } from "@/server/queue/pg-run-store";
import { createQueuePool } from "@/server/queue/queue-pool";
import { ended, StoreScene } from "@/server/queue/testing/store-scene";

let scene: StoreScene;
let other: { pool: ReturnType<typeof createQueuePool>; store: PgRunStore };
beforeAll(async () => {
  scene = await StoreScene.open();
  const pool = createQueuePool({ max: 8 });
  other = { pool, store: new PgRunStore({ pool, leaseSeconds: 30 }) };
});
afterAll(async () => {
  await other.store.close();
  await other.pool.end();
  await scene.close();
});

const placeOf = (limit = 1): Place => ({ key: newId(), limit });
const ask = ({ id, workspaceId, epoch }: ClaimedRun, path: string, place: Place) => scene.store.takeStepPlace({ runId: id, workspaceId, epoch, path, place });
const told = async ({ id }: ClaimedRun): Promise<string[]> => (await scene.store.inbox(id, 0)).map(({ name, path }) => `${name} ${path}`);

test("two runs that wait for each other's places and end theirs at the same time are both told", async () => {
  for (let round = 0; round < 15; round++) {
    const [left, right] = [await scene.claimed(), await scene.claimed()];
    const [one, two] = [placeOf(), placeOf()];
    expect([await ask(left, "has", one), await ask(right, "has", two), await ask(left, "wants", two), await ask(right, "wants", one)]).toEqual(["taken", "taken", "full", "full"]);
    const ends = [scene.store.flush(scene.write(left, { freesSteps: ["has"] })), other.store.flush(scene.write(right, { freesSteps: ["has"] }))];
    expect(await Promise.all(ends)).toEqual(["ok", "ok"]);
    expect([await told(left), await told(right)]).toEqual([["turn wants"], ["turn wants"]]);
    expect([await ask(left, "wants", two), await ask(right, "wants", one)]).toEqual(["taken", "taken"]);
  }
});

test("places that become free at the same time go to as many in line, in the order in which they asked", async () => {
  const place = placeOf(3);
  const holders = [await scene.claimed(), await scene.claimed(), await scene.claimed()];
  const line = [await scene.claimed(), await scene.claimed(), await scene.claimed(), await scene.claimed()];
  for (const run of [...holders, ...line]) await ask(run, "a", place);
  await Promise.all(holders.slice(0, 2).map((run, index) => (index === 0 ? scene.store : other.store).flush(scene.write(run, { freesSteps: ["a"] }))));
  expect(await Promise.all(line.map(told))).toEqual([["turn a"], ["turn a"], [], []]);
  // Nobody passes those who wait, and who asks again keeps where it stands.
  expect(await ask(await scene.claimed(), "a", place)).toBe("full");
  expect([await ask(line[3]!, "a", place), await ask(line[2]!, "a", place), await ask(line[0]!, "a", place)]).toEqual(["full", "full", "taken"]);
  await scene.store.flush(scene.write(holders[2]!, { ...ended("failed"), abandons: true }));
  expect(await Promise.all(line.map(told))).toEqual([["turn a"], ["turn a"], ["turn a"], []]);
});

test("a place is given to nobody whose run is gone", async () => {
  const place = placeOf();
  const [holder, gone, next] = [await scene.claimed(), await scene.claimed(), await scene.claimed()];
  for (const run of [holder, gone, next]) await ask(run, "a", place);
  await scene.rows("DELETE FROM run_queue WHERE run_id = $1", gone.id);
  await scene.store.flush(scene.write(holder, { freesSteps: ["a"] }));
  expect(await told(next)).toEqual(["turn a"]);
  expect(await scene.rows("SELECT FROM step_place WHERE run_id = $1", gone.id)).toEqual([]);
});

test("one that waits outside becomes claimable with its place", async () => {
  const place = placeOf();
  const [holder, next] = [await scene.claimed(), await scene.claimed()];
  for (const run of [holder, next]) await ask(run, "a", place);
  expect(await scene.store.release({ runId: next.id, epoch: next.epoch, inboxSeq: 0, dueAt: null, reason: "waiting" })).toBe("released");
  await other.store.flush(scene.write(holder, { freesSteps: ["a"] }));
  expect(await scene.state(next.id)).toEqual([{ state: "queued", inboxSeq: 1 }]);
});
