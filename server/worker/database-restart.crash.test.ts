import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import type { CrashScene as Scene, CrashWorker as Worker, MIXED as Mixed } from "@/server/worker/testing/crash-scene";
import { startEmbeddedPostgres, type EmbeddedPostgres } from "@/server/postgres/embedded";
import { migrate } from "@/server/postgres/migrate";

const RUNS = 200;

let folder: string;
let postgres: EmbeddedPostgres;
let scenes: { CrashScene: typeof Scene; CrashWorker: typeof Worker; MIXED: typeof Mixed; CHILD: typeof Mixed; mixedOutput: (n: number) => unknown };
let close: () => Promise<void>;
let worker: Worker | undefined;

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

async function prepare(): Promise<{ scene: Scene; ids: string[] }> {
  const scene = await scenes.CrashScene.open();
  await scene.publish("child", scenes.CHILD);
  await scene.publish("mixed", scenes.MIXED);
  return { scene, ids: await scene.start("mixed", RUNS) };
}

/** The postmaster and all its children die at once, as with the machine; then the same data folder is started again. */
async function crashDatabase(): Promise<void> {
  const [pid = ""] = fs.readFileSync(path.join(folder, "postgres", "postmaster.pid"), "utf8").split("\n");
  process.kill(Number(pid), "SIGKILL");
  await postgres.lost;
  postgres = await startEmbeddedPostgres({ dataFolder: folder });
}

test("PostgreSQL is killed and started again under load", async () => {
  const { scene, ids } = await prepare();
  worker = new scenes.CrashWorker({ LEASE_SECONDS: "15" });
  await worker.said("effect");
  await crashDatabase();
  await scene.untilAllFinished();
  await scene.expectUndisturbed(ids, scenes.mixedOutput);
  expect(await Promise.race([worker.exited, Promise.resolve("alive")])).toBe("alive");
}, 200_000);
