import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { v7 } from "uuid";
import type { NewMessage } from "@/server/engine/ports";
import { probe, workflow } from "@/server/testing/conformance/shorthand";
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

const message = (runId: string, more: Partial<NewMessage>): NewMessage => ({ runId, kind: "signal", path: null, attempt: null, name: null, payload: null, key: v7(), ...more });
const untilAborted = (signal: AbortSignal): Promise<never> => new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted"))));

describe("attempts", () => {
  test("one that has not begun its effect when the worker drains is left to the next worker", async () => {
    const [asked, answer] = [new Gate(), new Gate()];
    const { cache } = suite.world.ports;
    suite.world.ports.cache = {
      ...cache,
      get: async (key) => {
        asked.open();
        await answer.opened;
        return cache.get(key);
      },
    };
    const worker = suite.worker();
    const id = await suite.enqueue(workflow([probe("a", { value: 7 }, { cache: { key: "k", ttlSeconds: 60 } })]));
    await asked.opened;
    const stopped = worker.stop();
    answer.open();
    await stopped;
    suite.world.ports.cache = cache;
    expect(await suite.harness.outcome(id)).toBeNull();
    suite.worker();
    expect(await suite.finished(id)).toMatchObject({ status: "succeeded", output: 7, steps: { a: "succeeded" } });
  });

  test("one that goes on at once, because its signal was there before the wait, can be cancelled", async () => {
    const resumed = new Gate();
    let aborted = false;
    suite.world.probes.set("pause", ({ resume, signal }) => {
      if (resume === undefined) return { type: "waiting", wait: { kind: "signal", signal: "go" } };
      resumed.open();
      return untilAborted(signal).catch((error: unknown) => {
        aborted = true;
        throw error;
      });
    });
    const id = await suite.enqueue(workflow([probe("w", { call: "pause" })]));
    await suite.store.send(message(id, { name: "go" }));
    suite.worker();
    await resumed.opened;
    await suite.store.send(message(id, { kind: "cancel" }));
    expect(await suite.finished(id)).toMatchObject({ status: "cancelled", steps: { w: "cancelled" } });
    expect(aborted).toBe(true);
  });

  test("one that waits for its turn is cancelled without waiting on", async () => {
    suite.world.probes.set("busy", ({ signal }) => untilAborted(signal));
    suite.worker({ slots: 2, drainSeconds: 0.01 });
    const busy = await suite.enqueue(workflow([probe("a", { call: "busy" }), probe("b", { call: "busy" })]));
    await until("both places to be taken", async () => ((await suite.harness.steps(busy)).length === 2 ? true : null));
    const waiting = await suite.enqueue(workflow([probe("c")]));
    await until("the third step to be begun", async () => ((await suite.harness.steps(waiting)).length === 1 ? true : null));
    await suite.store.send(message(waiting, { kind: "cancel" }));
    expect(await suite.finished(waiting)).toMatchObject({ status: "cancelled", steps: { c: "cancelled" } });
    expect(await suite.harness.outcome(busy)).toBeNull();
  });

  test("one that waits for its worker says so, and no more once it has its place", async () => {
    const store = new MemoryStore();
    suite.harness = await openMemoryHarness(store);
    const [first, second] = [new Gate(), new Gate()];
    suite.world.probes.set("first", () => first.opened.then(() => ({ type: "succeeded", output: 1 })));
    suite.world.probes.set("second", () => second.opened.then(() => ({ type: "succeeded", output: 2 })));
    suite.worker({ slots: 1 });
    const id = await suite.enqueue(workflow([probe("a", { call: "first" }), probe("b", { call: "second" })]));
    const progress = () => Promise.resolve([...(store.runs.get(id)?.steps.values() ?? [])].find(({ path }) => path === "b")?.progress ?? null);
    expect(JSON.parse(await until("the second step to say what it waits for", progress))).toMatchObject({ waits: { kind: "slot", slots: 1 } });
    first.open();
    await until("it to say that it waits no more", async () => ((await progress()) === "null" ? true : null));
    second.open();
    expect(await suite.finished(id)).toMatchObject({ status: "succeeded", steps: { a: "succeeded", b: "succeeded" } });
  });

  test("a secret that a runner puts into a wait is not stored", async () => {
    suite.world.secrets.set("TOKEN", "s3cr3t-value");
    suite.world.probes.set("tell", async (ctx) => ({ type: "waiting", wait: { kind: "approval", detail: { title: await ctx.secret(ctx.config.value as string) } } }));
    suite.worker({ settings: { holdTimerMs: 0 } });
    const id = await suite.enqueue(workflow([probe("a", { call: "tell", value: "Bearer {{ secrets.TOKEN }}" })]));
    await suite.untilState(id, "waiting");
    const history = await suite.store.history(id);
    expect(JSON.stringify(history)).toContain("[secret TOKEN]");
    expect(JSON.stringify(history)).not.toContain("s3cr3t-value");
  });
});
