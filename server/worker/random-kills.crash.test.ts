import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, expect, test } from "vitest";
import { closeConnections } from "@/server/db/client";
import { CHILD, CrashScene, CrashWorker, MIXED, mixedOutput } from "@/server/worker/testing/crash-scene";

const RUNS = 200;
/** One more without progress, and a run would be given up as poisonous. */
const KILLS = 5;

let worker: CrashWorker | undefined;

afterEach(() => worker?.stop());
afterAll(closeConnections);

test("200 concurrent runs survive workers killed at random times", async () => {
  const scene = await CrashScene.open();
  await scene.publish("child", CHILD);
  await scene.publish("mixed", MIXED);
  const ids = await scene.start("mixed", RUNS);
  const lives: number[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    worker = new CrashWorker();
    await worker.said("effect");
    // Not a wait for a fact: the moment of the kill is what is to be random.
    const life = Math.round(Math.random() * 400);
    lives.push(life);
    await delay(life);
    await worker.kill();
  }
  worker = new CrashWorker();
  await scene.untilAllFinished();
  await scene.expectUndisturbed(ids, mixedOutput);
  expect(await scene.repeatedEffects(), `killed after ${lives.join(", ")} ms`).toBeGreaterThan(0);
}, 280_000);
