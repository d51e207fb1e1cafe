import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, expect, test } from "vitest";
import { closeConnections } from "@/server/db/client";
import { CHILD, CrashScene, CrashWorker, MIXED, mixedOutput } from "@/server/worker/testing/crash-scene";

const RUNS = 200;
/** One more without progress, and a run would be given up as poisonous. */
const KILLS = 5;
const FEW = 60;
const everyThird = (ids: readonly string[]): string[] => ids.filter((_, n) => n % 3 === 2);

let worker: CrashWorker | undefined;

afterEach(() => worker?.stop());
afterAll(closeConnections);

async function startMixed(): Promise<{ scene: CrashScene; ids: string[] }> {
  const scene = await CrashScene.open();
  await scene.publish("child", CHILD);
  await scene.publish("mixed", MIXED);
  return { scene, ids: await scene.start("mixed", RUNS) };
}

test("200 concurrent runs survive workers killed at random times", async () => {
  const { scene, ids } = await startMixed();
  const batches = [ids];
  const lives: number[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    // Those before may be past their effects.
    batches.push(await scene.start("mixed", FEW));
    worker = new CrashWorker();
    await worker.said("effect");
    // Not a wait for a fact: the moment of the kill is what is to be random.
    const life = Math.round(Math.random() * 400);
    lives.push(life);
    await delay(life / 2);
    await scene.signal();
    await scene.cancel(everyThird(batches.at(-1)!));
    await delay(life / 2);
    await worker.kill();
  }
  worker = new CrashWorker();
  await scene.untilAllFinished();
  for (const batch of batches) await scene.expectUndisturbed(batch, mixedOutput);
  expect(await scene.repeatedEffects(), `killed after ${lives.join(", ")} ms`).toBeGreaterThan(0);
}, 280_000);

/** Each in the middle of others' work; no more of them than a run survives without progress. */
const POINTS = [
  ["after-claim:60", "before-flush:30", "after-started-row:80", "during-effect:120", "after-flush:60"],
  ["before-release:40", "after-release:40", "after-child-insert:20", "before-finish:20", "after-finish:40"],
];

test.each(POINTS)("200 concurrent runs survive workers killed at %s, %s, %s, %s and %s, one after the other", async (...points) => {
  const { scene, ids } = await startMixed();
  const batches = [ids];
  for (const point of points) {
    const victim = (worker = new CrashWorker({ MILLRACE_CRASH_POINT: point }));
    // How far the runs got before the last kill decides how often the rest of them comes by here: then more do.
    while ((await Promise.race([victim.exited, delay(250, "alive")])) === "alive") {
      await scene.signal();
      if ((await scene.unfinished()) < FEW) batches.push(await scene.start("mixed", FEW));
    }
    expect(await victim.exited, `${point}: ${victim.errors.join("\n")}`).toBe("SIGKILL");
    await scene.cancel(everyThird(batches.at(-1)!));
  }
  worker = new CrashWorker();
  await scene.untilAllFinished();
  for (const batch of batches) await scene.expectUndisturbed(batch, mixedOutput);
}, 280_000);
