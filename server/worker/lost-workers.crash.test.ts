import { afterAll, afterEach, expect, test } from "vitest";
import { viewWorkers } from "@/server/admin/workers";
import { closeConnections, sharedPool } from "@/server/db/client";
import { CrashScene, CrashWorker } from "@/server/worker/testing/crash-scene";

/** Far longer than the test may take: what is taken over here was not waited for. */
const LEASE_SECONDS = "600";

const workers: CrashWorker[] = [];
const start = (): CrashWorker => {
  const worker = new CrashWorker({ LEASE_SECONDS });
  workers.push(worker);
  return worker;
};

afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.stop())));
afterAll(closeConnections);

test("runs of a worker that was killed go on with the next one of its machine, without waiting for the end of a lease; those of one that lives stay with it", async () => {
  const scene = await CrashScene.open();
  await scene.publish("slow", {
    schema: 1,
    nodes: [
      { id: "call", kind: "effect", config: { value: "{{ input.n }}", ms: 4_000 } },
      { id: "after", kind: "effect", config: { value: "{{ steps.call.output + 1 }}" } },
    ],
    edges: [{ from: "call", to: "after" }],
  });
  const killed = start();
  await killed.said("ready");
  const lost = await scene.start("slow", 20);
  await Promise.all(lost.map((id) => killed.said(`effect ${id} call`)));
  await killed.kill();
  const next = start();
  await scene.untilAllFinished();
  await scene.expectUndisturbed(lost, (n) => n + 1);
  expect((await viewWorkers()).workers.map(({ status }) => status)).toEqual(["alive", "lost"]);

  // Only a moment later: whatever kills workers one after the other is slowed down by their leases.
  const held = await scene.start("slow", 3);
  await Promise.all(held.map((id) => next.said(`effect ${id} call`)));
  await next.kill();
  const third = start();
  await third.said("ready");
  const later = await scene.start("slow", 1);
  await third.said(`effect ${later[0]!} after`);
  expect((await sharedPool().query<{ state: string; takeovers: number }>("SELECT state, takeovers FROM run_queue WHERE run_id = ANY ($1)", [held])).rows).toEqual(held.map(() => ({ state: "running", takeovers: 0 })));
}, 120_000);
