import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "@/server/db/id";
import type { Wake } from "@/server/engine/ports";
import { PgRunStore } from "@/server/queue/pg-run-store";
import { ended, StoreScene } from "@/server/queue/testing/store-scene";
import { MAX_CONCURRENT_RUNS } from "@/server/queue/workspace-limits";

let scene: StoreScene;
beforeAll(async () => {
  scene = await StoreScene.open();
  await scene.rows(
    "insert into scoped_setting (id, key, scope_type, scope_id, workspace_id, value, updated_at) values ($1, $2, 'workspace', $3, $3, '3', now())",
    newId(), MAX_CONCURRENT_RUNS, scene.workspaceId,
  );
});
afterAll(() => scene.close());

async function queued(count: number): Promise<string> {
  const pool = newId();
  await scene.store.enqueue(Array.from({ length: count }, () => scene.newRun({ pool })));
  return pool;
}

const claimOf = (store: PgRunStore, pool: string) => store.claim({ workerId: newId(), pools: [pool], limit: 10 });

test("no more runs of a workspace are claimed than its limit leaves, however many ask at once", async () => {
  const pool = await queued(10);
  const stores = Array.from({ length: 4 }, () => new PgRunStore({ pool: scene.pool, leaseSeconds: 30 }));
  const claims = (await Promise.all(stores.map((store) => claimOf(store, pool)))).flat();
  expect(claims).toHaveLength(3);
  expect(await claimOf(scene.store, pool)).toHaveLength(0);

  const woken: Wake[] = [];
  const silence = stores[0]!.listen((wake) => woken.push(wake));
  const holder = stores[0]!;
  await claimOf(holder, pool);
  await holder.flush(scene.write(claims[0]!, ended()));
  expect(woken).toEqual([{ kind: "ready", pools: [pool] }]);
  expect(await claimOf(holder, pool)).toHaveLength(1);
  silence();

  await scene.rows("delete from scoped_setting where workspace_id = $1", scene.workspaceId);
  const unlimited = new PgRunStore({ pool: scene.pool, leaseSeconds: 30 });
  expect(await claimOf(unlimited, pool)).toHaveLength(6);
});
