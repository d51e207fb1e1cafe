import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openSystemScope } from "@/server/auth/scope";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { masterKeyFingerprint, putSecret, resolveSecrets } from "@/server/secrets/service";
import { bundledProgram } from "@/server/testing/bundled-program";
import { CrashScene, CrashWorker } from "@/server/worker/testing/crash-scene";

const folder = vi.hoisted(() => {
  const made = `${process.env.TMPDIR ?? "/tmp"}/millrace-rotation-${process.pid}-${Math.random().toString(36).slice(2)}`;
  process.env.MILLRACE_MASTER_KEY_FILE = `${made}/key`;
  return made;
});

const ROOT = path.resolve(import.meta.dirname, "../..");
const MILLRACE = await bundledProgram(path.join(ROOT, "server/cli/command.ts"));
/** So many at least are on their way. */
const RUNS = 20;
const CALLS = 4;
const NAMES = ["FIRST", "SECOND", "THIRD", "FOURTH"];
const [first, second] = [randomBytes(32), randomBytes(32)];

let server: Server;
const seen = new Map<string, number>();
const workers: CrashWorker[] = [];

beforeAll(async () => {
  fs.mkdirSync(folder);
  holdKeys(first);
  server = createServer((request, response) => {
    const given = request.headers.authorization ?? "";
    seen.set(given, (seen.get(given) ?? 0) + 1);
    // Long enough for rotations to happen meanwhile.
    setTimeout(() => response.end("{}"), 400);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  server.close();
  await closeConnections();
  fs.rmSync(folder, { recursive: true, force: true });
});

let moved = 0;
function holdKeys(...keys: Buffer[]): void {
  fs.writeFileSync(`${folder}/fresh`, keys.map((key) => key.toString("base64url")).join("\n"));
  fs.renameSync(`${folder}/fresh`, `${folder}/key`);
  fs.utimesSync(`${folder}/key`, new Date(), new Date(Date.now() + (moved += 1_000)));
}

interface Ended {
  code: number | NodeJS.Signals | null;
  out: string;
}

function rotate(crashPoint = "", ...parameters: string[]): Promise<Ended> {
  const environment = { ...process.env, MILLRACE_CRASH_POINT: crashPoint, MILLRACE_DATA_DIR: `${folder}/data` };
  const child = spawn(process.execPath, [MILLRACE, "secrets", "rotate", ...parameters], { cwd: ROOT, env: environment as NodeJS.ProcessEnv });
  let out = "";
  child.stdout.on("data", (data: Buffer) => (out += data.toString()));
  child.stderr.on("data", (data: Buffer) => (out += data.toString()));
  return new Promise((resolve) => child.once("close", (code, signal) => resolve({ code: signal ?? code, out })));
}

test("secret rotation under running workflows", async () => {
  const scene = await CrashScene.open();
  const scope = await openSystemScope(scene.workspaceId);
  for (const name of NAMES) await putSecret({ scope }, { name, value: `value-of-${name}` });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const nodes = NAMES.slice(0, CALLS).map((name) => ({ id: name.toLowerCase(), kind: "http", config: { url, auth: { type: "bearer", token: `{{ secrets.${name} }}` } } }));
  const edges = nodes.slice(1).map(({ id }, index) => ({ from: nodes[index]!.id, to: id }));
  await scene.publish("calls", { schema: 1, nodes: [{ id: "start", kind: "trigger.manual" }, ...nodes], edges: [{ from: "start", to: nodes[0]!.id }, ...edges], output: "{{ input.n }}" });
  // It does not die: a lease that runs out on a busy machine would repeat its calls.
  workers.push(new CrashWorker({ MILLRACE_SSRF_ALLOW: "127.0.0.1", WORKER_SLOTS: "4", LEASE_SECONDS: "600" }));
  const batches = [await scene.start("calls", RUNS)];
  const underWay = async <T>(work: Promise<T>): Promise<T> => {
    while (await Promise.race([work.then(() => false), delay(100, true)])) {
      if ((await scene.unfinished()) < RUNS) batches.push(await scene.start("calls", RUNS));
    }
    return work;
  };
  await vi.waitFor(() => expect(seen.size).toBeGreaterThan(0), { timeout: 60_000 });

  // The new master key in the file, the old one below; every way to die on the way, and the command again.
  holdKeys(second, first);
  expect((await underWay(rotate("master-row-resealed"))).code).toBe("SIGKILL");
  expect((await underWay(rotate("data-key-replaced", "--force"))).code).toBe("SIGKILL");
  expect((await underWay(rotate("row-resealed:2"))).code).toBe("SIGKILL");
  expect(await rawDb().runQueue.count({ where: { workspaceId: scene.workspaceId } })).toBeGreaterThan(0);
  const done = await rotate();
  expect([done.code, done.out]).toEqual([0, expect.stringContaining("Everything is sealed with the new keys.")]);
  expect(await rawDb().retiredMasterKey.findMany({ select: { id: true } })).toEqual([{ id: masterKeyFingerprint(first) }]);
  holdKeys(second);

  await scene.untilAllFinished();
  for (const batch of batches) await scene.expectUndisturbed(batch, (n) => n);
  expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(NAMES.slice(0, CALLS).map((name) => [`Bearer value-of-${name}`, batches.flat().length])));
  const { values } = await resolveSecrets({ workspaceId: scene.workspaceId, runId: newId() }, NAMES);
  expect([...values]).toEqual(expect.arrayContaining(NAMES.map((name) => [name, `value-of-${name}`])));
  const { rows } = await sharedPool().query("select from secret s join data_key k on k.id = s.data_key_id where k.retired_at is not null or k.master_key_id <> $1", [masterKeyFingerprint(second)]);
  expect(rows).toEqual([]);
  expect(await rawDb().secret.count({ where: { workspaceId: scene.workspaceId } })).toBe(NAMES.length);
});
