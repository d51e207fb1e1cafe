import { afterAll, afterEach, describe, expect, test } from "vitest";
import { closeConnections } from "@/server/db/client";
import { CHILD, CrashScene, CrashWorker, MIXED, mixedOutput } from "@/server/worker/testing/crash-scene";

const POINTS = [
  "after-claim",
  "before-flush",
  "before-flush:4",
  "after-flush",
  "after-flush:3",
  "after-started-row",
  "after-started-row:3",
  "during-effect",
  "during-effect:4",
  "before-snapshot",
  "after-snapshot",
  "after-snapshot:4",
  "before-release",
  "after-release",
  "after-child-insert",
  "before-finish",
  "before-finish:2",
  "after-finish",
];

describe("a worker that dies", () => {
  const workers: CrashWorker[] = [];
  const start = (variables?: Record<string, string>): CrashWorker => {
    const worker = new CrashWorker(variables);
    workers.push(worker);
    return worker;
  };
  afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.stop())));
  afterAll(closeConnections);

  test.each(POINTS)("at %s leaves runs that end as if nothing had happened", async (point) => {
    const scene = await CrashScene.open();
    await scene.publish("child", CHILD);
    await scene.publish("mixed", MIXED);
    const ids = await scene.start("mixed", 4);
    const victim = start({ MILLRACE_CRASH_POINT: point });
    expect(await victim.exited, victim.errors.join("\n")).toBe("SIGKILL");
    await scene.cancel(ids.slice(3));
    start();
    await scene.untilAllFinished();
    await scene.expectUndisturbed(ids, mixedOutput);
  }, 150_000);
});
