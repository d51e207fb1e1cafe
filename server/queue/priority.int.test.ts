import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "@/server/db/id";
import { StoreScene } from "@/server/queue/testing/store-scene";
import { makeWorkspace } from "@/server/testing/factories";

let scene: StoreScene;
beforeAll(async () => {
  scene = await StoreScene.open();
});
afterAll(() => scene.close());

const MINUTE_MS = 60_000;

/** Runs of one pool; each stands in the queue as long as it says. */
async function queue(...runs: { name: string; priority: number; minutes: number }[]): Promise<string> {
  const pool = newId();
  for (const { name, priority, minutes } of runs) {
    const run = scene.newRun({ pool, priority, labels: { name } });
    await scene.store.enqueue([run]);
    await scene.rows("update run_queue set rank = rank - $2 where run_id = $1", run.id, minutes * MINUTE_MS);
  }
  return pool;
}

const order = async (pool: string) => (await scene.store.claim({ workerId: newId(), pools: [pool], limit: 100 })).map(({ labels }) => labels.name);

describe("priority", () => {
  test("goes first, and each point of it is worth a minute of waiting", async () => {
    const pool = await queue({ name: "low", priority: -5, minutes: 0 }, { name: "plain", priority: 0, minutes: 0 }, { name: "high", priority: 5, minutes: 0 }, { name: "old low", priority: -5, minutes: 11 }, { name: "aged plain", priority: 0, minutes: 4 });
    expect(await order(pool)).toEqual(["old low", "high", "aged plain", "plain", "low"]);
  });

  test("counts for a run that a message wakes too", async () => {
    const pool = newId();
    const waiting = await scene.claimed({ pool, priority: 5, labels: { name: "woken" } });
    await scene.store.release({ runId: waiting.id, epoch: waiting.epoch, inboxSeq: 0, dueAt: null, reason: "waiting" });
    await scene.store.enqueue([scene.newRun({ pool, priority: 3, labels: { name: "newer" } })]);
    await scene.store.send(scene.signal(waiting.id, "go"));
    expect(await order(pool)).toEqual(["woken", "newer"]);
  });

  test("low keeps moving while high goes on coming", async () => {
    const pool = await queue({ name: "low", priority: -10, minutes: 0 });
    let claimed: (string | undefined)[] = [];
    for (let minute = 1; !claimed.includes("low"); minute++) {
      expect(minute).toBeLessThan(60);
      // Each minute two of high priority come, and one run is carried out. Those of the first twenty minutes go before the low one.
      const high = [1, 2].map(() => scene.newRun({ pool, priority: 10, labels: { name: "high" } }));
      await scene.store.enqueue(high);
      await scene.rows("update run_queue set rank = rank + $2 where run_id = any($1::uuid[])", high.map(({ id }) => id), minute * MINUTE_MS);
      claimed = (await scene.store.claim({ workerId: newId(), pools: [pool], limit: 1 })).map(({ labels }) => labels.name);
    }
    expect(claimed).toEqual(["low"]);
  });

  test("of a step counts in the queue of the pool that the run is handed to, and the run's own again at home", async () => {
    const [home, gpu] = [newId(), newId()];
    const run = scene.newRun({ pool: home, priority: 2 });
    await scene.store.enqueue([run]);
    const rank = async () => Number((await scene.rows<{ rank: string }>("select rank from run_queue where run_id = $1", run.id))[0]!.rank);
    const [{ at }] = (await scene.rows<{ at: Date }>("select created_at as at from run where id = $1", run.id)) as [{ at: Date }];
    const handOver = async (from: string, to: string, priority: number) => {
      const { id: runId, epoch } = await scene.claim(from);
      expect(await scene.store.release({ runId, epoch, inboxSeq: 0, dueAt: null, reason: "queued", handOver: { pool: to, priority } })).toBe("released");
    };
    await handOver(home, gpu, 7);
    expect(await rank()).toBe(at.getTime() - 7 * MINUTE_MS);
    await handOver(gpu, home, 2);
    expect(await rank()).toBe(at.getTime() - 2 * MINUTE_MS);
    expect(await scene.claim(home)).toMatchObject({ id: run.id, pool: home, homePool: home, hasHistory: true });
  });
});

describe("a workspace that floods", () => {
  test("leaves the others their share of every claim", async () => {
    const pool = newId();
    const others = await Promise.all([makeWorkspace(), makeWorkspace()]);
    const of = (workspaceId: string, count: number) => Array.from({ length: count }, () => scene.newRun({ pool, workspaceId, priority: workspaceId === scene.workspaceId ? 100 : 0 }));
    await scene.store.enqueue(of(scene.workspaceId, 2_000));
    for (const { id } of others) await scene.store.enqueue(of(id, 20));
    const first = await scene.store.claim({ workerId: newId(), pools: [pool], limit: 30 });
    for (const { id } of others) expect(first.filter(({ workspaceId }) => workspaceId === id)).toHaveLength(10);
    const second = await scene.store.claim({ workerId: newId(), pools: [pool], limit: 30 });
    for (const { id } of others) expect(second.filter(({ workspaceId }) => workspaceId === id)).toHaveLength(10);
    // Places that others leave are the flooding one's.
    expect((await scene.store.claim({ workerId: newId(), pools: [pool], limit: 30 })).map(({ workspaceId }) => workspaceId)).toEqual(Array(30).fill(scene.workspaceId));
  });
});
