import { describe, expect, test } from "vitest";
import { v7 } from "uuid";
import { Gate } from "@/server/testing/worker-world";
import { node, probe, set, workflow } from "@/server/testing/conformance/shorthand";
import { until, type Conformance } from "@/server/testing/conformance/suite";

export function describeLimits(suite: Conformance): void {
  describe("limits on runs at the same time", () => {
    const cancelOf = (runId: string) => ({ runId, kind: "cancel", path: null, attempt: null, name: null, payload: '{"source":"user"}', key: "cancel" }) as const;

    /** Runs of one version that count how many of them are at work. */
    const counted = (limit: number, key?: string) => {
      const seen = { now: 0, most: 0 };
      suite.world.probes.set("counted", async () => {
        seen.most = Math.max(seen.most, ++seen.now);
        await new Promise((resolve) => setTimeout(resolve, 5));
        seen.now -= 1;
        return { type: "succeeded", output: null };
      });
      const concurrency = { limit, ...(key === undefined ? {} : { key }) };
      const versionId = suite.world.define(workflow([probe("a", { call: "counted" }), set("b", {})], ["a>b"], { settings: { concurrency } }));
      const enqueue = async (inputs: unknown[]): Promise<string[]> => {
        const runs = inputs.map((input) => suite.world.newRun(versionId, input));
        await suite.store.enqueue(runs);
        return runs.map((run) => run.id);
      };
      return { seen, enqueue };
    };

    test("no more than the limit hold a place, and all have their turn", async () => {
      suite.worker();
      suite.worker();
      const { seen, enqueue } = counted(2);
      const ids = await enqueue(Array.from({ length: 12 }, () => ({})));
      const runs = await Promise.all(ids.map((id) => suite.finished(id)));
      expect(runs.map((run) => run.status)).toEqual(ids.map(() => "succeeded"));
      expect(seen.most).toBe(2);
    });

    test("each key has its own places", async () => {
      suite.worker();
      const { seen, enqueue } = counted(1, "{{ input.customer }}");
      const ids = await enqueue(["a", "b", "c", "a", "b", "c"].map((customer) => ({ customer })));
      await Promise.all(ids.map((id) => suite.finished(id)));
      expect(seen.most).toBeGreaterThan(1);
      expect(seen.most).toBeLessThanOrEqual(3);
    });

    test("a key that cannot be evaluated fails the run", async () => {
      const run = await suite.run(workflow([set("a", {})], [], { settings: { concurrency: { limit: 1, key: "{{ input.a.b }}" } } }));
      expect(run).toMatchObject({ status: "failed", error: { code: "expression_error", field: "/settings/concurrency/key" } });
    });

    test("time behind a limit does not count as time of the run", async () => {
      suite.worker();
      const [gate, began] = [new Gate(), new Gate()];
      suite.world.probes.set("first", async () => {
        began.open();
        await gate.opened;
        await new Promise((resolve) => setTimeout(resolve, 50));
        return { type: "succeeded", output: null };
      });
      const versionId = suite.world.define(workflow([probe("a", { call: "first" })], [], { settings: { concurrency: { limit: 1 }, timeoutSeconds: 0.5 } }));
      const other = suite.world.define(workflow([probe("a", { call: "first" })], [], { settings: { concurrency: { limit: 1 } } }));
      const workflowId = suite.world.workflowId;
      const [holder, blocked] = [suite.world.newRun(other, {}, { workflowId }), suite.world.newRun(versionId, {}, { workflowId })];
      await suite.store.enqueue([holder]);
      // Claimed is not admitted yet: the other could come first.
      await began.opened;
      await suite.store.enqueue([blocked]);
      await suite.untilState(blocked.id, "blocked");
      setTimeout(() => gate.open(), 700);
      expect((await suite.finished(holder.id)).status).toBe("succeeded");
      expect((await suite.finished(blocked.id)).status).toBe("succeeded");
    });

    test("a run that waits keeps its place; a blocked one can be cancelled; the place outlives its worker", async () => {
      const worker = suite.worker();
      const versionId = suite.world.define(workflow([node("w", "wait.signal", { config: { signal: "go" } })], [], { settings: { concurrency: { limit: 1 } } }));
      const [first, second, third] = Array.from({ length: 3 }, () => suite.world.newRun(versionId));
      await suite.store.enqueue([first!]);
      await suite.untilState(first!.id, "waiting");
      await suite.store.enqueue([second!]);
      await suite.untilState(second!.id, "blocked");
      await suite.store.enqueue([third!]);
      await suite.untilState(third!.id, "blocked");
      await suite.store.send(cancelOf(second!.id));
      expect((await suite.finished(second!.id)).status).toBe("cancelled");
      expect(await suite.harness.state(third!.id)).toBe("blocked");
      await worker.stop();
      suite.worker();
      await suite.store.send({ ...cancelOf(first!.id), kind: "signal", name: "go", payload: "1", key: "go" });
      expect((await suite.finished(first!.id)).status).toBe("succeeded");
      await suite.untilState(third!.id, "waiting");
    });

    test("a cancel that comes between the claim and the limits is heard before a run is blocked or delayed", async () => {
      const pool = v7();
      const [holder, late] = [await suite.enqueue(workflow([set("a", {})]), {}, { pool }), await suite.enqueue(workflow([set("a", {})]), {}, { pool })];
      const claimed = await suite.store.claim({ workerId: v7(), pools: [pool], limit: 2 });
      const place = { key: v7(), limit: 1, whenFull: "queue" } as const;
      const admit = (runId: string, inboxSeq: number) => {
        const { workspaceId, epoch } = claimed.find(({ id }) => id === runId)!;
        return suite.store.admit({ runId, workspaceId, epoch, inboxSeq, gates: { place } });
      };
      expect(await admit(holder, 0)).toEqual({ kind: "admitted" });
      // The answer got lost: the place that it has is its own.
      expect(await admit(holder, 0)).toEqual({ kind: "admitted" });
      await suite.store.send(cancelOf(late));
      expect(await admit(late, 0)).toEqual({ kind: "inbox_changed" });
      expect(await admit(late, 1)).toEqual({ kind: "blocked" });
    });

    test("a place is free again when its run is given up", async () => {
      const began = new Gate();
      suite.world.probes.set("poison", (ctx) => {
        began.open();
        return new Promise((_, reject) => ctx.signal.addEventListener("abort", () => reject(new Error("aborted"))));
      });
      suite.worker({ settings: { maxTakeovers: 0 } });
      const versionId = suite.world.define(workflow([probe("a", { call: "{{ input.call }}" })], [], { settings: { concurrency: { limit: 1 } } }));
      const [bad, next] = [suite.world.newRun(versionId, { call: "poison" }), suite.world.newRun(versionId, { call: "echo" })];
      await suite.store.enqueue([bad]);
      await began.opened;
      await suite.store.enqueue([next]);
      await suite.untilState(next.id, "blocked");
      await suite.harness.expire(bad.id);
      expect(await suite.finished(bad.id)).toMatchObject({ status: "failed", error: { code: "worker_lost" } });
      expect(await until("the next one to end", () => suite.harness.outcome(next.id))).toMatchObject({ status: "succeeded" });
    });
  });
}
