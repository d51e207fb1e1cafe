import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Wake } from "@/server/engine/ports";
import { node, probe, set, waitFor, workflow } from "@/server/testing/conformance/shorthand";
import { Conformance, until } from "@/server/testing/conformance/suite";
import { openMemoryHarness } from "@/server/testing/memory-harness";
import { MemoryStore } from "@/server/testing/memory-store";
import { Gate, WorkerWorld } from "@/server/testing/worker-world";

const suite = new Conformance();
beforeAll(() => {
  suite.world = new WorkerWorld();
});
beforeEach(async () => {
  suite.harness = await openMemoryHarness();
});
afterEach(() => suite.stopWorkers());
afterAll(() => suite.world.close());

describe("a worker", () => {
  test("holds no more runs than it has places, however long they take to load", async () => {
    const [loaded, ended] = [new Gate(), new Gate()];
    const { definition } = suite.world.ports;
    suite.world.ports.definition = async (...of) => {
      await loaded.opened;
      return definition(...of);
    };
    suite.world.probes.set("wait", () => ended.opened.then(() => ({ type: "succeeded", output: null })));
    const versionId = suite.world.define(workflow([probe("a", { call: "wait" })]));
    const runs = Array.from({ length: 30 }, () => suite.world.newRun(versionId));
    await suite.store.enqueue(runs);
    const worker = suite.worker({ slots: 3, pollMs: 10 });
    const states = async (): Promise<string[]> => (await Promise.all(runs.map(({ id }) => suite.harness.state(id)))).filter((state) => state === "running");
    await until("some to be claimed", async () => ((await states()).length > 0 ? true : null));
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(await states()).toHaveLength(3);
    loaded.open();
    await until("three to be held", () => (worker.stats().heldRuns === 3 ? true : null));
    ended.open();
    for (const { id } of runs) await suite.finished(id);
    suite.world.ports.definition = definition;
  });

  test("that is paused goes on with what it holds, and takes nothing new until it goes on", async () => {
    const ended = new Gate();
    suite.world.probes.set("wait", () => ended.opened.then(() => ({ type: "succeeded", output: null })));
    const versionId = suite.world.define(workflow([probe("a", { call: "wait" })]));
    const [held, next] = [suite.world.newRun(versionId), suite.world.newRun(versionId)];
    await suite.store.enqueue([held]);
    const worker = suite.worker({ pollMs: 1 });
    await until("it to be held", () => (worker.stats().heldRuns === 1 ? true : null));
    worker.pause();
    await suite.store.enqueue([next]);
    let polls = 0;
    const promote = suite.store.promote.bind(suite.store);
    suite.store.promote = () => ((polls += 1), promote());
    ended.open();
    await suite.finished(held.id);
    // Each poll would claim what is there.
    await until("it to have polled", () => (polls > 3 ? true : null));
    expect(await suite.harness.state(next.id)).toBe("queued");
    worker.resume();
    await suite.finished(next.id);
  });

  test("holds no more runs than it has places, whichever of its pools they are in", async () => {
    const ended = new Gate();
    suite.world.probes.set("wait", () => ended.opened.then(() => ({ type: "succeeded", output: null })));
    const versionId = suite.world.define(workflow([probe("a", { call: "wait" })]));
    const runs = ["one", "two", "three"].flatMap((pool) => [0, 1].map(() => suite.world.newRun(versionId, {}, { pool })));
    await suite.store.enqueue(runs);
    const worker = suite.worker({ slots: 3, pollMs: 10, pools: ["one:2", "two:2", "three:2"] });
    const states = async (): Promise<string[]> => (await Promise.all(runs.map(({ id }) => suite.harness.state(id)))).filter((state) => state === "running");
    await until("three to be held", () => (worker.stats().heldRuns >= 3 ? true : null));
    expect(await states()).toHaveLength(3);
    ended.open();
    for (const { id } of runs) await suite.finished(id);
  });

  test("holds no more large inputs than fit, and takes the next when one has ended", async () => {
    const gates = [new Gate(), new Gate(), new Gate(), new Gate()];
    let begun = 0;
    suite.world.probes.set("wait", () => gates[begun++]!.opened.then(() => ({ type: "succeeded", output: null })));
    const versionId = suite.world.define(workflow([probe("a", { call: "wait" })]));
    const runs = Array.from({ length: 4 }, () => suite.world.newRun(versionId, { text: "x".repeat(100_000) }));
    const worker = suite.worker({ pollMs: 60_000, maxGivenBytes: 150_000 });
    await suite.store.enqueue(runs);
    const held = async (count: number) => {
      await until(`${count} to be held`, () => (begun === count ? true : null));
      expect(worker.stats().heldRuns).toBe(2);
    };
    await held(2);
    gates[0]!.open();
    await held(3);
    gates[1]!.open();
    await held(4);
    // A small one is held up by none of them.
    const small = suite.world.newRun(suite.world.define(workflow([set("a", { v: 1 })])));
    await suite.store.enqueue([small]);
    await suite.finished(small.id);
    for (const gate of gates) gate.open();
    for (const { id } of runs) await suite.finished(id);
  });

  test("says so when the variables are too many to be copied into a run", async () => {
    suite.world.variables = { large: "x".repeat(1_100_000) };
    expect(await suite.run(workflow([set("a", { v: "{{ vars.large.length }}" })]))).toMatchObject({ status: "failed", error: { code: "variables_too_large" } });
    expect(await suite.run(workflow([set("a", { v: 1 })]))).toMatchObject({ status: "succeeded" });
    suite.world.variables = {};
  });

  test("with one place takes the next run as soon as one has ended", async () => {
    suite.worker({ slots: 1, pollMs: 60_000 });
    const versionId = suite.world.define(workflow([set("a", { v: 1 })]));
    const runs = Array.from({ length: 20 }, () => suite.world.newRun(versionId));
    await suite.store.enqueue(runs);
    for (const { id } of runs) await suite.finished(id);
  });

  test("looks for work when its store says that anything may have come", async () => {
    const wakes = new Set<(wake: Wake) => void>();
    const deaf = new MemoryStore();
    deaf.listen = (listener) => {
      wakes.add(listener);
      return () => wakes.delete(listener);
    };
    suite.harness = await openMemoryHarness(deaf);
    suite.worker({ pollMs: 60_000 });
    const first = await suite.enqueue(workflow([set("a", { v: 1 })]));
    for (const wake of wakes) wake({ kind: "ready", pools: [] });
    expect((await suite.finished(first)).output).toEqual({ v: 1 });
  });

  test("loses no timer that fires while a run is about to leave memory", async () => {
    const store = new MemoryStore();
    const [releasing, released] = [new Gate(), new Gate()];
    store.release = async (run) => {
      releasing.open();
      await released.opened;
      return MemoryStore.prototype.release.call(store, run);
    };
    suite.harness = await openMemoryHarness(store);
    let calls = 0;
    const failed = new Gate();
    suite.world.probes.set("second", () => {
      calls += 1;
      if (calls > 1) return { type: "succeeded", output: calls };
      setTimeout(() => failed.open(), 20);
      return { type: "failed", error: { code: "first", message: "not yet" }, retryable: true };
    });
    suite.worker({ pollMs: 60_000 });
    const retry = { maxAttempts: 2, delaySeconds: 0.001, jitter: 0 };
    const id = await suite.enqueue(workflow([waitFor("go"), probe("b", { call: "second" }, { retry })], ["w>b"]));
    await releasing.opened;
    await store.send({ runId: id, kind: "signal", path: null, attempt: null, name: "go", payload: null, key: "1" });
    await failed.opened;
    released.open();
    expect(await suite.finished(id)).toMatchObject({ status: "succeeded", output: 2 });
  });

  test("carries a step out once, although its result cannot be put into the cache", async () => {
    const reported: string[] = [];
    const { put } = suite.world.ports.cache;
    suite.world.ports.cache.put = () => Promise.reject(new Error("no room"));
    let calls = 0;
    suite.world.probes.set("counted", () => ({ type: "succeeded", output: ++calls }));
    suite.worker({ report: (error) => reported.push((error as Error).message) });
    const id = await suite.enqueue(workflow([probe("a", { call: "counted" }, { cache: { key: "k", ttlSeconds: 60 }, retry: { maxAttempts: 2, delaySeconds: 0.001 } })]));
    expect(await suite.finished(id)).toMatchObject({ status: "succeeded", output: 1, steps: { a: "succeeded" } });
    expect(reported).toEqual(["no room"]);
    suite.world.ports.cache.put = put;
  });

  test("gives up only what it held when its renewals failed", async () => {
    const store = new MemoryStore();
    store.heartbeat = () => Promise.reject(new Error("away"));
    suite.harness = await openMemoryHarness(store);
    const lost = new Gate();
    suite.world.probes.set("hang", ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => (lost.open(), reject(new Error("aborted"))))));
    let calls = 0;
    suite.world.probes.set("short", () => {
      calls += 1;
      return new Promise((resolve) => setTimeout(() => resolve({ type: "succeeded", output: calls }), 100));
    });
    suite.worker({ leaseSeconds: 6 });
    await suite.enqueue(workflow([probe("a", { call: "hang" })]));
    await lost.opened;
    const id = await suite.enqueue(workflow([probe("b", { call: "short" })]));
    expect(await suite.finished(id)).toMatchObject({ status: "succeeded", output: 1 });
    expect(store.runs.get(id)?.epoch).toBe(1);
  });

  test.each([-20_000, 20_000])("whose clock is %i ms off keeps time with its store", async (off) => {
    const store = new MemoryStore();
    let releases = 0;
    store.release = (run) => {
      releases += 1;
      return MemoryStore.prototype.release.call(store, run);
    };
    suite.harness = await openMemoryHarness(store);
    suite.worker({ clock: { now: () => Date.now() + off }, settings: { holdTimerMs: 50 } });
    const begun = performance.now();
    const id = await suite.enqueue(workflow([node("d", "delay", { config: { seconds: 0.3 } })]));
    expect((await suite.finished(id)).status).toBe("succeeded");
    expect(performance.now() - begun).toBeGreaterThan(290);
    // None where the process stood still until it was due.
    expect(releases).toBeLessThanOrEqual(1);
  });
});
