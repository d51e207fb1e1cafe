import type { ClientBase } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import { flushStatement } from "@/server/queue/flush-statement";
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

async function countUpdates(client: ClientBase): Promise<{ updated: number; inPlace: number }> {
  const { rows } = await client.query<{ updated: number; inPlace: number }>(
    `select pg_stat_get_xact_tuples_updated('run'::regclass)::int as updated, pg_stat_get_xact_tuples_hot_updated('run'::regclass)::int as "inPlace"`,
  );
  return rows[0]!;
}
