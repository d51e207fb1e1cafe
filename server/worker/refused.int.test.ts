import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { env } from "@/server/env";
import { PgRunStore } from "@/server/queue/pg-run-store";
import { createQueuePool } from "@/server/queue/queue-pool";
import { node, probe, set, waitFor, workflow } from "@/server/testing/conformance/shorthand";
import { until } from "@/server/testing/conformance/suite";
import { Gate } from "@/server/testing/worker-world";
import { openStoredWorld, type StoredWorld } from "@/server/worker/testing/stored-world";
import { createWorker } from "@/server/worker/worker";

let stored: StoredWorld;
let scene: StoredWorld["scene"];
let world: StoredWorld["world"];

beforeAll(async () => {
  stored = await openStoredWorld({ settings: { refusalDelayMs: 50, maxRefusals: 1_000 } });
  ({ scene, world } = stored);
});
afterAll(() => stored.close());

const start: StoredWorld["start"] = (definition) => stored.start(definition);

const finished = (id: string) =>
  until(`run ${id} to end`, async () => (await scene.rows<{ status: string; output: unknown; error: unknown }>("select status, output, error from run where id = $1 and finished_at is not null", id))[0] ?? null);

/** As the run's page has it. */
const refusal = (id: string) =>
  until(`run ${id} to be refused`, async () => {
    const [row] = await scene.rows<{ reason: { kind: string; message: string; times: number } | null }>("select wait_reason::json as reason from run_queue where run_id = $1 and state = 'waiting'", id);
    return row?.reason ?? null;
  });

/** A probe that began, and ends when it is told to. */
function effect(name: string) {
  const [began, over] = [new Gate(), new Gate()];
  const told = { began: began.opened, end: () => over.open(), calls: 0 };
  world.probes.set(name, async () => {
    told.calls += 1;
    began.open();
    await over.opened;
    return { type: "succeeded", output: told.calls };
  });
  return told;
}

const refusedUntil = (id: string) =>
  until(`run ${id} to be refused`, async () => {
    const [row] = await scene.rows<{ until: number }>("select (extract(epoch from due_at) * 1000)::float8 as until from run_queue where run_id = $1 and wait_reason is not null and due_at is not null", id);
    return row ?? null;
  });

describe("what PostgreSQL refuses as it stands now", () => {
  test("a right that was taken away: the wait that a step opens after its effect is written when it is given back", async () => {
    const step = effect("first");
    const id = await start(workflow([probe("a", { call: "first" }), waitFor("go"), set("b", { n: "{{ steps.a.output }}" })], ["a>w", "w>b"]));
    await step.began;
    await scene.rows("revoke insert on wait from millrace_worker");
    step.end();
    expect(await refusal(id)).toMatchObject({ kind: "refused", message: "permission denied for table wait" });
    expect(await finished(await start(workflow([set("x", { n: 1 })])))).toMatchObject({ status: "succeeded", output: { n: 1 } });
    await scene.rows("grant insert on wait to millrace_worker");
    await until("the wait to be open", async () => ((await scene.waits(id)).length === 1 ? true : null));
    await scene.store.send(scene.signal(id, "go"));
    expect(await finished(id)).toMatchObject({ status: "succeeded", output: { n: 1 } });
    expect(step.calls).toBe(1);
  });

  test("a column that is gone: what had to be written, the end of the run with it, is written when it is there again", async () => {
    const step = effect("second");
    const id = await start(workflow([probe("a", { call: "second" }), node("l", "log", { config: { message: "done" } })], ["a>l"]));
    await step.began;
    await scene.rows("alter table step_run rename column output to output_gone");
    step.end();
    expect((await refusal(id)).message).toMatch(/column "output"/);
    await scene.rows("alter table step_run rename column output_gone to output");
    expect(await finished(id)).toMatchObject({ status: "succeeded" });
    expect(step.calls).toBe(1);
  });

  test("a journal that may not be read fails no run", async () => {
    const step = effect("third");
    const id = await start(workflow([waitFor("go"), probe("a", { call: "third" })], ["w>a"]));
    await until("it to wait", async () => ((await scene.waits(id)).length === 1 ? true : null));
    await until("it to leave memory", async () => ((await scene.state(id))[0]?.state === "waiting" ? true : null));
    await scene.rows("revoke select on run_event from millrace_worker");
    await scene.store.send(scene.signal(id, "go"));
    expect(await refusal(id)).toMatchObject({ message: "permission denied for table run_event" });
    await scene.rows("grant select on run_event to millrace_worker");
    step.end();
    expect(await finished(id)).toMatchObject({ status: "succeeded" });
  });

  test("once it is mended nothing tells of it any more, also where the run only waits on", async () => {
    const id = await start(workflow([waitFor("go")]));
    await until("it to leave memory", async () => ((await scene.state(id))[0]?.state === "waiting" ? true : null));
    await scene.rows("revoke select on run_event from millrace_worker");
    // It wakes the run, and ends nothing.
    await scene.store.send(scene.signal(id, "other"));
    await refusal(id);
    await scene.rows("grant select on run_event to millrace_worker");
    await until("the reason to go", async () => ((await scene.rows("select from run_queue where run_id = $1 and state = 'waiting' and wait_reason is null", id)).length === 1 ? true : null));
    await scene.store.send(scene.signal(id, "go"));
    expect(await finished(id)).toMatchObject({ status: "succeeded" });
  });
});

