import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Scope } from "@/server/auth/scope";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { bundledProgram } from "@/server/testing/bundled-program";
import { makeScope } from "@/server/testing/factories";
import { dispatchDue } from "@/server/triggers/service";
import { type Caller, CALLERS } from "./testing/crash-callers";

vi.hoisted(() => (process.env.MILLRACE_SSRF_ALLOW = "127.0.0.1"));

const DOOR = await bundledProgram(path.resolve(import.meta.dirname, "testing/crash-door.ts"));
const EVENTS = 6;

let scope: Scope;
const open: Caller[] = [];
beforeAll(async () => {
  scope = await makeScope("owner");
});
afterEach(async () => {
  for (const caller of open.splice(0)) await caller.close();
});
afterAll(closeConnections);

async function startDoor(crashPoint?: string): Promise<{ child: ChildProcess; origin: string }> {
  const child = spawn(process.execPath, [DOOR], { env: { ...process.env, ...(crashPoint === undefined ? {} : { MILLRACE_CRASH_POINT: crashPoint }) }, stdio: ["ignore", "pipe", "inherit"] });
  const port = await new Promise<string>((resolve, reject) => {
    child.stdout!.once("data", (chunk: Buffer) => resolve(chunk.toString().trim()));
    child.once("exit", (code) => reject(new Error(`the door ended with ${code}`)));
  });
  return { child, origin: `http://127.0.0.1:${port}` };
}

/** Those that were told that their event was taken. */
async function send(origin: string, { path: address, request, taken: status }: Caller, prefix: string): Promise<string[]> {
  const taken: string[] = [];
  for (let n = 0; n < EVENTS; n++) {
    const id = `${prefix} ${n}`;
    const answer = await fetch(`${origin}${address}`, { method: "POST", ...(await request(id, n)) }).catch(() => null);
    if (answer?.status === status) taken.push(id);
  }
  return taken;
}

describe.each(["webhook", "route", "pubsubPush", "github"] as const)("a web process that dies while a %s trigger is called", (kind) => {
  it.each([
    ["between accept and record", "trigger-event-accepted:3"],
    ["between record and answer", "trigger-started-now:3"],
  ])("%s loses nothing that was acknowledged, and makes one run of each event", async (_when, crashPoint) => {
    const name = `${kind}-${crashPoint.replace(":", "-")}`;
    const caller = await CALLERS[kind](scope, name);
    open.push(caller);
    const { triggerId } = caller;
    const first = await startDoor(crashPoint);
    const died = new Promise<NodeJS.Signals | null>((resolve) => first.child.once("exit", (_code, signal) => resolve(signal)));
    const taken = await send(first.origin, caller, name);
    expect([await died, taken.length]).toEqual(["SIGKILL", 2]);
    expect(await rawDb().triggerEvent.count({ where: { triggerId } })).toBe(crashPoint.startsWith("trigger-started") ? 3 : 2);
    const second = await startDoor();
    try {
      expect(await send(second.origin, caller, name)).toHaveLength(EVENTS);
    } finally {
      second.child.kill("SIGKILL");
    }
    const found = () => rawDb().triggerEvent.findMany({ where: { triggerId } });
    await expect.poll(async () => {
      // PostgreSQL takes a moment to see that the connections are gone; until then what the dead ones locked is passed over.
      await sharedPool().query("update trigger_event set due_at = now() - interval '1 second' where status = 'received'");
      await dispatchDue();
      return (await found()).map(({ status }) => status);
    }).toEqual(Array(EVENTS).fill("started"));
    const events = await found();
    expect((await rawDb().run.findMany({ where: { triggerId }, select: { id: true } })).map(({ id }) => id).sort()).toEqual(events.map(({ runId }) => runId).sort());
    expect(await rawDb().runQueue.count({ where: { runId: { in: events.map(({ runId }) => runId) } } })).toBe(EVENTS);
  });
});
