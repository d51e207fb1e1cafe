import { describe, expect, test } from "vitest";
import { v7 } from "uuid";
import type { EventRecord } from "@/server/engine/journal";
import type { ReleaseRun, RunWrite, StepWrite } from "@/server/engine/ports";
import { set, workflow } from "@/server/testing/conformance/shorthand";
import { until, type Conformance } from "@/server/testing/conformance/suite";

function emptyWrite(run: { id: string; workspaceId: string; epoch: number }): RunWrite {
  return { runId: run.id, workspaceId: run.workspaceId, epoch: run.epoch, steps: [], events: [], logs: [], checkpoints: [], progress: [], waits: [], children: [], messages: [] };
}

export function describeClaims(suite: Conformance): void {
  const definition = workflow([set("a", {})]);

  describe("claims and fences", () => {
    test("a run is claimed once, whoever asks", async () => {
      const pool = v7();
      const ids = await Promise.all(Array.from({ length: 20 }, () => suite.enqueue(definition, {}, { pool })));
      const claimed: string[] = [];
      await until("all runs to be claimed", async () => {
        const claims = await Promise.all(Array.from({ length: 5 }, () => suite.store.claim({ workerId: v7(), pools: [pool], limit: 3 })));
        claimed.push(...claims.flat().map((run) => run.id));
        return claimed.length >= ids.length ? true : null;
      });
      expect(claimed.toSorted()).toEqual(ids.toSorted());
    });

    test("a run whose id is known already is left as it is", async () => {
      const pool = v7();
      const run = suite.world.newRun(suite.world.define(definition), { n: 1 }, { pool });
      await suite.store.enqueue([run]);
      await suite.store.enqueue([{ ...run, input: '{"n":2}' }]);
      const claimed = await suite.store.claim({ workerId: v7(), pools: [pool], limit: 10 });
      expect(claimed.map(({ input }) => input)).toEqual(['{"n":1}']);
    });

    test("workspaces take turns", async () => {
      const pool = v7();
      const [busy, other] = [v7(), v7()];
      const many = Array.from({ length: 50 }, () => suite.world.newRun(suite.world.define(definition), {}, { pool, workspaceId: busy }));
      await suite.store.enqueue(many);
      await suite.store.enqueue([suite.world.newRun(suite.world.define(definition), {}, { pool, workspaceId: other })]);
      const first = await suite.store.claim({ workerId: v7(), pools: [pool], limit: 10 });
      if (suite.harness.store.constructor.name !== "MemoryStore") expect(first.some((run) => run.workspaceId === other)).toBe(true);
      expect(first).toHaveLength(10);
    });

    test("what a worker writes after a takeover changes nothing", async () => {
      const pool = v7();
      const id = await suite.enqueue(definition, {}, { pool });
      const [old] = await suite.store.claim({ workerId: v7(), pools: [pool], limit: 1 });
      await suite.harness.expire(id);
      const late = { ...emptyWrite(old!), finish: { status: "succeeded", output: '"late"', error: null, finishedAt: Date.now() } } as const;
      expect(await suite.store.flush(late)).toBe("lost");
      const [current] = await suite.store.claim({ workerId: v7(), pools: [pool], limit: 1 });
      expect(current).toMatchObject({ id, takeovers: 1 });
      expect(current!.epoch).toBeGreaterThan(old!.epoch);
      expect(await suite.store.flush(late)).toBe("lost");
      expect(await suite.store.release({ runId: id, epoch: old!.epoch, inboxSeq: 0, dueAt: null, reason: "queued" })).toBe("lost");
      const { lost } = await suite.store.heartbeat(v7(), [{ runId: id, epoch: old!.epoch, inboxSeq: 0 }]);
      expect(lost).toEqual([id]);
      expect(await suite.store.heartbeat(v7(), [{ runId: id, epoch: current!.epoch, inboxSeq: 0 }])).toEqual({ lost: [], unread: [], late: [] });
      expect(await suite.store.flush({ ...late, epoch: current!.epoch, finish: { ...late.finish, output: '"mine"' } })).toBe("ok");
      expect(await suite.harness.outcome(id)).toMatchObject({ status: "succeeded", output: '"mine"' });
      expect(await suite.store.flush({ ...late, epoch: current!.epoch })).toBe("lost");
    });

    test("a signal does not start a run before it is due; a cancel does", async () => {
      const pool = v7();
      const id = await suite.enqueue(definition, {}, { pool, dueAt: Date.now() + 3_600_000 });
      const signal = { runId: id, kind: "signal", path: null, attempt: null, name: "x", payload: "1", key: "k" } as const;
      await suite.store.send(signal);
      expect(await suite.store.claim({ workerId: v7(), pools: [pool], limit: 1 })).toEqual([]);
      await suite.store.send({ ...signal, kind: "cancel", key: "c" });
      expect(await suite.store.claim({ workerId: v7(), pools: [pool], limit: 1 })).toMatchObject([{ id, inboxSeq: 2 }]);
    });

    test("the newest snapshot is for whoever holds the run next, and whole for whoever holds it after its release", async () => {
      const pool = v7();
      const id = await suite.enqueue(definition, {}, { pool });
      const claim = async () => (await suite.store.claim({ workerId: v7(), pools: [pool], limit: 1 }))[0]!;
      const wake = async (key: string) => void (await suite.store.send({ runId: id, kind: "signal", path: null, attempt: null, name: "x", payload: "1", key }));
      const release = async (epoch: number, inboxSeq: number, more: Pick<ReleaseRun, "snapshot"> = {}) => expect(await suite.store.release({ runId: id, epoch, inboxSeq, dueAt: null, reason: "waiting", ...more })).toBe("released");
      const first = await claim();
      expect(first.hasSnapshot).toBe(false);
      await release(first.epoch, 0, { snapshot: { seq: 2, text: "as it was" } });
      await wake("1");
      const second = await claim();
      expect([second.hasSnapshot, await suite.store.snapshot(id, second.epoch), await suite.store.snapshot(id, first.epoch)]).toEqual([true, { text: "as it was", isWhole: true }, null]);
      await suite.store.keepSnapshot({ runId: id, epoch: second.epoch, seq: 4, text: "while it worked" });
      await suite.harness.expire(id);
      const third = await claim();
      await suite.store.keepSnapshot({ runId: id, epoch: second.epoch, seq: 9, text: "of one who was lost" });
      await suite.store.keepSnapshot({ runId: id, epoch: third.epoch, seq: 3, text: "of before" });
      expect([third.hasSnapshot, await suite.store.snapshot(id, third.epoch)]).toEqual([true, { text: "while it worked", isWhole: false }]);
      await release(third.epoch, 1, { snapshot: { seq: 6, text: "later" } });
      await wake("2");
      const fourth = await claim();
      await suite.store.keepSnapshot({ runId: id, epoch: third.epoch, seq: 9, text: "of one who has let it go" });
      expect(await suite.store.snapshot(id, fourth.epoch)).toEqual({ text: "later", isWhole: true });
      await release(fourth.epoch, 2);
      await wake("3");
      expect(await suite.store.snapshot(id, (await claim()).epoch)).toEqual({ text: "later", isWhole: false });
    });

    test("what comes after a record of the journal is read alone, with all steps that have begun", async () => {
      const pool = v7();
      const id = await suite.enqueue(definition, {}, { pool });
      const [run] = await suite.store.claim({ workerId: v7(), pools: [pool], limit: 1 });
      const step = (path: string, seq: number | null): StepWrite => ({ path, attempt: 1, nodeId: path, kind: "set", status: seq === null ? "running" : "succeeded", startedAt: 1, finishedAt: seq === null ? null : 2, entry: null, end: seq === null ? null : { table: "step", seq, path, attempt: 1, phase: "finish", status: "succeeded", decision: null, at: 2 } });
      const timer = (seq: number): EventRecord => ({ table: "event", seq, type: "timer", path: null, body: { timer: "t" }, at: 3 });
      expect(await suite.store.flush({ ...emptyWrite(run!), steps: [step("a", 1), step("b", 3), step("open", null)], events: [timer(2), timer(4)] })).toBe("ok");
      const seqs = async (after?: number) => (await suite.store.history(id, after)).records.map(({ seq }) => seq);
      expect([await seqs(), await seqs(2), await seqs(4)]).toEqual([[1, 2, 3, 4], [3, 4], []]);
      expect((await suite.store.history(id, 4)).started).toEqual([{ path: "open", attempt: 1, at: 1 }]);
    });

    test("release fails when a message came that was not seen; the heartbeat tells of it", async () => {
      const pool = v7();
      const id = await suite.enqueue(definition, {}, { pool });
      const [run] = await suite.store.claim({ workerId: v7(), pools: [pool], limit: 1 });
      await suite.store.send({ runId: id, kind: "signal", path: null, attempt: null, name: "x", payload: "1", key: "k" });
      const release = { runId: id, epoch: run!.epoch, dueAt: null, reason: "waiting" } as const;
      expect(await suite.store.release({ ...release, inboxSeq: 0 })).toBe("inbox_changed");
      expect((await suite.store.heartbeat(v7(), [{ runId: id, epoch: run!.epoch, inboxSeq: 0 }])).unread).toEqual([id]);
      const [message] = await suite.store.inbox(id, 0);
      expect(message).toMatchObject({ seq: 1, kind: "signal", name: "x", payload: "1" });
      expect(await suite.store.release({ ...release, inboxSeq: 1 })).toBe("released");
      expect(await suite.store.claim({ workerId: v7(), pools: [pool], limit: 1 })).toEqual([]);
      await suite.store.send({ runId: id, kind: "signal", path: null, attempt: null, name: "y", payload: null, key: "k2" });
      expect(await suite.store.claim({ workerId: v7(), pools: [pool], limit: 1 })).toHaveLength(1);
    });
  });
}
