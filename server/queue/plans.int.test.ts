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

// Entries of indexes as well: a scan of nothing but an index fetches no row.
const READ = `
WITH looked AS (SELECT * FROM unnest(ARRAY['run', 'run_queue', 'run_inbox', 'step_place', 'step_turn', 'flow_window']) AS relname)
SELECT (SELECT sum(seq_tup_read)::float8 FROM pg_stat_user_tables JOIN looked USING (relname)) + (SELECT sum(idx_tup_read)::float8 FROM pg_stat_user_indexes JOIN looked USING (relname)) AS read`;

async function rowsRead(): Promise<number> {
  await pool.query("SELECT pg_stat_force_next_flush()");
  const { rows } = await pool.query<{ read: number }>(READ);
  return rows[0]!.read;
}

async function readBy(work: () => Promise<unknown>): Promise<number> {
  const before = await rowsRead();
  await work();
  return (await rowsRead()) - before;
}

/**
 * To be polled: entries that are dead count as long as a transaction beside (an ANALYZE of the server's own) may see them, and
 * what other connections read is told late. A plan that reads many reads them every time.
 */
const readByARound = () => readBy(oneRound);

describe("plans", () => {
  test.each(["running", "waiting"] as const)("read few rows of many %s ones, as they were made for an empty queue", async (state) => {
    await oneRound();
    await fill({ count: 1_000, state });
    await expect.poll(readByARound).toBeLessThan(FEW_ROWS);
    await pool.query("UPDATE run_queue SET state = 'queued', lease_owner = NULL, lease_until = NULL, due_at = NULL WHERE pool = 'full'");
  });

  test.each([["as they were made for an empty queue", ""], ["as they are made for a long one", "VACUUM ANALYZE run, run_queue"]])("read few rows of a long queue: %s", async (_, first) => {
    await oneRound();
    await fill();
    // Not by the role of a worker, which may not.
    if (first !== "") await scene.rows(first);
    await expect.poll(readByARound).toBeLessThan(FEW_ROWS);
  });
});

test("a place that becomes free is given to the next of a long line without reading it", async () => {
  const place = { key: "one at a time", limit: 1, whenFull: "queue" as const };
  const run = scene.newRun();
  await store.enqueue([run]);
  let [holder] = await store.claim({ workerId: newId(), pools: [run.pool], limit: 1 });
  await store.admit({ runId: run.id, workspaceId: run.workspaceId, epoch: holder!.epoch, inboxSeq: 0, gates: { place } });
  await fill({ count: 5 * QUEUED });
  await pool.query("UPDATE run_queue SET state = 'blocked', mutex_key = $1, gate = 4 WHERE pool = 'full'", [place.key]);
  await scene.rows("VACUUM ANALYZE run, run_queue");
  await expect.poll(async () => {
    const read = await readBy(() => store.flush(scene.write(holder!, { ...ended(), frees: place })));
    const { rows } = await pool.query<{ count: number }>("SELECT count(*)::int AS count FROM run_queue WHERE mutex_key = $1 AND state = 'queued'", [place.key]);
    expect(rows[0]?.count).toBe(1);
    [holder] = await store.claim({ workerId: newId(), pools: ["full"], limit: 1 });
    return read;
  }).toBeLessThan(FEW_ROWS);
});

test("a step's place goes to the next of a long line, and others stand in it, without reading it", async () => {
  const place = { key: "one step at a time", limit: 1 };
  const [holder, late] = [await scene.claimed(), await scene.claimed()];
  const ask = (run: typeof holder) => store.takeStepPlace({ runId: run.id, workspaceId: run.workspaceId, epoch: run.epoch, path: "a", attempt: 1, place: { ...place, whenFull: "queue" } });
  expect(await ask(holder)).toEqual({ kind: "taken" });
  await fill({ state: "waiting" });
  await pool.query("INSERT INTO step_place (run_id, path, workspace_id, key, most, asked_at, seen_at) SELECT run_id, 'a', workspace_id, $1, 1, now(), now() FROM run_queue WHERE pool = 'full' AND state = 'waiting'", [place.key]);
  for (const first of ["", "VACUUM ANALYZE step_place, run_queue, run"]) {
    if (first !== "") await scene.rows(first);
    await expect.poll(async () => {
      const read = await readBy(async () => {
        expect(await ask(late)).toEqual({ kind: "full", giveWay: [] });
        await store.flush(scene.write(holder, { freesSteps: ["a"] }));
      });
      await scene.rows("UPDATE step_place SET run_id = $1, taken_at = now() WHERE key = $2 AND taken_at IS NOT NULL", holder.id, place.key);
      return read;
    }).toBeLessThan(FEW_ROWS);
  }
});

test("a run passes its limits over time and takes its place beside many windows and a long queue without reading them", async () => {
  const { workspaceId } = scene.newRun();
  await fill();
  await scene.rows("INSERT INTO flow_window (workspace_id, key, starts, expires_at) SELECT $1, 'rate ' || n, '{}', now() + interval '1 hour' FROM generate_series(1, $2::int) AS n", workspaceId, QUEUED);
  const period = { key: "7", limit: 1_000, periodSeconds: 60 };
  for (const first of ["", "VACUUM ANALYZE flow_window, run_queue, run"]) {
    if (first !== "") await scene.rows(first);
    await expect.poll(async () => {
      const run = await scene.claimed();
      const gates = { rateLimit: period, throttle: period, place: { key: "place of many", limit: 1_000, whenFull: "queue" as const } };
      return readBy(async () => expect(await store.admit({ runId: run.id, workspaceId, epoch: run.epoch, inboxSeq: 0, gates })).toEqual({ kind: "admitted" }));
    }).toBeLessThan(FEW_ROWS);
  }
});

/** Ids rise, as they do everywhere: plans count on that. */
async function fill({ count = QUEUED, state = "queued" }: { count?: number; state?: "queued" | "running" | "waiting" } = {}): Promise<void> {
  const { workspaceId } = scene.newRun();
  await pool.query(
    `WITH made AS (INSERT INTO run (id, workspace_id, input, trigger_kind, root_run_id) SELECT id, $1, '1', 'manual', id FROM (SELECT ($3 || lpad(to_hex(n), 12, '0'))::uuid AS id FROM generate_series(1, $2::int) AS n) AS ids RETURNING id)
    INSERT INTO run_queue (run_id, workspace_id, pool, rank, state, lease_owner, lease_epoch, lease_until, started_at, due_at)
    SELECT id, $1, 'full', 1, $4, CASE WHEN r THEN id END, r::int, CASE WHEN r THEN later END, CASE WHEN r THEN now() END, CASE WHEN $4 = 'waiting' THEN later END
    FROM made, (SELECT $4 = 'running' AS r, now() + interval '1 hour' AS later) AS s`,
    [workspaceId, count, newId().slice(0, 24), state],
  );
}
