import type { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "@/server/db/id";
import { PgRunStore } from "@/server/queue/pg-run-store";
import { createQueuePool } from "@/server/queue/queue-pool";
import { ended, stepEnd, StoreScene } from "@/server/queue/testing/store-scene";

const QUEUED = 20_000;
/** What a claim, a flush or a look may read of the queue, whatever its length. */
const FEW_ROWS = 200;

let scene: StoreScene;
let pool: Pool;
let store: PgRunStore;
beforeAll(async () => {
  scene = await StoreScene.open();
  // One connection: what is planned on it stays planned.
  pool = createQueuePool({ max: 1 });
  store = new PgRunStore({ pool, leaseSeconds: 30 });
});
afterAll(async () => {
  await store.close();
  await pool.end();
  await scene.close();
});

async function oneRound(): Promise<void> {
  const run = scene.newRun();
  const workerId = newId();
  await store.enqueue([run]);
  const claims = await store.claim({ workerId, pools: [run.pool], limit: 10 });
  const claimed = claims.find(({ id }) => id === run.id)!;
  await store.heartbeat(workerId, claims.map(({ id, epoch }) => ({ runId: id, epoch, inboxSeq: 0 })));
  await store.send(scene.signal(run.id, "go"));
  await store.flush(scene.write(claimed, { steps: [stepEnd("a", 1, "1")] }));
  await store.promote();
  await store.flush(scene.write(claimed, ended()));
}

async function rowsRead(): Promise<number> {
  await pool.query("SELECT pg_stat_force_next_flush()");
  const { rows } = await pool.query<{ read: number }>("SELECT sum(seq_tup_read + idx_tup_fetch)::float8 AS read FROM pg_stat_user_tables WHERE relname IN ('run', 'run_queue')");
  return rows[0]!.read;
}

describe("plans", () => {
  test.each([["as they were made for an empty queue", ""], ["as they are made for a long one", "ANALYZE run, run_queue"]])("read few rows of a long queue: %s", async (_, first) => {
    await oneRound();
    await fill();
    if (first !== "") await pool.query(first);
    const before = await rowsRead();
    await oneRound();
    expect((await rowsRead()) - before).toBeLessThan(FEW_ROWS);
  });
});

async function fill(): Promise<void> {
  const { workspaceId } = scene.newRun();
  await pool.query(
    `WITH made AS (INSERT INTO run (id, workspace_id, input, trigger_kind, root_run_id) SELECT gen_random_uuid(), $1, '1', 'manual', gen_random_uuid() FROM generate_series(1, $2) RETURNING id)
    INSERT INTO run_queue (run_id, workspace_id, pool, rank) SELECT id, $1, 'full', 1 FROM made`,
    [workspaceId, QUEUED],
  );
}
