import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "@/server/db/id";
import type { ClaimedRun, Place, WhenFull } from "@/server/engine/ports";
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
const request = ({ id, workspaceId, epoch }: ClaimedRun, path: string, place: Place, whenFull: WhenFull) =>
  scene.store.takeStepPlace({ runId: id, workspaceId, epoch, path, attempt: 1, place: { ...place, whenFull } });
const ask = async (run: ClaimedRun, path: string, place: Place, whenFull: WhenFull = "queue") => (await request(run, path, place, whenFull)).kind;
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

test("one that does not want to wait stands in no line", async () => {
  const place = placeOf();
  const [holder, late, queued] = [await scene.claimed(), await scene.claimed(), await scene.claimed()];
  expect(await ask(holder, "a", place, "skip")).toBe("taken");
  expect([await ask(late, "a", place, "skip"), await ask(late, "a", place, "cancelNew")]).toEqual(["refused", "refused"]);
  expect(await ask(queued, "a", place)).toBe("full");
  await scene.store.flush(scene.write(holder, { freesSteps: ["a"] }));
  expect([await told(late), await told(queued)]).toEqual([[], ["turn a"]]);
});

test("the newest keep their places, older ones are to give way, and those that stood in line hear it when they ask again", async () => {
  const place = placeOf(2);
  const runs = [];
  for (let n = 0; n < 5; n++) runs.push(await scene.claimed());
  const [first, second, third, fourth, fifth] = runs as [ClaimedRun, ClaimedRun, ClaimedRun, ClaimedRun, ClaimedRun];
  const answer = (run: ClaimedRun) => request(run, "a", place, "cancelOldest");
  const held = (run: ClaimedRun) => ({ runId: run.id, path: "a", attempt: 1 });
  expect([await answer(first), await answer(second)]).toEqual([{ kind: "taken" }, { kind: "taken" }]);
  expect(await answer(third)).toEqual({ kind: "full", giveWay: [held(first)] });
  expect(await answer(fourth)).toEqual({ kind: "full", giveWay: [held(second)] });
  expect(await answer(fifth)).toEqual({ kind: "full", giveWay: [held(third)] });
  // Its worker may have died before it told them.
  expect(await answer(fifth)).toEqual({ kind: "full", giveWay: expect.arrayContaining([held(first), held(second)]) });
  expect(await answer(third)).toEqual({ kind: "gaveWay" });
  await scene.store.flush(scene.write(first, { freesSteps: ["a"] }));
  await scene.store.flush(scene.write(second, { freesSteps: ["a"] }));
  expect([await answer(fourth), await answer(fifth)]).toEqual([{ kind: "taken" }, { kind: "taken" }]);
});