describe("a run that is held at work", () => {
  const told = async (id: string) => (await scene.rows<{ state: string; reason: Record<string, unknown> | null }>("select state, wait_reason::json as reason from run_queue where run_id = $1", id))[0];

  test("says what the database refuses while a step goes on, and no more once it is mended", async () => {
    const [step, long] = [effect("fourth"), effect("beside")];
    const id = await start(workflow([probe("a", { call: "fourth" }), waitFor("go"), probe("l", { call: "beside" })], ["a>w"]));
    await Promise.all([step.began, long.began]);
    await scene.rows("revoke insert on wait from millrace_worker");
    step.end();
    const held = await until("it to say so", async () => ((row) => (row?.reason != null ? row : null))(await told(id)));
    const { since, until: next } = held.reason as { since: number; until: number };
    expect(held).toMatchObject({ state: "running", reason: { kind: "refused", message: "permission denied for table wait", epoch: 1 } });
    expect(next).toBeGreaterThan(since);
    await until("it to be tried again", async () => ((((await told(id))?.reason?.times as number | undefined) ?? 0) > 1 ? true : null));
    expect((await told(id))?.reason).toMatchObject({ since });
    await scene.rows("grant insert on wait to millrace_worker");
    await until("the reason to go", async () => ((await told(id))?.reason === null ? true : null));
    expect(await told(id)).toEqual({ state: "running", reason: null });
    long.end();
    await scene.store.send(scene.signal(id, "go"));
    expect(await finished(id)).toMatchObject({ status: "succeeded" });
    expect([step.calls, long.calls]).toEqual([1, 1]);
  });
});

/** One that ran out on a busy machine would have the effect carried out anew. */
const LEASE_SECONDS = 4;

describe("a table that somebody holds for longer than a lease, as to build an index", () => {
  test.each([
    ["wait", "share"],
    ["run_event", "access exclusive"],
  ])("%s fails no run, and has no effect carried out anew", async (table, mode) => {
    const pool = createQueuePool({ max: 8, url: env.DATABASE_URL, times: { lockMs: 50 } });
    const store = new PgRunStore({ pool, leaseSeconds: LEASE_SECONDS });
    const served = newId();
    const own = createWorker({ id: newId(), store, ports: world.ports, leaseSeconds: LEASE_SECONDS, pools: [served], pollMs: 20, settings: { refusalDelayMs: 50, maxRefusals: 2 }, report: () => {} });
    const step = effect(`held ${table}`);
    const run = { ...world.newRun(world.define(workflow([probe("a", { call: `held ${table}` }), waitFor("go"), set("b", { n: "{{ steps.a.output }}" })], ["a>w", "w>b"]))), pool: served };
    await scene.store.enqueue([run]);
    own.start();
    await step.began;
    const holder = await sharedPool().connect();
    try {
      await holder.query(`begin; lock table ${table} in ${mode} mode`);
      step.end();
      if (table === "run_event") await scene.store.send(scene.signal(run.id, "go"));
      for (let n = 0; n < 2; n++) {
        const { until: due } = await refusedUntil(run.id);
        await until("it to be tried again", async () => ((await refusedUntil(run.id)).until > due ? true : null));
      }
    } finally {
      await holder.query("rollback");
      holder.release();
    }
    await until("the wait to be open", async () => ((await scene.waits(run.id)).length === 1 ? true : null));
    await scene.store.send(scene.signal(run.id, "go"));
    expect(await finished(run.id)).toMatchObject({ status: "succeeded", output: { n: 1 } });
    expect(step.calls).toBe(1);
    await own.stop();
    await store.close();
    await pool.end();
  }, 120_000);
});
