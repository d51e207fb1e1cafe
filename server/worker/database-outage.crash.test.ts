import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { isDatabaseUnavailable } from "@/server/db/unavailable";
import { isPortFree } from "@/server/postgres/cluster-files";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@/server/postgres/embedded";
import { migrate } from "@/server/postgres/migrate";
import { bundledProgram } from "@/server/testing/bundled-program";
import type { CrashScene as Scene, CrashWorker as Worker } from "@/server/worker/testing/crash-scene";

const DOOR = await bundledProgram(path.resolve(import.meta.dirname, "../ingress/testing/crash-door.ts"));
/** Several leases, heartbeats and retries: how long nobody answers is what is tried here. */
const OUTAGE_MS = 10_000;
const RUNS = 200;
const EVENTS = 20;
const MEMORY_MB = 400;

let folder: string;
let postgres: EmbeddedPostgres;
const children: ChildProcess[] = [];
const workers: Worker[] = [];

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "millrace-outage-"));
  fs.chmodSync(folder, 0o755);
  postgres = await startEmbeddedPostgres({ dataFolder: folder });
  await migrate(postgres.url);
  vi.stubEnv("DATABASE_URL", postgres.url);
  vi.stubEnv("DATABASE_DIRECT_URL", postgres.url);
  vi.resetModules();
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  for (const child of children) child.kill("SIGKILL");
  await (await import("@/server/db/client")).closeConnections();
  await postgres.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

async function openDoor(): Promise<string> {
  const child = spawn(process.execPath, [DOOR], { env: process.env, stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const port = await new Promise<string>((resolve) => child.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString().trim())));
  return `http://127.0.0.1:${port}`;
}

/** As senders of webhooks do: again until it is taken. The statuses on the way. */
async function sendUntilTaken(url: string, id: string): Promise<number[]> {
  const statuses: number[] = [];
  for (;;) {
    const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json", "x-id": id }, body: JSON.stringify({ id }) });
    await answer.arrayBuffer();
    statuses.push(answer.status);
    if (answer.status === 202) return statuses;
    await delay(500);
  }
}

/** Triggers of a workflow of their own: a schedule of every second and a webhook. */
async function openTriggers() {
  const [{ createTrigger }, { TriggerScene }] = await Promise.all([import("@/server/triggers/service"), import("@/server/triggers/testing/scene")]);
  const scene = await TriggerScene.open([]);
  const { scope, workflowId } = scene;
  const common = { workflowId, settings: {}, nodeId: null, versionNumber: null };
  const schedule = await createTrigger({ scope }, { ...common, kind: "schedule", name: "Seconds", config: { timing: { type: "every", seconds: 1 }, catchUp: "all", catchUpLimit: 1_000, graceSeconds: 3_600 } });
  const hook = await createTrigger({ scope }, { ...common, kind: "webhook", name: "Hook", config: { dedupe: { type: "header", header: "x-id" }, answer: { mode: "accept" } } });
  return { scene, schedule: schedule.id, hook: hook.id, hookPath: new URL(hook.url!).pathname };
}

/** What the ticker does once a second; whatever else than the outage comes of it. */
function tickUntil(stopped: AbortSignal, fire: () => Promise<unknown>): Promise<unknown[]> {
  return (async () => {
    const others: unknown[] = [];
    while (!stopped.aborted) {
      await fire().catch((error: unknown) => !isDatabaseUnavailable(error) && others.push(error));
      await delay(200);
    }
    return others;
  })();
}

const SLEEPER = { schema: 1, nodes: [{ id: "sleep", kind: "delay", config: { seconds: 4 } }, { id: "after", kind: "set", config: { values: { n: "{{ input.n }}" } } }], edges: [{ from: "sleep", to: "after" }], output: "{{ steps.after.output }}" };
const memoryMb = (pid: number) => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1_024;

async function startRuns(CrashScene: typeof Scene, mixed: never, child: never): Promise<{ scene: Scene; ids: string[]; sleepers: Scene; sleeperIds: string[] }> {
  const [scene, sleepers] = [await CrashScene.open(), await CrashScene.open()];
  await scene.publish("child", child);
  await scene.publish("mixed", mixed);
  await sleepers.publish("sleeper", SLEEPER as never);
  return { scene, ids: await scene.start("mixed", RUNS), sleepers, sleeperIds: await sleepers.start("sleeper", RUNS) };
}

test("a database that stays away for long under load costs nothing but time: no restart, nothing lost, nothing done twice", async () => {
  const { CrashScene, CrashWorker, MIXED, CHILD, mixedOutput } = await import("@/server/worker/testing/crash-scene");
  const { fireSchedules, dispatchDue } = await import("@/server/triggers/service");
  const triggers = await openTriggers();
  const { scene, ids, sleepers, sleeperIds } = await startRuns(CrashScene, MIXED as never, CHILD as never);
  const ended = new AbortController();
  const ticking = tickUntil(ended.signal, async () => {
    await fireSchedules();
    await dispatchDue();
  });
  const hook = (await openDoor()) + triggers.hookPath;
  const worker = new CrashWorker();
  workers.push(worker);
  await worker.said("effect");
  await vi.waitFor(async () => expect((await triggers.scene.events(triggers.schedule)).length).toBeGreaterThan(0), { timeout: 60_000 });

  await postgres.stop();
  const sent = Promise.all(Array.from({ length: EVENTS }, (_, n) => sendUntilTaken(hook, `event ${n}`)));
  await delay(OUTAGE_MS);
  const during = memoryMb(worker.pid);
  // A connection that goes out may have the port for a moment; the server would take another, which nobody here learns.
  const { url } = postgres;
  await vi.waitFor(async () => expect(await isPortFree(Number(new URL(url).port))).toBe(true), { timeout: 60_000 });
  postgres = await startEmbeddedPostgres({ dataFolder: folder });
  expect(postgres.url).toBe(url);

  for (const statuses of await sent) expect([statuses[0], statuses.slice(0, -1).filter((status) => status !== 503)]).toEqual([503, []]);
  for (const one of [scene, sleepers]) await one.untilAllFinished();
  const slots = await vi.waitFor(async () => {
    const runs = await triggers.scene.runs(triggers.schedule);
    expect(runs.length).toBeGreaterThan(OUTAGE_MS / 1_000);
    return runs;
  }, { timeout: 60_000 });
  ended.abort();
  expect(await ticking).toEqual([]);
  await vi.waitFor(async () => expect((await triggers.scene.runs(triggers.hook)).map(({ status }) => status)).toEqual(Array(EVENTS).fill("succeeded")), { timeout: 60_000 });
  await scene.expectUndisturbed(ids, mixedOutput);
  await sleepers.expectUndisturbed(sleeperIds, (n) => ({ n }));
  const times = (await triggers.scene.events(triggers.schedule)).map(({ dedupeKey }) => Date.parse(dedupeKey.slice("slot ".length))).toSorted((one, other) => one - other);
  expect(times.map((time) => time - times[0]!)).toEqual(times.map((_, n) => n * 1_000));
  expect(times.length).toBeGreaterThanOrEqual(slots.length);
  expect(await Promise.race([worker.exited, Promise.resolve("alive")])).toBe("alive");
  expect(worker.errors.filter((line) => /unhandled/i.test(line))).toEqual([]);
  expect(children.map(({ exitCode }) => exitCode)).toEqual([null]);
  expect([during, memoryMb(worker.pid)].filter((mb) => mb > MEMORY_MB)).toEqual([]);
}, 280_000);
