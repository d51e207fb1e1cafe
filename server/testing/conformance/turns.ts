import { describe, expect, test } from "vitest";
import type { DefinitionInput } from "@/server/engine/definition";
import { node, probe, set, workflow } from "@/server/testing/conformance/shorthand";
import { until, type Conformance, type Finished } from "@/server/testing/conformance/suite";

type Node = DefinitionInput["nodes"][number];

const LONG_SECONDS = 3_600;

/** Limits of single steps over time. */
export function describeTurns(suite: Conformance): void {
  const cancelOf = (runId: string) => ({ runId, kind: "cancel", path: null, attempt: null, name: null, payload: '{"source":"user"}', key: "cancel" }) as const;
  /** A step `a` with these settings, and one behind it. */
  const limited = (more: Partial<Node>, config: Record<string, unknown> = { values: { seen: "{{ input }}" } }) =>
    suite.world.define(workflow([node("a", "set", { config, ...more }), set("after", { seen: "{{ steps.a.output }}" })], ["a>after"]));
  const start = async (versionId: string, input: unknown = {}, more: { mode?: "test" } = {}): Promise<string> => {
    const run = suite.world.newRun(versionId, input, more);
    await suite.store.enqueue([run]);
    return run.id;
  };
  const held = async (versionId: string, input: unknown = {}): Promise<string> => {
    const id = await start(versionId, input);
    await suite.untilState(id, "waiting");
    return id;
  };

  describe("a rate limit of a step", () => {
    test("fails what is over it, by key, so that the error goes its way; tests do not count", async () => {
      suite.worker();
      const limit = { rateLimit: { limit: 2, periodSeconds: LONG_SECONDS, key: "{{ input.customer }}" }, onError: "route" as const };
      const versionId = suite.world.define(workflow([probe("a", {}, limit), set("after", {}), set("over", { code: "{{ steps.a.error.code }}" })], ["a>after", "a.error>over"]));
      const ends: Finished[] = [];
      for (const customer of ["x", "x", "x", "y"]) ends.push(await suite.finished(await start(versionId, { customer })));
      expect(ends.map(({ steps }) => steps)).toEqual([
        { a: "succeeded", after: "succeeded" },
        { a: "succeeded", after: "succeeded" },
        { a: "failed", over: "succeeded" },
        { a: "succeeded", after: "succeeded" },
      ]);
      expect(ends[2]?.value("over")).toEqual({ code: "rate_limited" });
      expect(ends[2]?.value("a", "error")).toMatchObject({ details: { limit: 2, periodSeconds: LONG_SECONDS, retryAt: expect.any(String) as string } });
      expect((await suite.finished(await start(versionId, { customer: "x" }, { mode: "test" }))).steps).toEqual({ a: "succeeded", after: "succeeded" });
    });

    test("lets a retry come when there is a place again, however short its delay is", async () => {
      suite.worker();
      const versionId = limited({ rateLimit: { limit: 1, periodSeconds: 0.5 }, retry: { maxAttempts: 2, delaySeconds: 0.001, jitter: 0 } });
      const first = await suite.finished(await start(versionId));
      const second = await suite.finished(await start(versionId));
      expect([first.status, second.status]).toEqual(["succeeded", "succeeded"]);
    });
  });

  describe("a throttle of a step", () => {
    test("lets what is over it wait outside, where it can be cancelled", async () => {
      suite.worker();
      const versionId = limited({ throttle: { limit: 1, periodSeconds: LONG_SECONDS } });
      expect((await suite.finished(await start(versionId))).status).toBe("succeeded");
      const id = await held(versionId);
      expect(await suite.harness.waits(id)).toEqual([{ path: "a", status: "open" }]);
      await suite.store.send(cancelOf(id));
      expect(await suite.finished(id)).toMatchObject({ status: "cancelled", steps: { a: "cancelled" } });
    });

    test("lets all have their turn, each once, whatever becomes of the worker that was told so", async () => {
      suite.worker({ settings: { holdTimerMs: 0 } });
      const carriedOut: string[] = [];
      suite.world.probes.set("turn", ({ run }) => {
        carriedOut.push(run.id);
        return Promise.resolve({ type: "succeeded", output: null });
      });
      const versionId = suite.world.define(workflow([set("before", {}), probe("a", { call: "turn" }, { throttle: { limit: 2, periodSeconds: 0.2 } })], ["before>a"]));
      const ids = await Promise.all(Array.from({ length: 7 }, () => start(versionId)));
      await until("one to wait", async () => ((await Promise.all(ids.map((id) => suite.harness.waits(id)))).some((waits) => waits.length > 0) ? true : null));
      const ends = await Promise.all(ids.map((id) => suite.finished(id)));
      expect(ends.map(({ status }) => status)).toEqual(ids.map(() => "succeeded"));
      expect(carriedOut.toSorted()).toEqual(ids.toSorted());
    });

    test("counts every attempt", async () => {
      suite.worker();
      const versionId = suite.world.define(workflow([probe("a", { call: "fail" }, { throttle: { limit: 1, periodSeconds: LONG_SECONDS }, retry: { maxAttempts: 2, delaySeconds: 0.001 } })]));
      suite.world.probes.set("fail", () => Promise.resolve({ type: "failed", error: { code: "asked", message: "as asked" }, retryable: true }));
      const id = await held(versionId);
      expect((await suite.harness.steps(id)).map(({ attempt, status }) => [attempt, status])).toEqual([[1, "failed"], [2, "waiting"]]);
      await suite.store.send(cancelOf(id));
      expect((await suite.finished(id)).status).toBe("cancelled");
    });
  });

  describe("a debounce of a step", () => {
    const merged = { debounce: { seconds: LONG_SECONDS, maxCount: 3, mergeField: "values.items" } };
    const items = { values: { items: "{{ input.items }}", last: "{{ input.last }}" } };

    test("lets only the newest go on, with the lists of all in order; the others are skipped with what follows, and say for whom", async () => {
      suite.worker();
      const versionId = limited(merged, items);
      const first = await held(versionId, { items: [1], last: 1 });
      const second = await held(versionId, { items: 2, last: 2 });
      const older = await suite.finished(first);
      expect(older).toMatchObject({ status: "succeeded", steps: { a: "skipped" } });
      expect(older.value("a", "error")).toMatchObject({ code: "debounced", details: { runId: second } });
      const third = await suite.finished(await start(versionId, { items: [3, 4], last: 3 }));
      expect(third.steps).toEqual({ a: "succeeded", after: "succeeded" });
      expect(third.value("a")).toEqual({ items: [1, 2, 3, 4], last: 3 });
      expect(third.value("a", "input")).toEqual({ values: { items: [1, 2, 3, 4], last: 3 } });
      expect((await suite.finished(second)).value("a", "error")).toMatchObject({ details: { runId: third.id } });
    });

    test("a further attempt stands for the same steps", async () => {
      suite.worker();
      let calls = 0;
      suite.world.probes.set("once", ({ config }) => {
        const { value } = config;
        return Promise.resolve(++calls === 1 ? { type: "failed", error: { code: "asked", message: "as asked" }, retryable: true } : { type: "succeeded", output: value });
      });
      const versionId = suite.world.define(workflow([probe("a", { call: "once", value: "{{ input }}" }, { debounce: { seconds: LONG_SECONDS, maxCount: 2, mergeField: "value" }, retry: { maxAttempts: 2, delaySeconds: 0.001 } })]));
      await held(versionId, [1]);
      const end = await suite.finished(await start(versionId, [2]));
      expect(end.value("a", "output", 2)).toEqual([1, 2]);
    });

    test("what a rate limit refuses still stands for the others: its input has their lists, for the attempt after it", async () => {
      suite.worker();
      const limits = { debounce: { seconds: LONG_SECONDS, maxCount: 2, mergeField: "values.items" }, rateLimit: { limit: 1, periodSeconds: LONG_SECONDS } };
      const versionId = limited({ ...limits, retry: { maxAttempts: 2, delaySeconds: 0.001 } }, items);
      const pair = async (one: number, other: number): Promise<string> => {
        await held(versionId, { items: [one], last: 0 });
        return start(versionId, { items: [other], last: 1 });
      };
      expect((await suite.finished(await pair(1, 2))).value("a")).toEqual({ items: [1, 2], last: 1 });
      const over = await pair(3, 4);
      const refused = await until("the step to be refused", async () => (await suite.harness.steps(over)).find(({ status }) => status === "failed") ?? null);
      expect(JSON.parse(refused.error!)).toMatchObject({ code: "rate_limited" });
      expect(JSON.parse(refused.input!)).toEqual({ values: { items: [3, 4], last: 1 } });
      await suite.store.send(cancelOf(over));
      await suite.finished(over);
    });

    test("goes on after its time, or the longest wait; keys are apart, and what was cancelled takes no place", async () => {
      suite.worker({ settings: { holdTimerMs: 0 } });
      expect((await suite.finished(await start(limited({ debounce: { seconds: 0.05 } })))).steps).toEqual({ a: "succeeded", after: "succeeded" });
      expect((await suite.finished(await start(limited({ debounce: { seconds: LONG_SECONDS, maxWaitSeconds: 0.05 } })))).status).toBe("succeeded");
      const versionId = limited({ debounce: { seconds: LONG_SECONDS, maxCount: 2, key: "{{ input.key }}" } });
      const [a, b] = [await held(versionId, { key: "a" }), await held(versionId, { key: "b" })];
      await suite.store.send(cancelOf(a));
      expect((await suite.finished(a)).status).toBe("cancelled");
      const again = await held(versionId, { key: "a" });
      expect((await suite.finished(await start(versionId, { key: "b" }))).steps).toEqual({ a: "succeeded", after: "succeeded" });
      expect((await suite.finished(b)).steps).toEqual({ a: "skipped" });
      await suite.store.send(cancelOf(again));
      expect((await suite.finished(again)).status).toBe("cancelled");
    });

    test("counts the steps of one run like those of several", async () => {
      suite.worker();
      const loop = node("each", "forEach", { config: { items: [1, 2, 3], mode: "parallel" } });
      const inner = set("a", { item: "{{ item }}" }, { parent: { id: "each", slot: "body" }, debounce: { seconds: LONG_SECONDS, maxCount: 3 } });
      const end = await suite.finished(await start(suite.world.define(workflow([loop, inner]))));
      expect(end.status).toBe("succeeded");
      expect(Object.values(end.steps).filter((status) => status === "skipped")).toHaveLength(2);
    });
  });
}
