import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { v7 } from "uuid";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { env } from "@/server/env";
import { encodeValue } from "@/server/expressions/encoding";
import { PgRunStore } from "@/server/queue/pg-run-store";
import { createQueuePool } from "@/server/queue/queue-pool";
import { node, probe, workflow } from "@/server/testing/conformance/shorthand";
import { until } from "@/server/testing/conformance/suite";
import { makeWorkspace } from "@/server/testing/factories";
import { WorkerWorld } from "@/server/testing/worker-world";
import { createWorker, type Worker } from "@/server/worker/worker";

/** Nobody looks by himself within a test's time: what is heard is heard by a notice. */
const NEVER_SECONDS = 3_600;

let world: WorkerWorld;
const workers: Worker[] = [];
const closing: (() => Promise<unknown>)[] = [];
const reports: unknown[] = [];
let begun = 0;
let ended = 0;
beforeAll(async () => {
  world = new WorkerWorld();
  world.workspaceId = (await makeWorkspace()).id;
  await rawDb().workflow.create({ data: { id: world.workflowId, workspaceId: world.workspaceId, name: "Child", slug: "child", draft: {} } });
  world.probes.set("hang", ({ signal }) => {
    begun += 1;
    return new Promise((_, reject) => signal.addEventListener("abort", () => ((ended += 1), reject(new Error("aborted")))));
  });
  world.define(workflow([probe("inner", { call: "hang" })]), "child");
});
afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.stop())));
afterAll(async () => {
  for (const close of closing) await close();
  await world.close();
  await closeConnections();
});

/** As another process has it. */
function openStore(): PgRunStore {
  const pool = createQueuePool({ max: 4, url: env.DATABASE_URL });
  const store = new PgRunStore({ pool, listenUrl: env.DATABASE_URL, leaseSeconds: NEVER_SECONDS });
  closing.push(async () => {
    await store.close();
    await pool.end();
  });
  return store;
}

test("a cancel that another process sends is heard at once by the workers that hold the run and its children", async () => {
  for (let count = 0; count < 2; count++) {
    const store = openStore();
    let listening = () => {};
    const connected = new Promise<void>((resolve) => (listening = resolve));
    void store.listen(() => listening());
    await connected;
    const worker = createWorker({ id: v7(), store, ports: world.ports, pollMs: NEVER_SECONDS * 1_000, leaseSeconds: NEVER_SECONDS, drainSeconds: 1, report: (error) => reports.push(error) });
    worker.start();
    workers.push(worker);
  }
  const sender = openStore();
  const run = world.newRun(
    world.define(
      workflow([
        probe("call", { call: "hang" }),
        node("child", "subworkflow", { config: { workflow: "child" } }),
        node("wait", "wait.signal", { config: { signal: "never" } }),
        node("later", "delay", { config: { seconds: NEVER_SECONDS } }),
      ]),
    ),
  );
  await sender.enqueue([run]);
  await until("both steps to work", () => (begun === 2 ? true : null));
  await sender.send({ runId: run.id, kind: "cancel", path: null, attempt: null, name: null, payload: encodeValue({ source: "user" }), key: "cancel" });
  const rows = () => sharedPool().query<{ status: string }>("select status from run where root_run_id = $1 order by id", [run.id]).then((found) => found.rows.map(({ status }) => status));
  await until("both runs to end", async () => ((await rows()).every((status) => status !== "queued") ? true : null));
  expect([await rows(), ended, reports]).toEqual([["cancelled", "cancelled"], 2, []]);
});
