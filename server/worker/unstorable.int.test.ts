import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { newId } from "@/server/db/id";
import { StoreRefusedError } from "@/server/engine/ports";
import { encodeValue } from "@/server/expressions/encoding";
import type { StepContext, StepResult } from "@/server/nodes/runner";
import { node, probe, set, waitFor, workflow } from "@/server/testing/conformance/shorthand";
import { until } from "@/server/testing/conformance/suite";
import { Gate, type ProbeConfig } from "@/server/testing/worker-world";
import { openStoredWorld, type StoredWorld } from "@/server/worker/testing/stored-world";

let stored: StoredWorld;
let scene: StoredWorld["scene"];
let world: StoredWorld["world"];
let variables = 0;

beforeAll(async () => {
  stored = await openStoredWorld({ settings: { refusalDelayMs: 50 }, prepare: ({ ports }) => (ports.variables = async () => ({ n: ++variables })) });
  ({ scene, world } = stored);
});
afterEach(() => {
  variables = 0;
});
afterAll(() => stored.close());

const start: StoredWorld["start"] = (definition) => stored.start(definition);

function finished(id: string): Promise<{ status: string; output: unknown; error: unknown; reason: string | null }> {
  return until(`run ${id} to end`, async () => {
    const [run] = await scene.rows<{ status: string; output: unknown; error: unknown; reason: string | null }>("select status, output, error, termination_reason as reason from run where id = $1 and finished_at is not null", id);
    return run ?? null;
  });
}

