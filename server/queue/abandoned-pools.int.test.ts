import { afterAll, beforeAll, expect, test } from "vitest";
import { closeConnections } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { commandPool, endAbandonedRuns } from "@/server/queue/abandoned-pools";
import { StoreScene } from "@/server/queue/testing/store-scene";

let scene: StoreScene;
beforeAll(async () => {
  scene = await StoreScene.open();
});
afterAll(async () => {
  await scene.close();
  await closeConnections();
});

async function workerOf(pools: string | string[], heartbeat: string, state = "active"): Promise<void> {
  await scene.rows(
    `insert into worker (id, name, hostname, pid, version, pools, slots, busy_slots, held_runs, state, heartbeat_at, stopped_at)
     values ($1, 'w', 'h', 1, '1', $2, 1, 0, 0, $3, now() + $4::interval, case when $3 = 'stopped' then now() end)`,
    newId(), [pools].flat(), state, heartbeat,
  );
}

test("runs of a command that is gone are ended by any worker; those of one that is there, and those still held, are left", async () => {
  const [killed, left, alive] = [commandPool(), commandPool(), commandPool()] as const;
  await workerOf(killed, "-3 minutes");
  await workerOf(left, "-1 second", "stopped");
  await workerOf(alive, "-1 second");
  const [waiting, held, queued, other] = [scene.newRun({ pool: killed }), scene.newRun({ pool: killed }), scene.newRun({ pool: left }), scene.newRun({ pool: alive })];
  await scene.store.enqueue([waiting]);
  const claim = await scene.claim(killed);
  await scene.store.release({ runId: waiting.id, epoch: claim.epoch, inboxSeq: 0, reason: "waiting", dueAt: null });
  await scene.store.enqueue([held, queued, other]);
  await scene.claim(killed);
  expect(await endAbandonedRuns()).toBe(2);
  const places = await scene.rows<{ id: string; pool: string }>("select run_id as id, pool from run_queue order by run_id");
  const poolOf = (id: string) => places.find((one) => one.id === id)?.pool;
  expect([waiting, held, queued, other].map(({ id }) => poolOf(id))).toEqual(["default", killed, "default", alive]);
  const told = await scene.rows<{ id: string; payload: unknown }>("select run_id as id, payload from run_inbox where kind = 'cancel' order by run_id");
  expect(told.map(({ id }) => id).toSorted()).toEqual([waiting.id, queued.id].toSorted());
  const claimed = await scene.store.claim({ workerId: newId(), pools: ["default"], limit: 10 });
  expect(claimed.map(({ id }) => id).toSorted()).toEqual([waiting.id, queued.id].toSorted());
  // Its worker lost the other one too, and then nothing is left of it.
  await scene.expire(held.id);
  expect(await endAbandonedRuns()).toBe(1);
  expect(await endAbandonedRuns()).toBe(0);
  expect(await scene.rows("select pools from worker order by pools")).toEqual([{ pools: [alive] }]);
});

test("pools that people named like those of commands, or that somebody serves, keep their runs, and workers without pools their rows", async () => {
  const [named, served] = ["command-line-gpu", commandPool()];
  const silent = "-3 minutes";
  await scene.rows("delete from worker");
  await workerOf(named, "-1 second", "stopped");
  await workerOf([served, named], silent);
  await workerOf(served, silent);
  await workerOf([named, served], "-1 second");
  await workerOf([], "-1 second");
  const gone = commandPool();
  await workerOf(gone, silent);
  await scene.store.enqueue([named, served].map((pool) => scene.newRun({ pool })));
  expect(await endAbandonedRuns()).toBe(0);
  const left = await scene.rows<{ pools: string[] }>("select pools from worker");
  expect(left.map(({ pools }) => pools.join()).toSorted()).toEqual(["", named, served, `${named},${served}`, `${served},${named}`].toSorted());
});
