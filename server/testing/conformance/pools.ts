import { describe, expect, test } from "vitest";
import { v7 } from "uuid";
import { inside, node, probe, set, workflow } from "@/server/testing/conformance/shorthand";
import { until, type Conformance } from "@/server/testing/conformance/suite";
import { Gate } from "@/server/testing/worker-world";

export function describePools(suite: Conformance): void {
  /** A probe that notes its calls under a name. */
  const noting = (calls: string[], ...names: string[]) => names.forEach((name) => suite.world.probes.set(name, () => (calls.push(name), { type: "succeeded", output: name })));
  const state = (id: string, wanted: string) => until(`the run to be ${wanted}`, async () => ((await suite.harness.state(id)) === wanted ? true : null));

  describe("pools of steps", () => {
    test("a step runs on workers of its pool, and the run comes home after it", async () => {
      const [home, gpu] = [v7(), v7()];
      const calls: string[] = [];
      noting(calls, "a", "b", "c");
      const definition = workflow([probe("a", { call: "a" }), set("between", {}), probe("b", { call: "b" }, { pool: gpu }), set("after", {}), probe("c", { call: "c" })], ["a>between", "between>b", "b>after", "after>c"]);
      const id = await suite.enqueue(definition, {}, { pool: home });
      const atHome = suite.worker({ pools: [home] });
      await until("the step before", () => (calls.includes("a") ? true : null));
      await state(id, "queued");
      await atHome.stop();
      expect(calls).toEqual(["a"]);
      const away = suite.worker({ pools: [gpu] });
      await until("the step of the pool", () => (calls.includes("b") ? true : null));
      await state(id, "queued");
      await away.stop();
      expect(calls).toEqual(["a", "b"]);
      suite.worker({ pools: [home] });
      expect((await suite.finished(id)).status).toBe("succeeded");
      expect(calls).toEqual(["a", "b", "c"]);
    });

    test("branches of several pools all come to their end, each step once", async () => {
      const [home, left, right] = [v7(), v7(), v7()];
      const calls: string[] = [];
      noting(calls, "l1", "l2", "r1", "r2", "h1", "h2");
      const definition = workflow(
        [set("begin", {}), ...["l1", "l2", "r1", "r2", "h1", "h2"].map((name) => probe(name, { call: name }, name.startsWith("h") ? {} : { pool: name.startsWith("l") ? left : right })), node("all", "join")],
        ["begin>l1", "begin>r1", "begin>h1", "l1>l2", "r1>r2", "h1>h2", "l2>all", "r2>all", "h2>all"],
      );
      for (const pool of [home, left, right]) suite.worker({ pools: [pool] });
      const id = await suite.enqueue(definition, {}, { pool: home });
      expect((await suite.finished(id)).status).toBe("succeeded");
      expect(calls.toSorted()).toEqual(["h1", "h2", "l1", "l2", "r1", "r2"]);
    });

    test("steps at work end before the run is handed over", async () => {
      const [home, gpu] = [v7(), v7()];
      const calls: string[] = [];
      const ending = new Gate();
      noting(calls, "fast");
      suite.world.probes.set("long", () => ending.opened.then(() => (calls.push("long"), { type: "succeeded", output: null })));
      const definition = workflow([set("begin", {}), probe("long", { call: "long" }), probe("fast", { call: "fast" }, { pool: gpu })], ["begin>long", "begin>fast"]);
      suite.worker({ pools: [home] });
      suite.worker({ pools: [gpu] });
      const id = await suite.enqueue(definition, {}, { pool: home });
      await until("the long step to begin", async () => ((await suite.harness.steps(id)).some(({ path }) => path === "long") ? true : null));
      expect(calls).toEqual([]);
      ending.open();
      expect((await suite.finished(id)).status).toBe("succeeded");
      expect(calls).toEqual(["long", "fast"]);
    });

    test("a container's pool is that of the steps in it; a worker of both pools needs no hand-over", async () => {
      const [home, gpu] = [v7(), v7()];
      const calls: string[] = [];
      noting(calls, "inner", "outer");
      const definition = workflow([node("each", "forEach", { config: { items: [1, 2] }, pool: gpu }), probe("in", { call: "inner" }, inside("each", "body")), probe("out", { call: "outer" })], ["each>out"]);
      const id = await suite.enqueue(definition, {}, { pool: home });
      const atHome = suite.worker({ pools: [home] });
      await state(id, "queued");
      await until("the run to have been looked at", async () => ((await suite.harness.steps(id)).length > 0 ? true : null));
      await atHome.stop();
      expect(calls).toEqual([]);
      suite.worker({ pools: [home, gpu] });
      expect((await suite.finished(id)).status).toBe("succeeded");
      expect(calls).toEqual(["inner", "inner", "outer"]);
    });

    test.each([true, false])("a sub-workflow runs where its version says, with its labels, awaited or not (%s)", async (wait) => {
      const [home, gpu, child] = [v7(), v7(), v7()];
      suite.world.define(workflow([set("in", { pool: "{{ run.labels.of }}", more: "{{ run.labels.more }}" })], [], { settings: { pool: gpu, labels: { of: "child", more: "child" } } }), child);
      const id = await suite.enqueue(workflow([node("call", "subworkflow", { config: { workflow: child, wait, labels: { more: "step" } } })]), {}, { pool: home });
      suite.worker({ pools: [home] });
      if (wait) await state(id, "waiting");
      const childId = wait ? (await suite.harness.children(id))[0]! : ((await suite.finished(id)).output as { runId: string }).runId;
      expect(await suite.harness.state(childId)).toBe("queued");
      suite.worker({ pools: [gpu] });
      expect((await suite.finished(childId)).output).toEqual({ pool: "child", more: "step" });
      expect((await suite.finished(id)).status).toBe("succeeded");
    });

    test("a run that keeps its pool is done there, with all that it starts", async () => {
      const [home, child] = [v7(), v7()];
      suite.world.define(workflow([set("in", {})], [], { settings: { pool: v7() } }), child);
      const definition = workflow([node("call", "subworkflow", { config: { workflow: child } }), probe("a", {}, { pool: v7() })], ["call>a"]);
      suite.worker({ pools: [home] });
      expect((await suite.finished(await suite.enqueue(definition, {}, { pool: home, options: { keepsPool: true } }))).status).toBe("succeeded");
    });
  });
}
