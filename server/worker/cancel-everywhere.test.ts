import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DefinitionInput } from "@/server/engine/definition";
import type { RunWrite } from "@/server/engine/ports";
import { inside, node, probe, set, workflow } from "@/server/testing/conformance/shorthand";
import { Conformance, until } from "@/server/testing/conformance/suite";
import { openMemoryHarness } from "@/server/testing/memory-harness";
import { MemoryStore } from "@/server/testing/memory-store";
import { WorkerWorld } from "@/server/testing/worker-world";

/** Sends a cancel to the watched run right after its n-th flush; 0: before it starts. With `loses`, its worker is lost then too. */
class CancellingStore extends MemoryStore {
  flushesOfRun = 0;
  runId = "";

  constructor(
    private readonly after: number,
    private readonly loses: boolean,
  ) {
    super();
  }

  override async flush(write: RunWrite): Promise<"ok" | "lost"> {
    const result = await super.flush(write);
    if (write.runId === this.runId && result === "ok" && ++this.flushesOfRun === this.after) await this.cancel();
    return result;
  }

  async cancel(): Promise<void> {
    await this.send({ runId: this.runId, kind: "cancel", path: null, attempt: null, name: null, payload: '{"source":"user"}', key: "cancel" });
    if (this.loses && this.runs.get(this.runId)?.state === "running") this.expire(this.runId);
  }
}

const world = new WorkerWorld();
beforeAll(() => {
  world.probes.set("hang", ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("aborted")))));
  world.probes.set("deaf", ({ config }) => new Promise((resolve) => setTimeout(() => resolve({ type: "succeeded", output: config.value ?? null }), 10)));
  world.probes.set("never", ({ signal: { aborted } }) => ({ type: aborted ? "succeeded" : "failed", output: null, error: { code: "again", message: "again" }, retryable: true }));
  world.define(workflow([node("w", "wait.signal", { config: { signal: "never" } })]), "endless");
});
afterAll(() => world.close());

const SCENES: Record<string, DefinitionInput> = {
  "steps one after the other": workflow([set("a", { n: 1 }), probe("b", { call: "deaf" }), probe("c", { call: "hang" })], ["a>b", "b>c"]),
  "a wait, a delay, a backoff and a child at once": workflow([
    node("w", "wait.signal", { config: { signal: "never" } }),
    node("d", "delay", { config: { seconds: 3_600 } }),
    probe("r", { call: "never" }, { retry: { maxAttempts: 5, strategy: "constant", delaySeconds: 3_600, jitter: 0 } }),
    node("c", "subworkflow", { config: { workflow: "endless" } }),
    node("ask", "approval", { config: { title: "?" } }),
  ]),
  "a loop inside try, with catch and finally": workflow(
    [
      node("try", "tryCatch"),
      node("loop", "forEach", { ...inside("try", "body"), config: { items: "{{ [1, 2, 3] }}", mode: "parallel", limit: 2 } }),
      probe("x", { call: "deaf", value: "{{ item }}" }, inside("loop", "body")),
      probe("y", { call: "hang" }, inside("loop", "body")),
      set("caught", { never: true }, inside("try", "catch")),
      probe("clean", { call: "deaf" }, inside("try", "finally")),
      set("cleaner", { v: "{{ steps.clean.status }}" }, inside("try", "finally")),
    ],
    ["x>y", "clean>cleaner"],
  ),
  "more steps than may run at once": workflow(Array.from({ length: 6 }, (_, index) => probe(`s${index}`, { call: index < 3 ? "deaf" : "hang" })), [], { settings: { maxParallel: 2 } }),
};

/** False when the run has come to rest before: what hangs, hangs until it is cancelled. */
async function reached(store: CancellingStore, flushes: number): Promise<boolean> {
  for (let seen = -1; seen !== store.flushesOfRun && store.flushesOfRun < flushes; ) {
    seen = store.flushesOfRun;
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  return store.flushesOfRun >= flushes;
}

async function cancelled(definition: DefinitionInput, after: number, loses: boolean, commitEachStep: boolean): Promise<CancellingStore> {
  const store = new CancellingStore(after, loses);
  const suite = new Conformance();
  suite.world = world;
  suite.harness = await openMemoryHarness(store);
  const run = world.newRun(world.define(definition));
  store.runId = run.id;
  await store.enqueue([run]);
  if (after === 0) await store.cancel();
  suite.worker({ settings: { commitEachStep, holdTimerMs: 5, holdChildMs: 0 }, pollMs: 20, drainSeconds: 0.1 });
  if (!(await reached(store, after))) await store.cancel();
  await until("all runs to end", () => ([...store.runs.values()].every(({ state }) => state === null) ? true : null));
  await suite.stopWorkers();
  return store;
}

const MODES = [[false, false], [true, false], [false, true], [true, true]] as const;

describe("a cancel at any time ends everything", () => {
  test.each(Object.entries(SCENES).flatMap(([name, definition]) => MODES.map((mode) => [name, ...mode, definition] as const)))("%s (worker lost: %s, each step committed: %s)", async (_name, loses, commitEachStep, definition) => {
    const stores = await Promise.all(Array.from({ length: 12 }, (_, after) => cancelled(definition, after, loses, commitEachStep)));
    for (const [after, store] of stores.entries()) {
      const run = store.runs.get(store.runId)!;
      const context = `cancelled after flush ${after}: ${JSON.stringify([...run.steps.values()].map(({ path, status }) => [path, status]))}`;
      expect(run.finish?.status, context).toBe("cancelled");
      for (const stored of store.runs.values()) {
        expect([...stored.steps.values()].filter(({ finishedAt, status }) => finishedAt === null || status === "running" || status === "waiting"), context).toEqual([]);
        const open = new Map(stored.waits.map((wait) => [`${wait.path}#${wait.attempt}`, wait.op]));
        expect([...open.values()].filter((op) => op !== "close"), context).toEqual([]);
      }
      if (run.steps.has("try#1") && [...run.steps.values()].some(({ path }) => path.startsWith("try/loop"))) {
        expect(run.steps.get("try/cleaner#1")?.status, context).toBe("succeeded");
        expect(run.steps.has("try/caught#1")).toBe(false);
      }
    }
  });
});
