import { describe, expect, onTestFinished, test, vi } from "vitest";
import { v7 } from "uuid";
import { inside, node, probe, set, workflow } from "@/server/testing/conformance/shorthand";
import { type Conformance, until } from "@/server/testing/conformance/suite";
import { Gate } from "@/server/testing/worker-world";

/** What lies neither in the connection nor in the data: a right or a column that is missing. */
export function describeRefusals(suite: Conformance): void {
  describe("what the store refuses for now", () => {
    const settings = { refusalDelayMs: 20 };

    /** A run whose step has begun, refused from then on. */
    const refused = async (definition: Parameters<Conformance["enqueue"]>[0], others: Promise<void> = Promise.resolve()) => {
      const [began, over] = [new Gate(), new Gate()];
      let calls = 0;
      suite.world.probes.set("effect", async () => {
        calls += 1;
        began.open();
        await over.opened;
        return { type: "succeeded", output: calls };
      });
      const id = await suite.enqueue(definition);
      await Promise.all([began.opened, others]);
      const allow = await suite.harness.refuse(id);
      over.open();
      return { id, allow, calls: () => calls };
    };

    test("is written once the store takes it, here or elsewhere: the effect is not carried out anew", async () => {
      suite.worker({ settings });
      const { id, allow, calls } = await refused(workflow([probe("a", { call: "effect" }), set("b", { n: "{{ steps.a.output }}", v: "{{ vars.v }}" })], ["a>b"]));
      await suite.untilState(id, "waiting");
      expect(await suite.finished(await suite.enqueue(workflow([set("other", { n: 1 })])))).toMatchObject({ status: "succeeded" });
      await suite.stopWorkers();
      let refusals = 0;
      suite.worker({ settings, report: () => void (refusals += 1) });
      await until("it to be tried again", () => (refusals >= 2 ? true : null));
      await allow();
      expect(await suite.finished(id)).toMatchObject({ status: "succeeded", output: { n: 1 }, steps: { a: "succeeded", b: "succeeded" } });
      expect(calls()).toBe(1);
    });

    test("keeps what else the run had decided, such as a child run and the result of a container", async () => {
      suite.world.define(workflow([set("x", { n: 7 })]), "small");
      suite.worker({ settings });
      const nodes = [probe("a", { call: "effect" }), node("c", "subworkflow", { config: { workflow: "small" } }), node("loop", "forEach", { config: { items: "{{ [1, 2] }}", result: "{{ item }}" } }), set("in", {}, inside("loop", "body"))];
      const { id, allow, calls } = await refused(workflow(nodes, ["a>c", "a>loop"], { output: "{{ [steps.a.output, steps.c.output, steps.loop.output] }}" }));
      await suite.untilState(id, "waiting");
      await allow();
      expect(await suite.finished(id)).toMatchObject({ status: "succeeded", output: [1, { n: 7 }, [1, 2]] });
      expect(calls()).toBe(1);
      expect(await suite.harness.children(id)).toHaveLength(1);
    });

    test("a step that is at work goes on to its end, whatever it says of lost workers, and what it gives is written with the rest", async () => {
      let refusals = 0;
      suite.worker({ settings, report: () => void (refusals += 1) });
      const [atWork, hasCome] = [new Gate(), new Gate()];
      let long = 0;
      suite.world.probes.set("long", async (ctx) => {
        long += 1;
        atWork.open();
        await hasCome.opened;
        return ctx.signal.aborted ? Promise.reject(new Error("it was stopped")) : { type: "succeeded", output: "long" };
      });
      const nodes = [probe("a", { call: "effect" }), set("after", { n: "{{ steps.a.output }}" }), probe("l", { call: "long" }, { onWorkerLost: "fail" })];
      const { id, allow, calls } = await refused(workflow(nodes, ["a>after"], { output: "{{ [steps.after.output.n, steps.l.output] }}" }), atWork.opened);
      await until("it to be refused", () => (refusals > 0 ? true : null));
      expect(await suite.harness.state(id)).toBe("running");
      hasCome.open();
      await suite.untilState(id, "waiting");
      await allow();
      expect(await suite.finished(id)).toMatchObject({ status: "succeeded", output: [1, "long"] });
      expect([calls(), long]).toEqual([1, 1]);
    });

    test("once it is mended what was put off begins, while another step is still at work", async () => {
      let refusals = 0;
      suite.worker({ settings, report: () => void (refusals += 1) });
      const [atWork, hasCome] = [new Gate(), new Gate()];
      suite.world.probes.set("long", async () => {
        atWork.open();
        await hasCome.opened;
        return { type: "succeeded", output: "long" };
      });
      const nodes = [probe("a", { call: "effect" }), node("loop", "forEach", { config: { items: "{{ [1, 2] }}", result: "{{ item }}" } }), probe("in", {}, inside("loop", "body")), probe("b"), probe("l", { call: "long" }, { onWorkerLost: "fail" })];
      const { id, allow, calls } = await refused(workflow(nodes, ["a>b", "a>loop"]), atWork.opened);
      await until("it to be refused", () => (refusals > 0 ? true : null));
      await allow();
      const ended = (path: string) => until(`${path} to end`, async () => ((await suite.harness.steps(id)).some((step) => step.path === path && step.status === "succeeded") ? true : null));
      for (const path of ["b", "loop"]) await ended(path);
      expect((await suite.harness.steps(id)).find(({ path }) => path === "l")).toMatchObject({ status: "running" });
      hasCome.open();
      expect(await suite.finished(id)).toMatchObject({ status: "succeeded", steps: { a: "succeeded", b: "succeeded", l: "succeeded" } });
      expect(calls()).toBe(1);
    });

    test("once it is mended a container ends whose last step ended meanwhile, while another step is still at work", async () => {
      let refusals = 0;
      suite.worker({ settings, report: () => void (refusals += 1) });
      const [inBody, atWork, mayEnd, hasCome] = [new Gate(), new Gate(), new Gate(), new Gate()];
      const passes = (began: Gate, over: Gate) => async () => {
        began.open();
        await over.opened;
        return { type: "succeeded" as const, output: null };
      };
      suite.world.probes.set("inner", passes(inBody, mayEnd));
      suite.world.probes.set("long", passes(atWork, hasCome));
      const nodes = [probe("a", { call: "effect" }), node("loop", "forEach", { config: { items: "{{ [1] }}", result: "{{ item }}" } }), probe("in", { call: "inner" }, inside("loop", "body")), probe("l", { call: "long" }, { onWorkerLost: "fail" })];
      const { id, allow } = await refused(workflow(nodes), Promise.all([inBody.opened, atWork.opened]).then(() => {}));
      await until("it to be refused", () => (refusals > 0 ? true : null));
      const flush = vi.spyOn(suite.store, "flush");
      onTestFinished(() => flush.mockRestore());
      mayEnd.open();
      await until("its end to be refused, too", () => (flush.mock.calls.some(([write]) => write.steps.some((step) => step.nodeId === "in" && step.finishedAt !== null)) ? true : null));
      await allow();
      await until("the loop to end", async () => ((await suite.harness.steps(id)).some(({ path, status }) => path === "loop" && status === "succeeded") ? true : null));
      expect((await suite.harness.steps(id)).find(({ path }) => path === "l")).toMatchObject({ status: "running" });
      hasCome.open();
      expect(await suite.finished(id)).toMatchObject({ status: "succeeded", steps: { a: "succeeded", loop: "succeeded", l: "succeeded" } });
    });

    test("a step that waited for what was refused has not begun, and may begin whatever it says of lost workers", async () => {
      suite.worker({ settings });
      let begun = 0;
      suite.world.probes.set("once", () => Promise.resolve({ type: "succeeded", output: (begun += 1) }));
      const { id, allow, calls } = await refused(workflow([probe("a", { call: "effect" }), probe("b", { call: "once" }, { onWorkerLost: "fail" })], ["a>b"]));
      await suite.untilState(id, "waiting");
      await allow();
      expect(await suite.finished(id)).toMatchObject({ status: "succeeded", steps: { a: "succeeded", b: "succeeded" } });
      expect([calls(), begun]).toEqual([1, 1]);
    });

    test("ends the run when it is refused too often, with what the store says", async () => {
      suite.worker({ settings: { ...settings, maxRefusals: 3 } });
      const { id, allow, calls } = await refused(workflow([probe("a", { call: "effect" })]));
      const run = await suite.finished(id);
      expect(run).toMatchObject({ status: "failed", error: { code: "store_refused" }, steps: { a: "cancelled" } });
      expect(run.error?.message).toBe("the database refused 3 times what this run has to write: the test refuses it");
      expect(calls()).toBe(1);
      await allow();
    });

    test("is put off for longer each time, and a message that wakes the run before is not counted", async () => {
      const pool = v7();
      const id = await suite.enqueue(workflow([set("a", {})]), {}, { pool });
      const claim = () => until("a claim", async () => (await suite.store.claim({ workerId: v7(), pools: [pool], limit: 1 }))[0] ?? null);
      const first = await claim();
      expect(first.refusal).toBeNull();
      const refusal = { message: "no right", times: 2, until: Date.now() + 3_600_000 };
      expect(await suite.store.putBack({ runId: id, epoch: first.epoch, refusal, kept: "{}" })).toBe("ok");
      expect(await suite.store.putBack({ runId: id, epoch: first.epoch, refusal, kept: null })).toBe("lost");
      expect(await suite.store.claim({ workerId: v7(), pools: [pool], limit: 1 })).toEqual([]);
      await suite.store.send({ runId: id, kind: "signal", path: null, attempt: null, name: "s", payload: null, key: "s" });
      const again = await claim();
      expect(again).toMatchObject({ refusal, takeovers: 0 });
      expect(await suite.store.putBack({ runId: id, epoch: again.epoch, refusal, kept: null })).toBe("ok");
      expect(await suite.store.kept(id)).toBe("{}");
    });
  });
}
