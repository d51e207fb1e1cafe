import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import type * as Scenes from "@/server/worker/testing/crash-scene";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "@/server/postgres/embedded";
import { migrate } from "@/server/postgres/migrate";

const RUNS = 200;
const TIMED_RUNS = 40;

let folder: string;
let postgres: EmbeddedPostgres;
let scenes: typeof Scenes;
let close: () => Promise<void>;
let worker: Scenes.CrashWorker | undefined;

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "millrace-restart-"));
  fs.chmodSync(folder, 0o755);
  postgres = await startEmbeddedPostgres({ dataFolder: folder });
  await migrate(postgres.url);
  // A server of its own, which other tests do not need: the modules below open what the environment names.
  vi.stubEnv("DATABASE_URL", postgres.url);
  vi.resetModules();
  scenes = await import("@/server/worker/testing/crash-scene");
  close = (await import("@/server/db/client")).closeConnections;
});
afterEach(() => worker?.stop());
afterAll(async () => {
  await close();
  await postgres.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

async function prepare(): Promise<{ scene: Scenes.CrashScene; ids: string[]; timedIds: string[] }> {
  const scene = await scenes.CrashScene.open();
  const { CHILD, MIXED, OVERDUE, TIMED } = scenes;
  for (const [name, definition] of Object.entries({ child: CHILD, mixed: MIXED, overdue: OVERDUE, timed: TIMED })) await scene.publish(name, definition);
  return { scene, ids: await scene.start("mixed", RUNS), timedIds: await scene.start("timed", TIMED_RUNS) };
}

/** The postmaster and all its children die at once, as with the machine; then the same data folder is started again. */
async function crashDatabase(): Promise<void> {
  const [pid = ""] = fs.readFileSync(path.join(folder, "postgres", "postmaster.pid"), "utf8").split("\n");
  process.kill(Number(pid), "SIGKILL");
  await postgres.lost;
  postgres = await startEmbeddedPostgres({ dataFolder: folder });
}

test("PostgreSQL is killed and started again under every kind of work, and asked for cancels and signals meanwhile", async () => {
  const { scene, ids, timedIds } = await prepare();
  worker = new scenes.CrashWorker({ LEASE_SECONDS: "15" });
  await scene.untilOneFinished();
  const back = crashDatabase();
  // They wait for a signal that is sent after: none of them can have ended by itself.
  const cancelled = ids.filter((_, n) => n % 4 === 3);
  await Promise.all([back, scene.cancel(cancelled).then(() => scene.signal())]);
  await scene.untilAllFinished();
  await scene.expectCancelled(cancelled);
  await scene.expectUndisturbed(ids, scenes.mixedOutput);
  await scene.expectUndisturbed(timedIds, () => ({ slow: "timeout", overdue: "child_failed" }));
  expect(await Promise.race([worker.exited, Promise.resolve("alive")])).toBe("alive");
}, 280_000);
