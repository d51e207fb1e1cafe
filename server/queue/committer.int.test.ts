import type { Pool, QueryConfig } from "pg";
import { Offers } from "@/server/queue/offers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "@/server/db/id";
import { markOwn } from "@/server/db/own-errors";
import { UnstorableError, type RunWrite } from "@/server/engine/ports";
import { Committer } from "@/server/queue/committer";
import { ended, openWait, StoreScene, stepEnd } from "@/server/queue/testing/store-scene";

let scene: StoreScene;
beforeAll(async () => {
  scene = await StoreScene.open();
});
afterAll(() => scene.close());

describe("group commit", () => {
  test("a stale write gets nothing written beside the current holder's in the same batch", async () => {
    const old = await scene.claimed();
    await scene.expire(old.id);
    const current = await scene.claim(old.pool);
    const results = await Promise.all([
      scene.store.flush(scene.write(old, { steps: [stepEnd("b", 1, '"stale"')] })),
      scene.store.flush(scene.write(current, { steps: [stepEnd("a", 1, '"mine"')] })),
    ]);
    expect(results).toEqual(["lost", "ok"]);
    expect(await scene.rows("select path, output::text from step_run where run_id = $1", old.id)).toEqual([{ path: "a", output: '"mine"' }]);
  });

  test("a write that cannot even be sent is refused at once, and alone", async () => {
    const [bad, good] = [await scene.claimed(), await scene.claimed()];
    const detail = { toJSON: () => { throw new TypeError("cannot be written down"); } };
    const [refused, stored] = await Promise.allSettled([
      scene.store.flush(scene.write(bad, { waits: [openWait("a", Date.now(), { kind: "approval", detail })] })),
      scene.store.flush(scene.write(good, { steps: [stepEnd("a", 1, "1")], waits: [openWait("b", Date.now())] })),
    ]);
    expect(stored).toEqual({ status: "fulfilled", value: "ok" });
    expect(refused.status === "rejected" && refused.reason).toBeInstanceOf(UnstorableError);
  });

  test("what a wait is about may hold any value", async () => {
    const run = await scene.claimed();
    const wait = { kind: "child", childRunId: newId(), detail: { input: { n: 10n, at: new Date(0) } } } as const;
    const event = { table: "event", seq: 1, type: "waiting", path: "a", body: { attempt: 1, wait }, at: Date.now() } as const;
    expect(await scene.store.flush(scene.write(run, { events: [event], waits: [openWait("a", Date.now(), wait)] }))).toBe("ok");
    expect((await scene.store.history(run.id)).records).toMatchObject([{ body: { attempt: 1, wait: { kind: "child", childRunId: wait.childRunId } } }]);
  });

  test.each<[string, Partial<RunWrite>]>([
    ["a signal's name", { waits: [openWait("w", 1, { kind: "signal", signal: "a\0b" })] }],
    ["a child's labels", { children: [] }],
  ])("%s that cannot be stored is the fault of its step", async (what, part) => {
    const run = await scene.claimed();
    const child = scene.newRun({ labels: { team: "a\0b" }, parent: { runId: run.id, path: "w", attempt: 1 } });
    const flush = scene.store.flush(scene.write(run, what === "a child's labels" ? { children: [child] } : part));
    await expect(flush).rejects.toMatchObject({ name: "UnstorableError", step: { path: "w", attempt: 1 } });
  });

  test("a child run that the database refuses is the fault of the step that starts it", async () => {
    const run = await scene.claimed();
    const childOf = (path: string, more: object = {}) => scene.newRun({ parent: { runId: run.id, path, attempt: 2 }, ...more });
    const [good, orphan] = [childOf("good"), childOf("orphan", { workflowId: newId() })];
    const flush = scene.store.flush(scene.write(run, { children: [good, orphan, childOf("other")] }));
    await expect(flush).rejects.toMatchObject({ name: "UnstorableError", step: { path: "orphan", attempt: 2 } });
    expect(await scene.rows("select id from run where parent_run_id = $1", run.id)).toEqual([]);
    expect(await scene.store.flush(scene.write(run, { children: [good] }))).toBe("ok");
  });

  test("log lines stand once when a flush is repeated whose commit nobody heard of", async () => {
    const run = await scene.claimed();
    let deaf = true;
    const pool = {
      query: async (statement: QueryConfig) => {
        const result = await scene.pool.query(statement);
        if (!deaf) return result;
        deaf = false;
        throw markOwn(new Error("Connection terminated unexpectedly"));
      },
    } as unknown as Pool;
    const committer = new Committer(pool, { committed: () => {}, ready: () => {}, messaged: () => {} }, new Offers(30, () => false), { lanes: 1, maxRuns: 10, patienceMs: 5_000 });
    const line = { path: "a", attempt: 1, level: "info", message: "said twice", at: Date.now() } as const;
    expect(await committer.flush(scene.write(run, { logs: [line, line] }))).toBe("ok");
    expect(deaf).toBe(false);
    expect(await scene.rows("select message from run_log where run_id = $1", run.id)).toHaveLength(2);
  });

  test("a migration that changes what kept statements answer fails no run that is flushed alone", async () => {
    const [run, receiver] = [await scene.claimed(), await scene.claimed()];
    const signal = (name: string) => scene.store.flush(scene.write(run, { messages: [scene.signal(receiver.id, name)] }));
    expect(await signal("before")).toBe("ok");
    await scene.rows("alter table run_queue alter pool type varchar");
    try {
      expect(await signal("after")).toBe("ok");
    } finally {
      await scene.rows("alter table run_queue alter pool type text");
    }
    expect(await signal("back")).toBe("ok");
    expect(await scene.rows("select name from run_inbox where run_id = $1 order by seq", receiver.id)).toEqual([{ name: "before" }, { name: "after" }, { name: "back" }]);
  });

  test("a database that refuses for reasons of its own makes no run fail", async () => {
    const run = await scene.claimed();
    await scene.rows("alter table step_run rename to step_run_away");
    const flush = scene.store.flush(scene.write(run, { steps: [stepEnd("a", 1, "1")] }));
    try {
      await expect(flush).rejects.not.toBeInstanceOf(UnstorableError);
    } finally {
      await scene.rows("alter table step_run_away rename to step_run");
    }
    expect(await scene.store.flush(scene.write(run, ended()))).toBe("ok");
  });
});
