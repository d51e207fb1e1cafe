import { v7 } from "uuid";
import { describe, expect, test, vi } from "vitest";
import { Gate } from "@/server/testing/worker-world";
import { inside, node, probe, set, waitFor, workflow } from "@/server/testing/conformance/shorthand";
import { type Conformance, until } from "@/server/testing/conformance/suite";

export function describeTakeovers(suite: Conformance): void {
  describe("takeovers", () => {
    /** A probe that hangs the first time it is called and answers afterwards. */
    const hangOnce = (name: string, answer: unknown) => {
      const began = new Gate();
      let calls = 0;
      suite.world.probes.set(name, (ctx) => {
        calls += 1;
        if (calls > 1) return { type: "succeeded", output: { answer, checkpoint: ctx.lastCheckpoint, attempt: ctx.attempt, key: ctx.idempotencyKey } };
        return ctx.checkpoint({ page: 7 }).then(() => {
          began.open();
          return new Promise((_, reject) => ctx.signal.addEventListener("abort", () => reject(new Error("aborted"))));
        });
      });
      return { began: began.opened, calls: () => calls };
    };

    test("another worker goes on where the first stopped, with the same attempt and its checkpoint", async () => {
      const hang = hangOnce("once", "again");
      let first = 0;
      suite.world.probes.set("first", () => ({ type: "succeeded", output: ++first }));
      suite.worker();
      const id = await suite.enqueue(workflow([probe("a", { call: "first" }), probe("b", { call: "once" }), set("c", { a: "{{ steps.a.output }}", b: "{{ steps.b.output.checkpoint.page }}" })], ["a>b", "b>c"]));
      await hang.began;
      await suite.harness.expire(id);
      suite.worker();
      const run = await suite.finished(id);
      expect(run).toMatchObject({ status: "succeeded", output: { a: 1, b: 7 }, steps: { a: "succeeded", b: "succeeded", c: "succeeded" } });
      expect(run.value("b")).toMatchObject({ attempt: 1, key: `${id}:b` });
      expect([first, hang.calls()]).toEqual([1, 2]);
    });

    test("a repeated attempt keeps the time at which it first began, and a checkpoint of any size", async () => {
      const began = new Gate();
      const seen: unknown[] = [];
      suite.world.probes.set("timed", (ctx) => {
        seen.push(ctx.config.value, ctx.now);
        if (ctx.lastCheckpoint !== null) return { type: "succeeded", output: (ctx.lastCheckpoint as { text: string }).text.length };
        return ctx.checkpoint({ text: "x".repeat(5_000) }).then(() => {
          began.open();
          return new Promise((_, reject) => ctx.signal.addEventListener("abort", () => reject(new Error("aborted"))));
        });
      });
      const settings = { inlineMaxBytes: 1_000 };
      suite.worker({ settings });
      const id = await suite.enqueue(workflow([probe("a", { call: "timed", value: "{{ now }}" })]));
      await began.opened;
      await suite.harness.expire(id);
      suite.worker({ settings });
      expect(await suite.finished(id)).toMatchObject({ status: "succeeded", output: 5_000 });
      expect(seen).toEqual([seen[0], seen[0], seen[0], seen[0]]);
    });

    test("the checkpoint of a failed attempt is handed to the next, here and elsewhere", async () => {
      suite.world.probes.set("pages", async (ctx) => {
        const page = ((ctx.lastCheckpoint as number | null) ?? 0) + 1;
        if (page === 4) return { type: "succeeded", output: { page, attempt: ctx.attempt } };
        await ctx.checkpoint(page);
        return { type: "failed", error: { code: "again", message: "again" }, retryable: true };
      });
      const retry = { maxAttempts: 4, strategy: "constant", delaySeconds: 0.1, jitter: 0 } as const;
      const step = workflow([probe("a", { call: "pages" }, { retry })]);
      expect((await suite.run(step)).output).toEqual({ page: 4, attempt: 4 });
      expect((await suite.run(step, {}, {}, { settings: { holdTimerMs: 0 } })).output).toEqual({ page: 4, attempt: 4 });
    });

    test.each([["by its kind", node("a", "probe.once", { config: { call: "unsafe" } })], ["by its own setting", probe("a", { call: "unsafe" }, { onWorkerLost: "fail" })]])("a step that must not be repeated fails instead: %s", async (_, step) => {
      const hang = hangOnce("unsafe", "never");
      suite.worker();
      const id = await suite.enqueue(workflow([step]));
      await hang.began;
      await suite.harness.expire(id);
      expect(await suite.finished(id)).toMatchObject({ status: "failed", error: { code: "worker_lost", nodeId: "a" } });
      expect(hang.calls()).toBe(1);
      if (step.kind === "probe") return;
      const again = hangOnce("unsafe", "done");
      const repeated = await suite.enqueue(workflow([{ ...step, onWorkerLost: "retry" }]));
      await again.began;
      await suite.harness.expire(repeated);
      expect(await suite.finished(repeated)).toMatchObject({ status: "succeeded" });
    });

    test("loops go on in the middle, and see their items and earlier results again", async () => {
      const hang = hangOnce("mid", "x");
      suite.world.probes.set("item", (ctx) => (ctx.config.value === 3 ? suite.world.probes.get("mid")!(ctx) : { type: "succeeded", output: ctx.config.value }));
      const loop = node("loop", "forEach", { config: { items: "{{ input.items }}", result: "{{ steps.x.output.answer ?? steps.x.output }}" } });
      suite.worker();
      const id = await suite.enqueue(workflow([loop, probe("x", { call: "item", value: "{{ item }}" }, inside("loop", "body"))]), { items: [1, 2, 3, 4] });
      await hang.began;
      await suite.harness.expire(id);
      expect((await suite.finished(id)).output).toEqual([1, 2, "x", 4]);
    });

    test("a busy loop goes on from its last snapshot, and the journal before it is not read again", async () => {
      const hang = hangOnce("stays", 50);
      suite.world.probes.set("many", (ctx) => (ctx.config.value === 50 ? suite.world.probes.get("stays")!(ctx) : { type: "succeeded", output: ctx.config.value }));
      const loop = node("loop", "forEach", { config: { items: "{{ input.items }}", mode: "parallel", limit: 4, result: "{{ steps.x.output.answer ?? steps.x.output }}" } });
      const [kept, read] = [vi.spyOn(suite.store, "keepSnapshot"), vi.spyOn(suite.store, "history")];
      const items = Array.from({ length: 100 }, (_, n) => n);
      suite.worker();
      const id = await suite.enqueue(workflow([loop, probe("x", { call: "many", value: "{{ item }}" }, inside("loop", "body")), set("end", { all: "{{ steps.loop.output }}" })], ["loop>end"]), { items });
      await hang.began;
      const lastKept = await until("a snapshot late in the loop", async () => {
        const last = kept.mock.settledResults.findLastIndex(({ type }, call) => type === "fulfilled" && kept.mock.calls[call]?.[0].runId === id);
        const seq = kept.mock.calls[last]?.[0].seq ?? 0;
        return seq >= 150 ? seq : null;
      });
      await suite.harness.expire(id);
      suite.worker();
      expect(await suite.finished(id)).toMatchObject({ status: "succeeded", output: { all: items } });
      const after = read.mock.calls.flatMap(([of, seq]) => (of === id ? [seq] : []));
      expect(after).toEqual([expect.any(Number)]);
      expect(after[0]).toBeGreaterThanOrEqual(lastKept);
      expect(hang.calls()).toBe(2);
      vi.restoreAllMocks();
    });

    test("iterations that end elsewhere show the item they were for", async () => {
      const hang = hangOnce("hang", "x");
      const loop = node("loop", "forEach", { config: { items: "{{ ['a', 'b'] }}" } });
      suite.worker();
      const id = await suite.enqueue(workflow([loop, probe("x", { call: "hang" }, inside("loop", "body"))]));
      await hang.began;
      await suite.harness.expire(id);
      const run = await suite.finished(id);
      expect([run.value("loop[0]", "input"), run.value("loop[1]", "input")]).toEqual([{ index: 0, item: "a" }, { index: 1, item: "b" }]);
    });

    test("a run on which workers keep being lost is given up", async () => {
      const began = { count: 0 };
      suite.world.probes.set("poison", (ctx) => {
        began.count += 1;
        return new Promise((_, reject) => ctx.signal.addEventListener("abort", () => reject(new Error("aborted"))));
      });
      suite.worker({ settings: { maxTakeovers: 3 } });
      const id = await suite.enqueue(workflow([probe("a", { call: "poison" })]));
      for (let lost = 1; lost <= 4; lost++) {
        await until(`attempt ${lost}`, () => (began.count >= lost ? true : null));
        await suite.harness.expire(id);
      }
      expect(await suite.finished(id)).toMatchObject({ status: "failed", error: { code: "worker_lost" } });
    });

    const hang = (signal: AbortSignal) => new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted"))));

    /** Steps that last until `over` opens, of as many runs. */
    const longRuns = async (count: number) => {
      const over = new Gate();
      const begun: string[] = [];
      suite.world.probes.set("long", async ({ signal, run }) => {
        begun.push(run.id);
        await Promise.race([over.opened, hang(signal)]);
        return { type: "succeeded", output: "done" };
      });
      const step = workflow([probe("a", { call: "long" })]);
      const ids: string[] = [];
      for (let n = 0; n < count; n++) ids.push(await suite.enqueue(step));
      const end = async () => {
        over.open();
        for (const id of ids) expect(await suite.finished(id)).toMatchObject({ status: "succeeded", output: "done" });
      };
      return { ids, begun, end };
    };

    /** The worker is lost with all that it holds `afterMs` after the step began; `livedSeconds`: after so long, as the store sees it. */
    const killer = (others: readonly string[], { afterMs = 0, livedSeconds = 0 } = {}) => {
      const lives: string[] = [];
      suite.world.probes.set("poison", async ({ run }) => {
        lives.push(run.id);
        await new Promise((resolve) => setTimeout(resolve, afterMs));
        if (livedSeconds > 0) await suite.harness.heldSince(livedSeconds, run.id);
        await suite.harness.expire(...others, run.id);
        throw new Error("its worker is gone");
      });
      return { lives, step: workflow([probe("a", { call: "poison" })]) };
    };

    test("a run that kills its workers at once takes nobody with it, however long the steps of the others last", async () => {
      const long = await longRuns(3);
      const { step } = killer(long.ids);
      const poison = await suite.enqueue(step);
      suite.worker({ settings: { probationMs: 300 } });
      expect(await suite.finished(poison)).toMatchObject({ status: "failed", error: { code: "worker_lost" } });
      await long.end();
    });

    test("neither does one that kills them late, and it costs no more of them", async () => {
      const long = await longRuns(3);
      const { lives, step } = killer(long.ids, { afterMs: 100, livedSeconds: 3_600 });
      const poison = await suite.enqueue(step);
      suite.worker({ settings: { probationMs: 10 } });
      expect(await suite.finished(poison)).toMatchObject({ status: "failed", error: { code: "worker_lost" } });
      expect(lives).toHaveLength(6);
      await long.end();
    });

    test("after two stops of everything all runs go on at once", async () => {
      const long = await longRuns(40);
      suite.worker({ settings: { probationMs: 3_600_000 } });
      for (let lives = 1; lives <= 3; lives++) {
        await until(`all runs to begin for the ${lives}. time`, () => (long.begun.length === 40 * lives ? true : null));
        if (lives < 3) await suite.harness.expire(...long.ids);
      }
      await long.end();
    });

    test("while a run is watched, one after another, new ones are taken", async () => {
      const long = await longRuns(3);
      suite.worker({ settings: { probationMs: 3_600_000 } });
      for (let lives = 1; lives <= 3; lives++) {
        await until(`all runs to begin for the ${lives}. time`, () => (long.begun.length === 3 * lives ? true : null));
        await suite.harness.expire(...long.ids);
      }
      await until("one to be watched", () => (long.begun.length === 10 ? true : null));
      const id = await suite.enqueue(workflow([set("a", { n: 1 })]));
      expect(await suite.finished(id)).toMatchObject({ status: "succeeded" });
      expect(long.begun).toHaveLength(10);
      await long.end();
    });

    test("a run on which a worker was lost while it was watched is the next one to be watched", async () => {
      const pool = `watched-${v7()}`;
      const claim = (suspect = true) => suite.store.claim({ workerId: v7(), pools: [pool], limit: 10, suspect });
      const one = () => until("a suspect", async () => (await claim())[0] ?? null);
      const ids = [await suite.enqueue(workflow([set("a", {})]), {}, { pool }), await suite.enqueue(workflow([set("a", {})]), {}, { pool })];
      for (let lost = 1; lost <= 3; lost++) {
        expect((await claim()).map((run) => run.id).toSorted()).toEqual(ids.toSorted());
        await suite.harness.expire(...ids);
      }
      expect(await claim(false)).toEqual([]);
      const [first, second] = [await one(), await one()];
      expect([first.id, second.id].toSorted()).toEqual(ids.toSorted());
      await suite.harness.heldSince(60, second.id);
      await suite.harness.expire(second.id);
      await suite.store.release({ runId: first.id, epoch: first.epoch, inboxSeq: first.inboxSeq, dueAt: null, reason: "queued" });
      const again = await one();
      expect(again).toMatchObject({ id: second.id, takeovers: 4, lostAlone: 1 });
      expect(again.livedMs).toBeGreaterThanOrEqual(60_000);
    });

    test("a step that saves its place further on in each life of its worker makes progress", async () => {
      let lives = 0;
      const died: Promise<void>[] = [];
      suite.world.probes.set("pages", async (ctx) => {
        const page = ((ctx.lastCheckpoint as number | null) ?? 0) + 1;
        await ctx.checkpoint(page);
        lives += 1;
        if (page === 8) return { type: "succeeded", output: page };
        died.push(suite.harness.expire(ctx.run.id));
        return new Promise((_, reject) => ctx.signal.addEventListener("abort", () => reject(new Error("aborted"))));
      });
      suite.worker({ settings: { maxTakeovers: 2 } });
      const id = await suite.enqueue(workflow([probe("a", { call: "pages" })]));
      expect(await suite.finished(id)).toMatchObject({ status: "succeeded", output: 8 });
      await Promise.all(died);
      expect(lives).toBe(8);
    });

    test("a run that is given up leaves no step, wait or child run open", async () => {
      suite.world.probes.set("poison", ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted")))));
      suite.world.define(workflow([waitFor("never")]), "endless");
      suite.worker({ settings: { maxTakeovers: 0 } });
      const id = await suite.enqueue(workflow([probe("a", { call: "poison" }), waitFor("x"), node("c", "subworkflow", { config: { workflow: "endless" } })]));
      await until("both waits to open", async () => ((await suite.harness.waits(id)).length === 2 ? true : null));
      const child = (await suite.harness.children(id))[0]!;
      await suite.untilState(child, "waiting");
      await suite.harness.expire(id);
      const run = await suite.finished(id);
      expect(run).toMatchObject({ status: "failed", error: { code: "worker_lost" }, steps: { a: "cancelled", w: "cancelled", c: "cancelled" } });
      expect((await suite.harness.waits(id)).map(({ status }) => status)).toEqual(["cancelled", "cancelled"]);
      expect((await suite.finished(child)).status).toBe("cancelled");
    });

    test("a draining worker lets steps end and hands the run over", async () => {
      const gate = new Gate<number>();
      const began = new Gate();
      suite.world.probes.set("gated", async () => {
        began.open();
        return { type: "succeeded", output: await gate.opened };
      });
      const worker = suite.worker();
      const id = await suite.enqueue(workflow([probe("a", { call: "gated" }), set("b", { v: "{{ steps.a.output }}" })], ["a>b"]));
      await began.opened;
      const stopped = worker.stop();
      gate.open(5);
      await stopped;
      expect(await suite.harness.outcome(id)).toBeNull();
      expect(await suite.harness.state(id)).toBe("queued");
      suite.worker();
      expect(await suite.finished(id)).toMatchObject({ status: "succeeded", output: { v: 5 } });
    });

    test("a step that does not end in the drain time is aborted and repeated elsewhere", async () => {
      const hang = hangOnce("long", "second");
      const worker = suite.worker({ drainSeconds: 0.05 });
      const id = await suite.enqueue(workflow([probe("a", { call: "long" })]));
      await hang.began;
      await worker.stop();
      suite.worker();
      const run = await suite.finished(id);
      expect(run.value("a")).toMatchObject({ answer: "second", attempt: 1 });
    });

    test("a waiting run is resumed by a worker that has never seen it", async () => {
      suite.world.probes.set("pause", (ctx) => (ctx.resume === undefined ? { type: "waiting", wait: { kind: "signal", signal: "s" } } : { type: "succeeded", output: { config: ctx.config.value, payload: ctx.resume.payload } }));
      const first = suite.worker();
      const id = await suite.enqueue(workflow([set("a", { n: 3 }), probe("w", { call: "pause", value: "{{ steps.a.output.n }}" })], ["a>w"]));
      await suite.untilState(id, "waiting");
      await first.stop();
      await suite.store.send({ runId: id, kind: "signal", path: null, attempt: null, name: "s", payload: '"hey"', key: "1" });
      suite.worker();
      expect((await suite.finished(id)).output).toEqual({ config: 3, payload: "hey" });
    });
  });
}
