import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, expect, test } from "vitest";
import { closeConnections, rawDb } from "@/server/db/client";
import { CrashScene, CrashWorker } from "@/server/worker/testing/crash-scene";

const workers: CrashWorker[] = [];
const start = (): CrashWorker => {
  const worker = new CrashWorker();
  workers.push(worker);
  return worker;
};

afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.stop())));
afterAll(closeConnections);

test("what a worker writes that was paused past its lease changes nothing", async () => {
  const scene = await CrashScene.open();
  await scene.publish("slow", {
    schema: 1,
    nodes: [
      { id: "call", kind: "effect", config: { value: "{{ input.n }}", ms: 2_000 } },
      { id: "after", kind: "effect", config: { value: "{{ steps.call.output + 1 }}" } },
    ],
    edges: [{ from: "call", to: "after" }],
  });
  const paused = start();
  await paused.said("ready");
  const ids = await scene.start("slow", 20);
  await Promise.all(ids.map((id) => paused.said(`effect ${id} call`)));
  paused.signal("SIGSTOP");
  const other = start();
  await scene.untilAllFinished();
  const before = await stored(ids);
  paused.signal("SIGCONT");
  // It has woken up and found out: it takes and finishes new work, of which nothing is left to the other one.
  await other.stop();
  const [later] = await scene.start("slow", 1);
  await paused.said(`effect ${later!} after`);
  await scene.untilAllFinished();
  await delay(200);
  expect(await stored(ids)).toEqual(before);
  await scene.expectUndisturbed(ids, (n) => n + 1);
}, 280_000);

function stored(ids: string[]) {
  return Promise.all([
    rawDb().run.findMany({ where: { id: { in: ids } }, orderBy: { id: "asc" } }),
    rawDb().stepRun.findMany({ where: { runId: { in: ids } }, orderBy: [{ runId: "asc" }, { path: "asc" }] }),
    rawDb().runEvent.findMany({ where: { runId: { in: ids } }, orderBy: [{ runId: "asc" }, { seq: "asc" }] }),
  ]);
}
