// Runs that only wait leave the worker's memory: what 10,000 of them cost it, and how fast their signals bring them to an end.
import { Installation } from "@/bench/millrace/installation";
import type { Figure } from "@/bench/workload";

const RUNS = 10_000;
const MEBIBYTE = 2 ** 20;

const installation = await Installation.open();
const workflow = await installation.publish("waiting", {
  schema: 1,
  nodes: [
    { id: "before", kind: "set", config: { values: { text: "{{ input.text }}" } } },
    { id: "wait", kind: "wait.signal", config: { signal: "go" } },
  ],
  edges: [{ from: "before", to: "wait" }],
});
const worker = installation.startWorker();

async function waitingRuns(): Promise<number> {
  const { rows } = await installation.pool.query<{ count: number }>("SELECT count(*)::int AS count FROM run_queue WHERE state = 'waiting'");
  return rows[0]?.count ?? 0;
}

async function untilWaiting(count: number): Promise<void> {
  while (worker.stats().heldRuns > 0 || (await waitingRuns()) < count) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function enqueue(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let made = 0; made < count; made += 500) {
    const runs = Array.from({ length: Math.min(500, count - made) }, () => installation.newRun(workflow, { text: "x".repeat(1_000) }));
    ids.push(...runs.map(({ id }) => id));
    await installation.store.enqueue(runs);
  }
  return ids;
}

function memory(): { heap: number; resident: number } {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed / MEBIBYTE, resident: rss / MEBIBYTE };
}

const warm = await enqueue(500);
await untilWaiting(warm.length);
const before = memory();
const begun = performance.now();
const ids = await enqueue(RUNS);
await untilWaiting(warm.length + RUNS);
const toWait = RUNS / ((performance.now() - begun) / 1_000);
const after = memory();

const ended = installation.store.finishes(RUNS);
const signalled = performance.now();
const queue = [...ids];
await Promise.all(
  Array.from({ length: 20 }, async () => {
    for (let runId = queue.pop(); runId !== undefined; runId = queue.pop()) {
      await installation.store.send({ runId, kind: "signal", path: null, attempt: null, name: "go", payload: "null", key: "go" });
    }
  }),
);
await ended;
const toEnd = RUNS / ((performance.now() - signalled) / 1_000);

const figure = (measure: string, value: number, unit: string): Figure => ({ workload: "waiting-memory", measure, value, unit });
const count = RUNS.toLocaleString("en-US");
await installation.finish([
  figure(`heap with ${count} waiting runs`, after.heap, "MiB"),
  figure("of that, for the waiting runs", after.heap - before.heap, "MiB"),
  figure(`resident memory with ${count} waiting runs`, after.resident, "MiB"),
  figure("runs started until they wait", toWait, "runs/s"),
  figure("runs ended by their signals", toEnd, "runs/s"),
]);
