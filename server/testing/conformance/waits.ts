import { describe, expect, test, vi } from "vitest";
import { v7 } from "uuid";
import type { NewMessage } from "@/server/engine/ports";
import { encodeValue } from "@/server/expressions/encoding";
import { inside, node, probe, set, waitFor, workflow } from "@/server/testing/conformance/shorthand";
import { Gate } from "@/server/testing/worker-world";
import { until, type Conformance } from "@/server/testing/conformance/suite";

function signal(runId: string, name: string, payload: unknown, key: string = v7()): NewMessage {
  return { runId, kind: "signal", path: null, attempt: null, name, payload: encodeValue(payload), key };
}

function cancel(runId: string, reason = "enough"): NewMessage {
  return { runId, kind: "cancel", path: null, attempt: null, name: null, payload: encodeValue({ source: "user", reason }), key: "cancel" };
}

export function describeWaits(suite: Conformance): void {
  describe("waits", () => {
    test("a delay leaves memory and comes back", async () => {
      const worker = suite.worker({ settings: { holdTimerMs: 0 } });
      const id = await suite.enqueue(workflow([node("d", "delay", { config: { seconds: 0.3 } }), set("after", { v: 1 })], ["d>after"]));
      await suite.untilState(id, "waiting");
      expect(worker.stats().heldRuns).toBe(0);
      expect(await suite.finished(id)).toMatchObject({ status: "succeeded", output: { v: 1 }, steps: { d: "succeeded", after: "succeeded" } });
    });

    test("a long run that waits again and again goes on from where it left memory, and its journal is read no more", async () => {
      const { store } = suite;
      const histories = vi.spyOn(store, "history");
      const snapshots = vi.spyOn(store, "snapshot");
      const loop = node("loop", "while", { config: { condition: "{{ index < 6 }}", maxIterations: 100 } });
      const body = inside("loop", "body");
      const definition = workflow(
        [set("first", { v: 40 }), loop, node("w", "wait.signal", { config: { signal: "go" }, ...body }), set("sum", { n: "{{ steps.w.output + steps.first.output.v }}", at: "{{ index }}", before: "{{ previous === null ? 0 : previous.sum }}" }, body), set("end", { last: "{{ steps.loop.output }}" })],
        ["first>loop", "w>sum", "loop>end"],
      );
      const worker = suite.worker({ settings: { snapshotFromSeq: 8 } });
      const id = await suite.enqueue(definition);
      // One comes too early, and is kept over several times out of memory.
      await store.send(signal(id, "later", 0));
      for (let turn = 0; turn < 6; turn++) {
        await until("it to wait outside of memory", async () => ((await suite.harness.state(id)) === "waiting" && worker.stats().heldRuns === 0 && (await suite.harness.waits(id)).length > turn ? true : null));
        await store.send(signal(id, "go", turn));
      }
      const run = await suite.finished(id);
      expect(run.value("loop[5]/sum")).toMatchObject({ n: 45, at: 5 });
      expect(snapshots.mock.calls.filter(([of]) => of === id).length).toBeGreaterThanOrEqual(3);
      expect(histories.mock.calls.filter(([of]) => of === id).length).toBeLessThanOrEqual(3);
      expect(Object.values(run.steps).every((status) => status === "succeeded")).toBe(true);
      vi.restoreAllMocks();
    });

    test("a signal ends its wait; another of the same key is dropped", async () => {
      suite.worker();
      const id = await suite.enqueue(workflow([waitFor("go"), set("after", { got: "{{ steps.w.output.n }}" })], ["w>after"]));
      await suite.untilState(id, "waiting");
      expect(await suite.store.send(signal(id, "other", {}))).toBe(true);
      expect(await suite.store.send(signal(id, "go", { n: 1 }, "same"))).toBe(true);
      await suite.store.send(signal(id, "go", { n: 2 }, "same"));
      expect(await suite.finished(id)).toMatchObject({ output: { got: 1 } });
      expect(await suite.store.send(signal(id, "go", {}))).toBe(false);
      expect(await suite.harness.waits(id)).toEqual([{ path: "w", status: "answered" }]);
    });

    test.each(["turn", "give way"])("people may call a signal %j as the platform calls its own", async (signal) => {
      suite.worker();
      const w = node("w", "wait.signal", { config: { signal }, concurrency: { limit: 1, whenFull: "cancelOldest" } });
      const messages = [{ kind: "signal", path: null, attempt: null }, { kind: "answer", path: "w", attempt: 1 }] as const;
      for (const message of messages) {
        const id = await suite.enqueue(workflow([w]));
        await suite.untilState(id, "waiting");
        await suite.store.send({ runId: id, ...message, name: signal, payload: '"paid"', key: "k" });
        expect(await suite.finished(id)).toMatchObject({ status: "succeeded", output: "paid" });
      }
    });

    test.each([true, false])("a sub-workflow is given what is too large for a row by where it lies (awaited: %s)", async (wait) => {
      suite.world.define(workflow([set("x", { n: "{{ input.big.length }}" })]), "long");
      const flushed = vi.spyOn(suite.store, "flush");
      const run = await suite.run(workflow([node("c", "subworkflow", { config: { workflow: "long", input: { big: "{{ input.part.repeat(500) }}" }, wait } })]), { part: "ä" }, {}, { settings: { inlineMaxBytes: 600 } });
      expect(run.status).toBe("succeeded");
      const child = flushed.mock.calls.flatMap(([write]) => write.children)[0]!;
      const { $blob, size, head } = JSON.parse(child.input) as { $blob: string; size: number; head: string };
      const text = `{"big":"${"ä".repeat(500)}"}`;
      expect([suite.world.blobs.get($blob), size, head]).toEqual([text, 1_010, text.slice(0, 150)]);
      expect(child.files).toContainEqual({ id: $blob, from: run.id });
      expect((await suite.finished(child.id)).output).toEqual({ n: 500 });
      vi.restoreAllMocks();
    });

    test("a signal that comes before its wait opens is kept", async () => {
      const id = await suite.enqueue(workflow([set("a", {}), waitFor("early")], ["a>w"]));
      await suite.store.send(signal(id, "early", "hi"));
      suite.worker();
      expect(await suite.finished(id)).toMatchObject({ status: "succeeded", output: "hi" });
    });

    test("one that came before the end of its wait is not lost to that, although nobody has heard of it", async () => {
      const over = new Gate();
      const began = new Gate();
      suite.world.probes.set("gated", async () => {
        began.open();
        await over.opened;
        return { type: "succeeded", output: 1 };
      });
      const deaf = vi.spyOn(suite.store, "listen").mockImplementation(() => () => {});
      suite.worker({ settings: { holdTimerMs: 600_000 }, leaseSeconds: 600 });
      deaf.mockRestore();
      const w = node("w", "wait.signal", { config: { signal: "late", expiresAfterSeconds: 0.01 } });
      const id = await suite.enqueue(workflow([probe("a", { call: "gated" }), w], ["a>w"]));
      await began.opened;
      await suite.store.send(signal(id, "late", "in time"));
      over.open();
      expect(await suite.finished(id)).toMatchObject({ status: "succeeded", output: "in time" });
      expect(await suite.harness.waits(id)).toEqual([{ path: "w", status: "answered" }]);
    });

    const loopOfWaits = [node("loop", "while", { config: { condition: "{{ index < 3 }}", maxIterations: 10 } }), node("w", "wait.signal", { config: { signal: "go" }, ...inside("loop", "body") })];

    test.each([
      [0, {}],
      [100, {}],
      [0, { rateLimit: { limit: 1_000, periodSeconds: 60 } }],
      [100, { rateLimit: { limit: 1_000, periodSeconds: 60 } }],
      [100, { throttle: { limit: 1_000, periodSeconds: 60 } }],
      [100, { concurrency: { limit: 5 } }],
    ])("each signal ends one wait, however the run comes back (snapshots from %s, %j)", async (snapshotFromSeq, settings) => {
      const worker = suite.worker({ settings: { snapshotFromSeq, holdTimerMs: 0 } });
      const id = await suite.enqueue(workflow(loopOfWaits, [], { settings }));
      for (let turn = 0; turn < 3; turn++) {
        await until("it to wait outside of memory", async () => ((await suite.harness.state(id)) === "waiting" && worker.stats().heldRuns === 0 && (await suite.harness.waits(id)).length > turn ? true : null));
        await suite.store.send(signal(id, "go", turn));
      }
      const run = await suite.finished(id);
      expect([0, 1, 2].map((turn) => run.value(`loop[${turn}]/w`))).toEqual([0, 1, 2]);
    });

    test("signals that come at once while no step waits for them end one wait each", async () => {
      let [begin, end] = [() => {}, () => {}];
      const begun = new Promise<void>((resolve) => (begin = resolve));
      const over = new Promise<void>((resolve) => (end = resolve));
      suite.world.probes.set("slow", async () => {
        begin();
        await over;
        return { type: "succeeded", output: 1 };
      });
      const { store } = suite;
      const read = store.inbox.bind(store);
      const heard = new Set<number>();
      vi.spyOn(store, "inbox").mockImplementation(async (...asked) => {
        const messages = await read(...asked);
        await new Promise((resolve) => setTimeout(resolve, 30));
        for (const { seq } of messages) heard.add(seq);
        return messages;
      });
      suite.worker();
      const id = await suite.enqueue(workflow([probe("slow", { call: "slow" }), ...loopOfWaits], ["slow>loop"]));
      await begun;
      for (const turn of [0, 1, 2]) await store.send(signal(id, "go", turn));
      await until("its worker to have heard of all", () => (heard.size === 3 ? true : null));
      end();
      const run = await suite.finished(id);
      vi.restoreAllMocks();
      expect([0, 1, 2].map((turn) => run.value(`loop[${turn}]/w`)).sort()).toEqual([0, 1, 2]);
    });

    test("signals sent while the run is about to leave memory are not lost", async () => {
      suite.worker();
      const definition = workflow([waitFor("go")]);
      const ids = await Promise.all(Array.from({ length: 60 }, () => suite.enqueue(definition)));
      await Promise.all(ids.map((id, index) => new Promise((resolve) => setTimeout(resolve, index % 13)).then(() => suite.store.send(signal(id, "go", index)))));
      const runs = await Promise.all(ids.map((id) => suite.finished(id)));
      expect(runs.map((run) => run.output)).toEqual(ids.map((_, index) => index));
    });

    test("a wait expires through its port", async () => {
      const wait = node("w", "wait.signal", { config: { signal: "never", expiresAfterSeconds: 0.1 } });
      const run = await suite.run(workflow([wait, set("late", { v: 1 }), set("ok", { v: 2 })], ["w.expired>late", "w>ok"]), {}, {}, { settings: { holdTimerMs: 0 } });
      expect(run.steps).toEqual({ w: "succeeded", late: "succeeded" });
      expect(await suite.harness.waits(run.id)).toEqual([{ path: "w", status: "expired" }]);
    });

    test("a cancel reaches a running step, a waiting one, and finally", async () => {
      suite.worker();
      suite.world.probes.set("hang", (ctx) => new Promise((_, reject) => ctx.signal.addEventListener("abort", () => reject(new Error("aborted")))));
      const nodes = [node("try", "tryCatch"), probe("slow", { call: "hang" }, inside("try", "body")), node("w", "wait.signal", { config: { signal: "x" }, ...inside("try", "body") }), set("clean", {}, inside("try", "finally"))];
      const id = await suite.enqueue(workflow(nodes));
      await suite.untilState(id, "running");
      await suite.store.send(cancel(id));
      expect(await suite.finished(id)).toMatchObject({ status: "cancelled", steps: { "try/slow": "cancelled", "try/w": "cancelled", "try/clean": "succeeded" } });
      const waiting = await suite.enqueue(workflow([waitFor("x")]));
      await suite.untilState(waiting, "waiting");
      await suite.store.send(cancel(waiting));
      expect(await suite.finished(waiting)).toMatchObject({ status: "cancelled", steps: { w: "cancelled" } });
      expect(await suite.harness.waits(waiting)).toEqual([{ path: "w", status: "cancelled" }]);
    });

    test("a sub-workflow's result comes back, its failure fails the step", async () => {
      suite.world.define(workflow([set("x", { v: "{{ input.n * 2 }}" })]), "double");
      suite.world.define(workflow([node("x", "fail", { config: { message: "child broke" } })]), "broken");
      const call = (name: string) => workflow([node("c", "subworkflow", { config: { workflow: name, input: { n: "{{ input.n }}" } } }), set("after", { got: "{{ steps.c.output }}" })], ["c>after"]);
      expect((await suite.run(call("double"), { n: 21 })).output).toEqual({ got: { v: 42 } });
      expect((await suite.run(call("double"), { n: 1 }, {}, { settings: { holdChildMs: 0 } })).output).toEqual({ got: { v: 2 } });
      expect(await suite.run(call("broken"), { n: 1 })).toMatchObject({ status: "failed", error: { code: "child_failed" } });
    });

    test("what a sub-workflow is given stands in its own run and in the step's input, and not in the journal", async () => {
      suite.world.define(workflow([set("x", { got: "{{ input.big }}" })], [], { output: "{{ steps.x.output }}" }), "given");
      const run = await suite.run(workflow([node("c", "subworkflow", { config: { workflow: "given", input: { big: "{{ input.big }}" } } })]), { big: "needle" });
      expect(run.value("c")).toEqual({ got: "needle" });
      expect(run.value("c", "input")).toMatchObject({ input: { big: "needle" } });
      expect(JSON.stringify((await suite.store.history(run.id)).records)).not.toContain("needle");
    });

    test("what is called is given no input that it does not take: the step that calls fails, once", async () => {
      const input = { type: "object", required: ["orderId"], properties: { orderId: { type: "string" } } };
      suite.world.define(workflow([set("x", { got: "{{ input.orderId }}" })], [], { input }), "picky");
      const call = (kind: string, config: object, more: object = {}) => workflow([node("c", kind, { config: { ...config }, retry: { maxAttempts: 3, delaySeconds: 0.01 }, ...more }), set("after", { code: "{{ steps.c.error.code }}" })], ["c.error>after"]);
      const refused = { status: "failed", error: { code: "invalid_input", field: "/input/orderId", path: "c" }, steps: { c: "failed" } };
      for (const wait of [true, false]) {
        const run = await suite.run(call("subworkflow", { workflow: "picky", input: { orderId: 7 }, wait }));
        expect(run).toMatchObject(refused);
        expect(run.steps).not.toHaveProperty("c#2");
        expect(await suite.harness.children(run.id)).toEqual([]);
      }
      expect(await suite.run(call("subworkflow", { workflow: "picky" }))).toMatchObject(refused);
      expect(await suite.run(call("module", { module: "picky", version: 1, input: { orderId: null } }))).toMatchObject(refused);
      expect(await suite.run(call("subworkflow", { workflow: "picky" }, { onError: "route" }))).toMatchObject({ status: "succeeded", output: { code: "invalid_input" } });
      suite.world.define(workflow([set("x", {})], [], { input: false }), "closed");
      expect(await suite.run(call("subworkflow", { workflow: "closed", input: {} }))).toMatchObject({ status: "failed", error: { code: "invalid_input", path: "c" } });
      const caught = workflow([node("try", "tryCatch"), node("c", "subworkflow", { ...inside("try", "body"), config: { workflow: "picky" } }), set("seen", { code: "{{ error.code }}" }, inside("try", "catch"))]);
      expect(await suite.run(caught)).toMatchObject({ status: "succeeded", steps: { "try/seen": "succeeded" } });
      expect((await suite.run(call("subworkflow", { workflow: "picky", input: { orderId: "a" } }, { onError: "route" }))).steps.c).toBe("succeeded");
    });

    test("cancelling a parent cancels its child; a detached child goes on", async () => {
      suite.world.define(workflow([waitFor("never")]), "endless");
      suite.worker();
      const id = await suite.enqueue(workflow([node("c", "subworkflow", { config: { workflow: "endless" } })]));
      await suite.untilState(id, "waiting");
      const [waiting] = await suite.harness.steps(id);
      expect(waiting?.status).toBe("waiting");
      await suite.store.send(cancel(id));
      expect((await suite.finished(id)).status).toBe("cancelled");
      suite.world.define(workflow([set("x", { v: 1 })]), "quick");
      const detached = await suite.run(workflow([node("c", "subworkflow", { config: { workflow: "quick", wait: false } })]));
      const { runId } = detached.output as { runId: string };
      expect(await suite.finished(runId)).toMatchObject({ status: "succeeded", output: { v: 1 } });
    });

    test("a child that takes too long is cancelled, and the step is tried again with a new one", async () => {
      suite.world.define(workflow([waitFor("never")]), "slow");
      const call = (more: object) => workflow([node("c", "subworkflow", { config: { workflow: "slow", expiresAfterSeconds: 0.05 }, retry: { maxAttempts: 2, delaySeconds: 0.01 }, ...more }), set("after", { code: "{{ steps.c.error.code }}" })], ["c.error>after"]);
      for (const settings of [{ holdTimerMs: 0, holdChildMs: 0 }, {}]) {
        const run = await suite.run(call({ onError: "route" }), {}, {}, { settings });
        expect(run).toMatchObject({ status: "succeeded", output: { code: "timeout" }, steps: { c: "failed", "c#2": "failed" } });
        const children = await suite.harness.children(run.id);
        expect(children).toHaveLength(2);
        for (const child of children) expect((await suite.finished(child)).status).toBe("cancelled");
      }
      expect(await suite.run(call({ retry: undefined }))).toMatchObject({ status: "failed", error: { code: "timeout", nodeId: "c" } });
    });

    test("sub-workflows that call themselves end at the depth limit", async () => {
      suite.world.define(workflow([node("c", "subworkflow", { config: { workflow: "self" } })]), "self");
      const run = await suite.run(workflow([node("c", "subworkflow", { config: { workflow: "self" } })]), {}, { depth: 13 });
      expect(run).toMatchObject({ status: "failed", error: { code: "child_failed" } });
      expect(JSON.stringify(run.error)).toContain("16 deep");
    });
  });
}
