import { spawn } from "node:child_process";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { bundledProgram, dieAt } from "@/server/testing/bundled-program";
import { dispatchDue } from "./dispatch";
import { fireSchedules } from "./fire-schedules";
import { recordEvent } from "./service";
import { TriggerScene } from "./testing/scene";

const SENDER = await bundledProgram(path.resolve(import.meta.dirname, "testing/crash-sender.ts"));
const TICKER = await bundledProgram(path.resolve(import.meta.dirname, "testing/crash-ticker.ts"));
const EVENTS = 5;

let scene: TriggerScene;
let triggerId: string;

beforeAll(async () => {
  scene = await TriggerScene.open([{ id: "in", kind: "trigger.webhook", config: {} }]);
  triggerId = (await scene.triggers())[0]!.id;
});
afterAll(closeConnections);

/** A process that records events and tells which ones it was told are durable. */
async function send(prefix: string, crashPoint: string): Promise<{ acknowledged: string[]; signal: NodeJS.Signals | null }> {
  const child = spawn(process.execPath, [SENDER, triggerId, scene.scope.workspaceId, prefix, String(EVENTS)], {
    env: { ...process.env, MILLRACE_CRASH_POINT: crashPoint },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const signal = await new Promise<NodeJS.Signals | null>((resolve) => child.once("close", (_code, by) => resolve(by)));
  return { acknowledged: said.split("\n").filter((line) => line !== ""), signal };
}

describe("a process that dies", () => {
  it.each([
    ["between accept and record", "trigger-event-accepted:3", 2],
    ["between record and run", "trigger-event-recorded:3", 2],
    ["while the run enters the queue", "trigger-run-enqueued:2", 2],
    ["before the event is marked and committed", "trigger-event-marked:2", 2],
    ["between the run's start and the answer", "trigger-event-committed:2", 2],
  ])("%s loses no event that it acknowledged and makes one run of each", async (_when, crashPoint, told) => {
    const prefix = crashPoint.replace(":", "-");
    const { acknowledged, signal } = await send(prefix, crashPoint);
    expect([signal, acknowledged.length]).toEqual(["SIGKILL", told]);
    await sharedPool().query("update trigger_event set due_at = now() - interval '1 second' where status = 'received'");
    await Promise.all([dispatchDue(), dispatchDue()]);
    // Senders that heard nothing send again.
    for (let n = 0; n < EVENTS; n++) await recordEvent(scene.event(triggerId, `${prefix} ${n}`, { n }));
    await expect.poll(async () => rawDb().triggerEvent.count({ where: { triggerId, status: "received" } })).toBe(0);
    const events = (await scene.events(triggerId)).filter(({ dedupeKey }) => dedupeKey.startsWith(`${prefix} `));
    expect(events.map(({ dedupeKey }) => dedupeKey).sort()).toEqual(Array.from({ length: EVENTS }, (_, n) => `${prefix} ${n}`));
    expect(acknowledged.every((key) => events.some(({ dedupeKey }) => dedupeKey === key))).toBe(true);
    const runs = await rawDb().run.findMany({ where: { id: { in: events.map(({ runId }) => runId) } }, select: { id: true } });
    expect(runs.length).toBe(EVENTS);
    expect(await rawDb().run.count({ where: { triggerId } })).toBe(await rawDb().triggerEvent.count({ where: { triggerId, status: "started" } }));
    expect(await rawDb().runQueue.count({ where: { runId: { in: runs.map(({ id }) => id) } } })).toBe(EVENTS);
  });
});

describe("a process that ticks and dies", () => {
  it.each([
    ["before its slot is committed", "schedule-recorded", { events: 0, runs: 0 }],
    ["between the slot and its run", "schedule-committed", { events: 1, runs: 0 }],
    ["while the run enters the queue", "trigger-run-enqueued", { events: 1, runs: 0 }],
    ["after the run is there", "trigger-event-committed", { events: 1, runs: 1 }],
  ])("%s leaves the slot one run", async (_when, crashPoint, left) => {
    const timing = { type: "every", seconds: 31_536_000, from: new Date(Date.now() + 15_768_000_000).toISOString() };
    const own = await TriggerScene.open([{ id: "clock", kind: "trigger.schedule", config: { timing, graceSeconds: 86_400 } }]);
    const { id } = (await own.triggers())[0]!;
    await sharedPool().query("update trigger set next_fire_at = date_trunc('second', now()) - interval '30 seconds' where id = $1", [id]);
    expect(await dieAt(crashPoint, TICKER, "1")).toBe("SIGKILL");
    expect({ events: (await own.events(id)).length, runs: (await own.runs(id)).length }).toEqual(left);
    await expect.poll(async () => {
      // PostgreSQL takes a moment to see that the connection is gone; until then what the dead one locked is passed over.
      await fireSchedules();
      await sharedPool().query("update trigger_event set due_at = now() - interval '1 second' where trigger_id = $1 and status = 'received'", [id]);
      await dispatchDue();
      return (await own.events(id)).map(({ status }) => status);
    }).toEqual(["started"]);
    expect((await own.runs(id)).map((run) => run.id)).toEqual((await own.events(id)).map(({ runId }) => runId));
  });
});

describe("ten processes that tick at once", () => {
  it("fire each slot once", async () => {
    const own = await TriggerScene.open([{ id: "clock", kind: "trigger.schedule", config: { timing: { type: "every", seconds: 1 }, graceSeconds: 3_600 } }]);
    const [trigger] = await own.triggers();
    await sharedPool().query("update trigger set next_fire_at = date_trunc('second', now()) - interval '30 seconds' where id = $1", [trigger!.id]);
    const codes = await Promise.all(Array.from({ length: 10 }, () => new Promise<number | null>((resolve) => spawn(process.execPath, [TICKER, "5"], { env: process.env, stdio: "inherit" }).once("exit", resolve))));
    expect(codes).toEqual(Array(10).fill(0));
    await dispatchDue();
    const events = await own.events(trigger!.id);
    const slots = events.map(({ meta }) => Date.parse((meta as { slot: string }).slot)).sort((one, other) => one - other);
    expect(slots.length).toBeGreaterThan(30);
    expect(slots).toEqual(Array.from({ length: slots.length }, (_, n) => slots[0]! + n * 1_000));
    await expect.poll(async () => (await own.runs(trigger!.id)).length).toBe(events.length);
  });
});
