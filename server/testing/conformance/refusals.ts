import { describe, expect, test } from "vitest";
import { v7 } from "uuid";
import { inside, node, probe, set, workflow } from "@/server/testing/conformance/shorthand";
import { type Conformance, until } from "@/server/testing/conformance/suite";
import { Gate } from "@/server/testing/worker-world";

/** What lies neither in the connection nor in the data: a right or a column that is missing. */
export function describeRefusals(suite: Conformance): void {
  describe("what the store refuses for now", () => {
    const settings = { refusalDelayMs: 20 };

    /** A run whose step has begun, refused from then on. */
    const refused = async (definition: Parameters<Conformance["enqueue"]>[0]) => {
      const [began, over] = [new Gate(), new Gate()];
      let calls = 0;
      suite.world.probes.set("effect", async () => {
        calls += 1;
        began.open();
        await over.opened;
        return { type: "succeeded", output: calls };
      });
      const id = await suite.enqueue(definition);
      await began.opened;
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
