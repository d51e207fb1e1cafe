import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeConnections } from "@/server/db/client";
import { newId } from "@/server/db/id";
import type { ClaimedRun, NewRun } from "@/server/engine/ports";
import { ended, openWait, StoreScene } from "@/server/queue/testing/store-scene";

let scene: StoreScene;

beforeAll(async () => {
  scene = await StoreScene.open();
});
afterAll(async () => {
  await scene.close();
  await closeConnections();
});

/** A worker that takes up to so many runs of one pool at once, and what it was told of them. */
async function taker(pool: string, places = 1) {
  const workerId = newId();
  const told: ClaimedRun[][] = [];
  const reserve = (runs: readonly NewRun[]) => {
    const runIds = new Set(runs.filter((run) => run.pool === pool).slice(0, places).map(({ id }) => id));
    return runIds.size === 0 ? null : { runIds, settle: (claims: readonly ClaimedRun[]) => void told.push([...claims]) };
  };
  // As every worker does first: what is there already goes first.
  await scene.store.claim({ workerId, pools: [pool], limit: 10 });
  return { workerId, told, leave: scene.store.offer({ workerId, reserve }) };
}

describe("a new run", () => {
  test("is its worker's in the commit that makes it, as if it had been claimed", async () => {
    const pool = newId();
    const { workerId, told, leave } = await taker(pool);
    const [run, other] = [scene.newRun({ pool, input: '{"n":1}', labels: { a: "b" } }), scene.newRun({ pool })];
    await scene.store.enqueue([run, other]);
    leave();
    expect(told.map((claims) => claims.map(({ id }) => id))).toEqual([[run.id]]);
    expect(await scene.rows("select state, lease_owner as owner, lease_epoch as epoch, lease_until > now() as leased from run_queue where run_id = $1", run.id)).toEqual([{ state: "running", owner: workerId, epoch: 1, leased: true }]);
    expect(await scene.state(other.id)).toEqual([{ state: "queued", inboxSeq: 0 }]);
    const [taken] = told[0]!;
    await scene.expire(run.id);
    // Both are ready now, and may be of one millisecond.
    const claims = [await scene.claim(pool), await scene.claim(pool)];
    const { now: _now, epoch, takeovers, hasHistory, ...again } = claims.find(({ id }) => id === run.id)!;
    expect({ epoch, takeovers, hasHistory }).toEqual({ epoch: 3, takeovers: 1, hasHistory: true });
    expect(taken).toMatchObject(again);
    expect(await scene.store.flush(scene.write(taken!, ended()))).toBe("lost");
  });

  test("can be written for with what it was given", async () => {
    const pool = newId();
    const { told, leave } = await taker(pool);
    await scene.store.enqueue([scene.newRun({ pool })]);
    leave();
    expect(await scene.store.flush(scene.write(told[0]![0]!, ended()))).toBe("ok");
  });

  test("of a parent goes to the worker when the parent's write is durable, and to nobody when it is lost", async () => {
    const pool = newId();
    const parent = await scene.claimed();
    const { told, leave } = await taker(pool);
    const child = scene.newRun({ pool, parent: { runId: parent.id, path: "sub", attempt: 1 }, rootRunId: parent.id, depth: 1 });
    const waits = [openWait("sub", Date.now(), { kind: "child", childRunId: child.id })];
    expect(await scene.store.flush(scene.write({ ...parent, epoch: 7 }, { waits, children: [child] }))).toBe("lost");
    expect(await scene.store.flush(scene.write(parent, { waits, children: [child] }))).toBe("ok");
    leave();
    expect(told.flat().map(({ id }) => id)).toEqual([child.id]);
  });

  test("that is known already or not due is not taken", async () => {
    const pool = newId();
    const first = scene.newRun({ pool });
    const { told, leave } = await taker(pool, 5);
    await scene.store.enqueue([first]);
    await scene.store.enqueue([first]);
    await scene.store.enqueue([scene.newRun({ pool, dueAt: Date.now() + 60_000 })]);
    leave();
    expect(told.map((claims) => claims.length)).toEqual([1, 0]);
  });

  test("waits its turn behind those that are ready", async () => {
    const pool = newId();
    await scene.store.claim({ workerId: newId(), pools: [pool], limit: 1 });
    const [first, second] = [scene.newRun({ pool }), scene.newRun({ pool })];
    await scene.store.enqueue([first]);
    const told: unknown[] = [];
    const leave = scene.store.offer({ workerId: newId(), reserve: (runs) => ({ runIds: new Set(runs.map(({ id }) => id)), settle: (claims) => void told.push(claims) }) });
    await scene.store.enqueue([second]);
    leave();
    expect(told).toEqual([]);
    expect(await scene.claim(pool)).toMatchObject({ id: first.id });
  });
});

describe("what a worker has by name only", () => {
  test("is given back with nothing counted against the run; what it really has stays", async () => {
    const pool = newId();
    const workerId = newId();
    await scene.store.enqueue([scene.newRun({ pool }), scene.newRun({ pool })]);
    const [held, lost] = await scene.store.claim({ workerId, pools: [pool], limit: 2 });
    await scene.store.giveBackUnheld(workerId, [held!.id]);
    expect(await scene.state(lost!.id)).toMatchObject([{ state: "running" }]);
    await scene.rows("update run_queue set lease_until = now() + interval '10 seconds' where lease_owner = $1", workerId);
    await scene.store.giveBackUnheld(newId(), []);
    await scene.store.giveBackUnheld(workerId, [held!.id]);
    expect([await scene.state(held!.id), await scene.state(lost!.id)]).toMatchObject([[{ state: "running" }], [{ state: "queued" }]]);
    expect(await scene.claim(pool)).toMatchObject({ id: lost!.id, takeovers: 0, epoch: 3 });
    expect(await scene.store.flush(scene.write(lost!, ended()))).toBe("lost");
  });
});
