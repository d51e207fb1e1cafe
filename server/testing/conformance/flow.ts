import { describe, expect, test } from "vitest";
import type { DefinitionInput } from "@/server/engine/definition";
import { inside, node, probe, set, workflow } from "@/server/testing/conformance/shorthand";
import { until, type Conformance } from "@/server/testing/conformance/suite";

type Settings = NonNullable<DefinitionInput["settings"]>;

/** Limits over time, what happens at a full limit, and limits on single steps. */
export function describeFlow(suite: Conformance): void {
  const cancelOf = (runId: string) => ({ runId, kind: "cancel", path: null, attempt: null, name: null, payload: '{"source":"user"}', key: "cancel" }) as const;
  const goOf = (runId: string) => ({ ...cancelOf(runId), kind: "signal", name: "go", payload: "1", key: "go" }) as const;
  const waiting = (settings: Settings) => suite.world.define(workflow([node("w", "wait.signal", { config: { signal: "go" } })], [], { settings }));
  const plain = (settings: Settings) => suite.world.define(workflow([set("a", { seen: "{{ input }}" })], [], { settings }));
  const start = async (versionId: string, input: unknown = {}, more: { mode?: "test" } = {}): Promise<string> => {
    const run = suite.world.newRun(versionId, input, more);
    await suite.store.enqueue([run]);
    return run.id;
  };
  const statusOf = async (id: string) => (await suite.finished(id)).status;

  describe("a full limit on runs at the same time", () => {
    test("skips or cancels the new run when the settings say so, and leaves the old one alone", async () => {
      suite.worker();
      for (const whenFull of ["skip", "cancelNew"] as const) {
        const versionId = waiting({ concurrency: { limit: 1, whenFull } });
        const first = await start(versionId);
        await suite.untilState(first, "waiting");
        expect(await statusOf(await start(versionId))).toBe("cancelled");
        await suite.store.send(goOf(first));
        expect(await statusOf(first)).toBe("succeeded");
        const next = await start(versionId);
        await suite.untilState(next, "waiting");
        await suite.store.send(cancelOf(next));
        expect(await statusOf(next)).toBe("cancelled");
      }
    });

    test("gives the place of the oldest to the newest", async () => {
      suite.worker();
      const versionId = waiting({ concurrency: { limit: 2, whenFull: "cancelOldest" } });
      const [a, b] = [await start(versionId), await start(versionId)];
      await suite.untilState(a, "waiting");
      await suite.untilState(b, "waiting");
      const c = await start(versionId);
      expect(await statusOf(a)).toBe("cancelled");
      await suite.untilState(c, "waiting");
      const d = await start(versionId);
      expect(await statusOf(b)).toBe("cancelled");
      await suite.untilState(d, "waiting");
      for (const id of [c, d]) {
        await suite.store.send(goOf(id));
        expect(await statusOf(id)).toBe("succeeded");
      }
    });
  });

  describe("a run that is waited for by one that has a place of its key", () => {
    test("shares that place, whatever a full limit means to others", async () => {
      suite.worker();
      for (const whenFull of ["queue", "skip", "cancelOldest", "cancelNew"] as const) {
        const name = `itself-${whenFull}`;
        const call = node("call", "subworkflow", { config: { workflow: name, input: { deep: "{{ input.deep + 1 }}" } }, skipIf: "{{ input.deep >= 2 }}" });
        const versionId = suite.world.define(workflow([call], [], { settings: { concurrency: { limit: 1, key: "same", whenFull } } }), name);
        const run = await suite.finished(await start(versionId, { deep: 0 }));
        expect([whenFull, run.status, run.steps.call]).toEqual([whenFull, "succeeded", "succeeded"]);
        // Its place is free again.
        expect(await statusOf(await start(versionId, { deep: 2 }))).toBe("succeeded");
      }
    });
  });

  describe("limits per period", () => {
    test("a rate limit lets so many start, by key, and ends the others at once; tests do not count", async () => {
      suite.worker();
      const versionId = plain({ rateLimit: { limit: 2, periodSeconds: 3_600, key: "{{ input.customer }}" } });
      const statuses: string[] = [];
      for (const customer of ["a", "a", "a", "b"]) statuses.push(await statusOf(await start(versionId, { customer })));
      expect(statuses).toEqual(["succeeded", "succeeded", "cancelled", "succeeded"]);
      expect(await statusOf(await start(versionId, { customer: "a" }, { mode: "test" }))).toBe("succeeded");
    });

    test("a throttle makes the others wait, where they can be cancelled; all have their turn", async () => {
      suite.worker();
      const slow = plain({ throttle: { limit: 1, periodSeconds: 3_600 } });
      expect(await statusOf(await start(slow))).toBe("succeeded");
      const held = await start(slow);
      await suite.untilState(held, "waiting");
      await suite.store.send(cancelOf(held));
      expect(await statusOf(held)).toBe("cancelled");
      const quick = plain({ throttle: { limit: 2, periodSeconds: 0.1 } });
      const ids = await Promise.all(Array.from({ length: 7 }, () => start(quick)));
      expect(await Promise.all(ids.map(statusOf))).toEqual(ids.map(() => "succeeded"));
    });
  });

  describe("debounce", () => {
    test("the newest run stands for all, with their lists put together in order", async () => {
      suite.worker();
      const versionId = plain({ debounce: { seconds: 0.4, mergeField: "items" } });
      const ids: string[] = [];
      for (const items of [[1], [2, 3], 4]) {
        ids.push(await start(versionId, { items, last: items }));
        await suite.untilState(ids.at(-1)!, "waiting");
      }
      const last = await suite.finished(ids[2]!);
      expect(last.value("a")).toEqual({ seen: { items: [1, 2, 3, 4], last: 4 } });
      expect(await Promise.all(ids.map(statusOf))).toEqual(["cancelled", "cancelled", "succeeded"]);
    });

    test("goes on at once with the count, and after the longest wait", async () => {
      suite.worker();
      const counted = plain({ debounce: { seconds: 3_600, maxCount: 2 } });
      const first = await start(counted);
      await suite.untilState(first, "waiting");
      expect(await statusOf(await start(counted))).toBe("succeeded");
      expect(await statusOf(first)).toBe("cancelled");
      expect(await statusOf(await start(plain({ debounce: { seconds: 3_600, maxWaitSeconds: 0.1 } })))).toBe("succeeded");
    });

    test("keys are apart, and a cancelled run gives no place to another", async () => {
      suite.worker();
      const versionId = plain({ debounce: { seconds: 3_600, maxCount: 2, key: "{{ input.key }}" } });
      const [a, b] = [await start(versionId, { key: "a" }), await start(versionId, { key: "b" })];
      await suite.untilState(a, "waiting");
      await suite.untilState(b, "waiting");
      await suite.store.send(cancelOf(a));
      expect(await statusOf(a)).toBe("cancelled");
      const again = await start(versionId, { key: "a" });
      await suite.untilState(again, "waiting");
      expect(await statusOf(await start(versionId, { key: "b" }))).toBe("succeeded");
      await suite.store.send(cancelOf(again));
      expect(await statusOf(again)).toBe("cancelled");
    });

    test("inputs that cannot be put together are not: each goes its own way", async () => {
      suite.worker();
      const versionId = plain({ debounce: { seconds: 0.4, mergeField: "items" } });
      const first = await start(versionId, "no object");
      await suite.untilState(first, "waiting");
      const second = await start(versionId, { items: [1] });
      expect(await statusOf(first)).toBe("succeeded");
      expect(await statusOf(second)).toBe("succeeded");
    });
  });

  describe("a worker's pools", () => {
    test("no more runs of a pool are held than the worker has places for", async () => {
      suite.worker({ pools: ["small:1", "default"] });
      const seen = { now: 0, most: 0 };
      suite.world.probes.set("held", async () => {
        seen.most = Math.max(seen.most, ++seen.now);
        await new Promise((resolve) => setTimeout(resolve, 5));
        seen.now -= 1;
        return { type: "succeeded", output: null };
      });
      const versionId = suite.world.define(workflow([probe("a", { call: "held" })], []));
      const small = Array.from({ length: 5 }, () => suite.world.newRun(versionId, {}, { pool: "small" }));
      await suite.store.enqueue(small);
      expect(await statusOf(await start(plain({})))).toBe("succeeded");
      expect(await Promise.all(small.map((run) => statusOf(run.id)))).toEqual(small.map(() => "succeeded"));
      expect(seen.most).toBe(1);
    });
  });

  describe("what a step takes up", () => {
    test("no more of it is given than the worker has, and what asks for more than that fails", async () => {
      suite.worker({ capacity: { cpu: 2, memoryMb: 100 } });
      const seen = { now: 0, most: 0 };
      suite.world.probes.set("large", async () => {
        seen.most = Math.max(seen.most, ++seen.now);
        await new Promise((resolve) => setTimeout(resolve, 5));
        seen.now -= 1;
        return { type: "succeeded", output: null };
      });
      const taking = (resources: { cpu?: number; memoryMb?: number }) => suite.world.define(workflow([probe("a", { call: "large" }, { resources })]));
      const half = taking({ memoryMb: 50 });
      const ids = await Promise.all(Array.from({ length: 5 }, () => start(half)));
      expect(await Promise.all(ids.map(statusOf))).toEqual(ids.map(() => "succeeded"));
      expect(seen.most).toBeLessThanOrEqual(2);
      expect(await suite.finished(await start(taking({ cpu: 3 })))).toMatchObject({ status: "failed", error: { code: "resources_unavailable", message: expect.stringContaining("3 CPU") as string } });
    });
  });

  describe("limits on single steps", () => {
    test("no more than the limit of a node are at work in all runs, by key, also when they fail", async () => {
      suite.worker();
      suite.worker();
      const seen = new Map<string, { now: number; most: number }>();
      suite.world.probes.set("step", async ({ config }) => {
        const { key, fails } = config.value as { key: string; fails: boolean };
        const one = seen.get(key) ?? { now: 0, most: 0 };
        seen.set(key, one);
        one.most = Math.max(one.most, ++one.now);
        // Others have time to come, and of the eight a second one does.
        await new Promise((resolve) => setTimeout(resolve, 5));
        if (key === "x") await until("a second step to be at work", () => (one.most >= 2 ? true : null));
        one.now -= 1;
        if (fails) return { type: "failed", error: { code: "asked", message: "as asked" }, retryable: true };
        return { type: "succeeded", output: key };
      });
      const limited = probe("a", { call: "step", value: "{{ input }}" }, { concurrency: { limit: 2, key: "{{ input.key }}" }, retry: { maxAttempts: 2, delaySeconds: 0.01 } });
      const versionId = suite.world.define(workflow([set("before", {}), limited, set("after", {})], ["before>a", "a>after"]));
      const workflowId = suite.world.workflowId;
      const runs = Array.from({ length: 10 }, (_, index) => suite.world.newRun(versionId, { key: index < 8 ? "x" : "y", fails: index === 3 }, { workflowId }));
      await suite.store.enqueue(runs);
      const ends = await Promise.all(runs.map((run) => statusOf(run.id)));
      expect(ends).toEqual(runs.map((_, index) => (index === 3 ? "failed" : "succeeded")));
      expect(seen.get("x")?.most).toBe(2);
      expect(seen.get("y")?.most).toBeLessThanOrEqual(2);
    });

    test("a step that waits for a place can be cancelled, and its run gives up its turn", async () => {
      suite.worker();
      const limited = node("w", "wait.signal", { config: { signal: "go" }, concurrency: { limit: 1 } });
      const versionId = suite.world.define(workflow([limited], []));
      const workflowId = suite.world.workflowId;
      const [first, second, third] = Array.from({ length: 3 }, () => suite.world.newRun(versionId, {}, { workflowId }));
      await suite.store.enqueue([first!]);
      await suite.untilState(first!.id, "waiting");
      await suite.store.enqueue([second!]);
      await until("the second one to say why it waits", async () => ((await suite.harness.logs(second!.id)).some(({ message }) => message.includes("waits for a place")) ? true : null));
      await suite.store.send(cancelOf(second!.id));
      expect(await statusOf(second!.id)).toBe("cancelled");
      await suite.store.enqueue([third!]);
      await suite.store.send(goOf(first!.id));
      expect(await statusOf(first!.id)).toBe("succeeded");
      // It hears of its place, and of its own signal only then.
      await suite.store.send(goOf(third!.id));
      expect(await statusOf(third!.id)).toBe("succeeded");
    });

    test("one that waits for a place leaves memory, and whoever ends wakes the first in line", async () => {
      const worker = suite.worker({ slots: 3, pollMs: 60_000 });
      const limited = node("w", "wait.signal", { config: { signal: "go" }, concurrency: { limit: 1 } });
      const versionId = suite.world.define(workflow([limited], []));
      const runs = Array.from({ length: 8 }, () => suite.world.newRun(versionId, {}, { workflowId: suite.world.workflowId }));
      for (const run of runs) {
        await suite.store.enqueue([run]);
        await suite.untilState(run.id, "waiting");
      }
      // None of them is held: other runs are.
      await until("all to have left", () => (worker.stats().heldRuns === 0 ? true : null));
      expect((await suite.finished(await suite.enqueue(workflow([set("a", {})])))).status).toBe("succeeded");
      const ended: string[] = [];
      for (const run of runs) {
        await suite.store.send(goOf(run.id));
        expect(await statusOf(run.id)).toBe("succeeded");
        ended.push(run.id);
        const next = runs[ended.length];
        if (next !== undefined) await until("the next to wait for its signal", async () => ((await suite.harness.logs(next.id)).some(({ message }) => message === "has its place") ? true : null));
        for (const later of runs.slice(ended.length + 1)) expect((await suite.harness.logs(later.id)).map(({ message }) => message)).toEqual(["waits for a place: 1 at the same time are allowed"]);
      }
    });

    test("steps of one run wait for each other's places, each once", async () => {
      suite.worker({ pollMs: 60_000 });
      const order: unknown[] = [];
      suite.world.probes.set("noted", ({ config }) => Promise.resolve().then(() => (order.push(config.value), { type: "succeeded", output: config.value })));
      const definition = workflow([
        node("each", "forEach", { config: { items: Array.from({ length: 12 }, (_, index) => index), mode: "parallel", limit: 12 } }),
        probe("a", { call: "noted", value: "{{ item }}" }, { ...inside("each", "body"), concurrency: { limit: 1 } }),
      ]);
      const run = await suite.finished(await suite.enqueue(definition));
      expect(run.status).toBe("succeeded");
      expect(order.toSorted((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 12 }, (_, index) => index));
    });
  });
}
