import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { NewMessage, RunStore, Wake } from "@/server/engine/ports";
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
});
