import type { ClientBase } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import { flushStatement } from "@/server/queue/flush-statement";
import { keepSnapshot } from "@/server/queue/journal-rows";
import { ended, StoreScene } from "@/server/queue/testing/store-scene";

let scene: StoreScene;
beforeAll(async () => {
  scene = await StoreScene.open();
});
afterAll(() => scene.close());

it.each([
  { status: "succeeded", inPlace: 1 },
  { status: "failed", inPlace: 0 },
] as const)("the end of a run that $status writes into the indexes only where lists need it", async ({ status, inPlace }) => {
  const run = await scene.claimed();
  const changed = await inTransaction(sharedPool(), async (client) => {
    // They count for the session, until they are handed in at some later moment.
    const before = await countUpdates(client);
    await client.query(flushStatement([scene.write(run, ended(status, '{"n":1}'))]));
    const after = await countUpdates(client);
    return { updated: after.updated - before.updated, inPlace: after.inPlace - before.inPlace };
  });
  expect(changed).toEqual({ updated: 1, inPlace });
});

it("the end of a run takes its snapshot along, and one on its way waits for nobody and comes for nobody", async () => {
  const [run, other] = [await scene.claimed(), await scene.claimed()];
  const kept = async () => (await sharedPool().query<{ id: string; seq: number }>("SELECT run_id AS id, seq FROM run_snapshot WHERE run_id = ANY ($1) ORDER BY run_id = $2", [[run.id, other.id], other.id])).rows;
  const keep = ({ id, epoch }: typeof run, seq: number) => keepSnapshot(sharedPool(), { runId: id, epoch, seq, text: "{}" });
  await Promise.all([keep(run, 1), keep(other, 2)]);
  // Beside a flush that has the run locked until its commit.
  await inTransaction(sharedPool(), async (client) => {
    await client.query("SELECT FROM run_queue WHERE run_id = $1 FOR NO KEY UPDATE", [run.id]);
    await keep(run, 3);
  });
  expect(await kept()).toEqual([{ id: run.id, seq: 3 }, { id: other.id, seq: 2 }]);
  await sharedPool().query(flushStatement([scene.write(run, ended("succeeded", "1"))]));
  await keep(run, 9);
  expect(await kept()).toEqual([{ id: other.id, seq: 2 }]);
});

async function countUpdates(client: ClientBase): Promise<{ updated: number; inPlace: number }> {
  const { rows } = await client.query<{ updated: number; inPlace: number }>(
    `select pg_stat_get_xact_tuples_updated('run'::regclass)::int as updated, pg_stat_get_xact_tuples_hot_updated('run'::regclass)::int as "inPlace"`,
  );
  return rows[0]!;
}
