import { z } from "zod";
import { closeConnections, connectAsWorker, sharedPool } from "@/server/db/client";
import type { KindSpec } from "@/server/nodes/kind";
import type { NodeRunner } from "@/server/nodes/runner";
import { patiently } from "@/server/queue/patience";
import { openInstallationPorts } from "@/server/worker/installation-ports";
import { startInstallationWorker } from "@/server/worker/installation-worker";

/**
 * The worker process of crash tests: the real one, with a node kind `effect` that leaves a row in `crash_effect` for every
 * time it is carried out, and says so on its output.
 */
const config = z.object({ value: z.unknown(), ms: z.number().default(0), failures: z.number().default(0) });

const spec: KindSpec<z.output<typeof config>> = {
  kind: "effect",
  version: 1,
  role: "task",
  title: "Effect",
  summary: "Leaves a row.",
  group: "Flow",
  icon: "bug",
  config,
  ports: () => ["out"],
};

const runner: NodeRunner<z.output<typeof config>> = {
  effect: "effect",
  async run({ config: { value, ms, failures }, run, path, attempt, idempotencyKey, signal }) {
    await patiently(60_000, () => sharedPool().query("INSERT INTO crash_effect (run_id, path, attempt, key) VALUES ($1, $2, $3, $4)", [run.id, path, attempt, idempotencyKey]));
    process.stdout.write(`effect ${run.id} ${path}\n`);
    if (ms > 0) {
      await new Promise((resolve, reject) => {
        setTimeout(resolve, ms);
        signal.addEventListener("abort", () => reject(signal.reason as Error));
      });
    }
    if (attempt <= failures) return { type: "failed", error: { code: "again", message: "not yet" }, retryable: true };
    return { type: "succeeded", output: value };
  },
};

connectAsWorker();
const ports = openInstallationPorts();
const { stop } = startInstallationWorker((error) => process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`), {
  ports: {
    ...ports,
    kinds: {
      spec: (kind) => (kind === spec.kind ? (spec as KindSpec<unknown>) : ports.kinds.spec(kind)),
      runner: (kind) => (kind === spec.kind ? (runner as NodeRunner) : ports.kinds.runner(kind)),
    },
  },
  // Every wait leaves memory at once, however short it is, and what works is kept every few records.
  settings: { holdTimerMs: 0, holdChildMs: 0, snapshotEvery: 4 },
  pollMs: 100,
});
process.stdout.write("ready\n");
process.on("SIGTERM", () => {
  void stop()
    .then(closeConnections)
    .then(() => process.exit(0));
});