describe("what PostgreSQL cannot store", () => {
  test("fails the step that made it, and the run goes on with the variables it has seen", async () => {
    const nodes = [
      set("a", { n: "{{ vars.n }}" }),
      probe("e"),
      node("w", "wait.signal", { config: { signal: "{{ 'a\\u0000b' }}" }, onError: "route" }),
      set("b", { n: "{{ vars.n }}", code: "{{ steps.w.error.code }}" }),
    ];
    const id = await start(workflow(nodes, ["a>e", "e>w", "w.error>b"], { output: "{{ [steps.a.output.n, steps.b.output.n, steps.b.output.code] }}" }));
    expect(await finished(id)).toMatchObject({ status: "succeeded", output: [1, 1, "unstorable_value"] });
  });

  test("stops no step that is at work, whatever it says of lost workers: what it gives is written once the others are", async () => {
    const [atWork, hasCome, refused, isTold] = [new Gate(), new Gate(), new Gate(), new Gate()];
    const calls = { long: 0, other: 0 };
    let after: unknown;
    const reason = async () => (await scene.rows<{ reason: Record<string, unknown> | null }>("select wait_reason::json as reason from run_queue where run_id = $1 and state = 'running'", id))[0]?.reason;
    world.probes.set("long", async (ctx) => {
      calls.long += 1;
      atWork.open();
      await refused.opened;
      await isTold.opened;
      await ctx.checkpoint("here");
      hasCome.open();
      return { type: "succeeded", output: ctx.signal.aborted ? "stopped" : "long" };
    });
    world.probes.set("other", async () => {
      calls.other += 1;
      await atWork.opened;
      return { type: "succeeded", output: "other" };
    });
    world.probes.set("after", async () => {
      after = await reason();
      return { type: "succeeded", output: null };
    });
    // Hears of it.
    const flush = scene.store.flush.bind(scene.store);
    scene.store.flush = (write) => flush(write).catch((error: unknown) => (refused.open(), Promise.reject(error as Error)));
    const nodes = [
      probe("long", { call: "long" }, { onWorkerLost: "fail" }),
      probe("other", { call: "other" }, { onWorkerLost: "fail" }),
      node("w", "wait.signal", { config: { signal: "{{ 'a\\u0000b' }}" }, onError: "route" }),
      set("b", { code: "{{ steps.w.error.code }}" }),
      probe("after", { call: "after" }),
    ];
    const id = await start(workflow(nodes, ["other>w", "w.error>b", "b>after"], { output: "{{ [steps.long.output, steps.other.output, steps.b.output.code] }}" }));
    const held = await until("it to say that it is held", reason);
    expect(held).toEqual({ kind: "unstorable", path: "w", epoch: 1, since: expect.any(Number) as number, message: expect.stringContaining("invalid byte sequence") as string });
    isTold.open();
    await hasCome.opened;
    expect(await finished(id)).toMatchObject({ status: "succeeded", output: ["long", "other", "unstorable_value"] });
    expect([calls, after]).toEqual([{ long: 1, other: 1 }, null]);
    scene.store.flush = flush;
  });

  test("makes nobody deaf to a cancel that came while steps beside it were at work", async () => {
    const [atWork, refused] = [new Gate(), new Gate()];
    let calls = 0;
    world.probes.set("long", async ({ signal }) => {
      calls += 1;
      atWork.open();
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      return { type: "succeeded", output: null };
    });
    world.probes.set("other", async () => {
      await atWork.opened;
      return { type: "succeeded", output: null };
    });
    const flush = scene.store.flush.bind(scene.store);
    scene.store.flush = (write) => flush(write).catch((error: unknown) => (refused.open(), Promise.reject(error as Error)));
    const id = await start(workflow([probe("long", { call: "long" }), probe("other", { call: "other" }), node("w", "wait.signal", { config: { signal: "{{ 'a\\u0000b' }}" } })], ["other>w"]));
    await refused.opened;
    scene.store.flush = flush;
    await scene.store.send({ runId: id, kind: "cancel", path: null, attempt: null, name: null, payload: null, key: "cancel" });
    expect(await finished(id)).toMatchObject({ status: "cancelled" });
    expect(calls).toBe(1);
  });

  describe("beside a step at work", () => {
    const unstorable = (id: string) => node(id, "wait.signal", { config: { signal: "{{ 'a\\u0000b' }}" }, onError: "route" });
    /** A step that must not be repeated, and ends once a first value was refused. `times` values are. */
    function beside(end: (ctx: StepContext<ProbeConfig>) => StepResult, times = 1) {
      const atWork = new Gate();
      const refusals = Array.from({ length: times }, () => new Gate());
      const told = { calls: 0, refused: refusals.map((one) => one.opened) };
      world.probes.set("long", async (ctx) => {
        if (ctx.resume !== undefined) return end(ctx);
        told.calls += 1;
        ctx.log("info", "at work");
        atWork.open();
        await refusals[0]!.opened;
        ctx.log("info", "still");
        return end(ctx);
      });
      world.probes.set("other", async () => {
        await atWork.opened;
        return { type: "succeeded", output: null };
      });
      const [flush, left] = [scene.store.flush.bind(scene.store), [...refusals]];
      vi.spyOn(scene.store, "flush").mockImplementation((write) => flush(write).catch((error: unknown) => (left.shift()?.open(), Promise.reject(error as Error))));
      return told;
    }
    const long = probe("long", { call: "long" }, { onWorkerLost: "fail" });
    const other = probe("other", { call: "other" });
    const saidBy = async (id: string) => (await scene.rows<{ message: string }>("select message from run_log where run_id = $1 and path = 'long' order by seq", id)).map(({ message }) => message);
    afterEach(() => void vi.restoreAllMocks());

    test("keeps that it waits since, and the answer", async () => {
      const isAnswered = new Gate();
      const told = beside(({ resume }) => (resume === undefined ? { type: "waiting", wait: { kind: "signal", signal: "go" } } : { type: "succeeded", output: resume.payload as number }));
      // The session that takes it up is still there when the answer comes.
      world.probes.set("after", async () => {
        await isAnswered.opened;
        return { type: "succeeded", output: null };
      });
      const id = await start(workflow([long, other, unstorable("w"), probe("after", { call: "after" })], ["other>w", "w.error>after"], { output: "{{ steps.long.output }}" }));
      await until("it to wait", async () => ((await scene.waits(id)).some(({ path, status }) => path === "long" && status === "open") ? true : null));
      await scene.store.send(scene.signal(id, "go", { payload: "7" }));
      await until("the step to go on", async () => ((await scene.rows<{ status: string }>("select status from step_run where run_id = $1 and path = 'long'", id))[0]?.status === "waiting" ? null : true));
      isAnswered.open();
      expect(await finished(id)).toEqual({ status: "succeeded", output: 7, error: null, reason: null });
      expect(told.calls).toBe(1);
      expect(await saidBy(id)).toEqual(["at work", "still"]);
    });

    test("lets what it says be read meanwhile", async () => {
      const isRead = new Gate();
      beside(() => ({ type: "succeeded", output: null }));
      const before = world.probes.get("long")!;
      world.probes.set("long", async (ctx) => {
        const result = await before(ctx);
        await isRead.opened;
        return result;
      });
      const id = await start(workflow([long, other, unstorable("w")], ["other>w"]));
      await until("its lines", async () => ((await saidBy(id)).length === 2 ? true : null));
      isRead.open();
      expect(await finished(id)).toMatchObject({ status: "succeeded" });
      expect(await saidBy(id)).toEqual(["at work", "still"]);
    });

    test("keeps the result while it is read again and a second value is refused", async () => {
      const told = beside(() => ({ type: "succeeded", output: "x".repeat(300_000) }), 2);
      const get = world.ports.blobs.get;
      vi.spyOn(world.ports.blobs, "get").mockImplementation(async (...given) => {
        await told.refused[1];
        return get(...given);
      });
      const id = await start(workflow([long, other, unstorable("w"), unstorable("v")], ["other>w", "w.error>v"], { output: "{{ steps.long.output.length }}" }));
      expect(await finished(id)).toMatchObject({ status: "succeeded", output: 300_000 });
      expect(told.calls).toBe(1);
    });

    test("keeps the result while it may not be read just now", async () => {
      const told = beside(() => ({ type: "succeeded", output: "x".repeat(300_000) }));
      vi.spyOn(world.ports.blobs, "get").mockRejectedValueOnce(new StoreRefusedError("permission denied for table blob"));
      const id = await start(workflow([long, other, unstorable("w")], ["other>w"], { output: "{{ steps.long.output.length }}" }));
      expect(await finished(id)).toMatchObject({ status: "succeeded", output: 300_000 });
      expect(told.calls).toBe(1);
    });
  });

  test("fails the step that starts a run of a workflow that is gone: its error route and what stands around it see it", async () => {
    world.workflowId = newId();
    world.define(workflow([set("x", {})]), "gone");
    for (const wait of [true, false]) {
      const call = node("c", "subworkflow", { config: { workflow: "gone", wait }, onError: "route" });
      expect(await finished(await start(workflow([call, set("seen", { code: "{{ steps.c.error.code }}" })], ["c.error>seen"])))).toMatchObject({ status: "succeeded", output: { code: "child_refused" } });
    }
    const inTry = { parent: { id: "try", slot: "body" } };
    const id = await start(workflow([node("try", "tryCatch"), node("c", "subworkflow", { ...inTry, config: { workflow: "gone" } }), set("seen", { caught: true }, { parent: { id: "try", slot: "catch" } })]));
    expect(await finished(id)).toMatchObject({ status: "succeeded" });
  });

  test("does not keep a run from being cancelled", async () => {
    const id = await start(workflow([waitFor("never")]));
    await until("the run to wait", async () => ((await scene.state(id))[0]?.state === "waiting" ? true : null));
    await scene.store.send({ runId: id, kind: "cancel", path: null, attempt: null, name: null, payload: encodeValue({ source: "user", reason: "no\0more" }), key: "cancel" });
    expect(await finished(id)).toMatchObject({ status: "cancelled", reason: "no\uFFFDmore" });
  });
});
