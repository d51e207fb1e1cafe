import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { StoreRefusedError } from "@/server/engine/ports";
import { node, probe, workflow } from "@/server/testing/conformance/shorthand";
import { Conformance, until } from "@/server/testing/conformance/suite";
import { openMemoryHarness } from "@/server/testing/memory-harness";
import { MemoryStore } from "@/server/testing/memory-store";
import { Gate, WorkerWorld } from "@/server/testing/worker-world";

/** Refuses to be asked for messages once, where the test wants that. */
class Refusing extends MemoryStore {
  refusing: (() => void) | undefined;

  override async inbox(...given: Parameters<MemoryStore["inbox"]>) {
    const { refusing } = this;
    this.refusing = undefined;
    if (refusing === undefined) return super.inbox(...given);
    refusing();
    throw new StoreRefusedError("a lock is held", { isPassing: true });
  }

  /** The end of a hold is not stored so many times. */
  losesEnds = 0;

  override async tellHold(told: Parameters<MemoryStore["tellHold"]>[0]) {
    if (told.hold === null && this.losesEnds > 0) {
      this.losesEnds -= 1;
      throw new Error("the database was away");
    }
    return super.tellHold(told);
  }
}

const suite = new Conformance();
const settings = { refusalDelayMs: 20 };
let store: Refusing;

beforeAll(() => void (suite.world = new WorkerWorld()));
beforeEach(async () => {
  store = new Refusing();
  suite.harness = await openMemoryHarness(store);
});
afterEach(() => suite.stopWorkers());
afterAll(() => suite.world.close());

/** A step `l` at work until the test has it end, and `b` that ends once it is. */
const atWork = () => {
  const [began, over] = [new Gate(), new Gate()];
  suite.world.probes.set("long", async () => {
    began.open();
    await over.opened;
    return { type: "succeeded", output: null };
  });
  suite.world.probes.set("before", async () => {
    await began.opened;
    return { type: "succeeded", output: null };
  });
  return { nodes: [probe("l", { call: "long" }), probe("b", { call: "before" })], end: () => over.open() };
};

describe("a read that is refused while a step is at work", () => {
  test("lets no wait expire whose answer is there", async () => {
    const { nodes, end } = atWork();
    suite.worker({ settings });
    const id = await suite.enqueue(workflow([...nodes, node("w", "wait.signal", { config: { signal: "go", expiresAfterSeconds: 0.01 } })], ["b>w"], { output: "{{ steps.w.output }}" }));
    // Nobody has told the worker of the answer: it asks once the wait is over.
    store.refusing = () => void store.runs.get(id)!.inbox.push({ seq: 1, kind: "signal", path: null, attempt: null, name: "go", payload: "7", at: Date.now() });
    await until("the wait to end", async () => ((await suite.harness.waits(id)).some(({ status }) => status !== "open") ? true : null));
    expect(store.refusing).toBeUndefined();
    expect(await suite.harness.waits(id)).toEqual([{ path: "w", status: "answered" }]);
    await until("its page to tell of no refusal any more", async () => (store.runs.get(id)?.refusal === null ? true : null));
    end();
    expect(await suite.finished(id)).toMatchObject({ status: "succeeded", output: 7 });
  });

  test("is taken back on the run's page also where the first telling is lost, as soon as the run goes on", async () => {
    const { nodes, end } = atWork();
    suite.worker({ settings, report: () => {} });
    const next = new Gate();
    suite.world.probes.set("next", async () => {
      await next.opened;
      return { type: "succeeded", output: null };
    });
    const id = await suite.enqueue(workflow([...nodes, node("w", "wait.signal", { config: { signal: "go", expiresAfterSeconds: 0.01 } }), probe("n", { call: "next" })], ["b>w", "w>n"]));
    store.losesEnds = 1;
    store.refusing = () => void store.runs.get(id)!.inbox.push({ seq: 1, kind: "signal", path: null, attempt: null, name: "go", payload: "7", at: Date.now() });
    await until("the end of the hold to be lost", async () => (store.losesEnds === 0 ? true : null));
    next.open();
    await until("its page to tell of no refusal any more", async () => (store.runs.get(id)?.refusal === null ? true : null));
    end();
    expect(await suite.finished(id)).toMatchObject({ status: "succeeded" });
  });
});
