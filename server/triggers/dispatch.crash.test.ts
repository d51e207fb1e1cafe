import { spawn } from "node:child_process";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { bundledProgram } from "@/server/testing/bundled-program";
import { dispatchDue } from "./dispatch";
import { recordEvent } from "./service";
import { TriggerScene } from "./testing/scene";

const SENDER = await bundledProgram(path.resolve(import.meta.dirname, "testing/crash-sender.ts"));
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

describe("ten processes that tick at once", () => {
  it("fire each slot once", async () => {
    const own = await TriggerScene.open([{ id: "clock", kind: "trigger.schedule", config: { timing: { type: "every", seconds: 1 }, graceSeconds: 3_600 } }]);
    const [trigger] = await own.triggers();
    await sharedPool().query("update trigger set next_fire_at = date_trunc('second', now()) - interval '30 seconds' where id = $1", [trigger!.id]);
    const ticker = await bundledProgram(path.resolve(import.meta.dirname, "testing/crash-ticker.ts"));
    const codes = await Promise.all(Array.from({ length: 10 }, () => new Promise<number | null>((resolve) => spawn(process.execPath, [ticker, "5"], { env: process.env, stdio: "inherit" }).once("exit", resolve))));
    expect(codes).toEqual(Array(10).fill(0));
    await dispatchDue();
    const events = await own.events(trigger!.id);
    const slots = events.map(({ meta }) => Date.parse((meta as { slot: string }).slot)).sort((one, other) => one - other);
    expect(slots.length).toBeGreaterThan(30);
    expect(slots).toEqual(Array.from({ length: slots.length }, (_, n) => slots[0]! + n * 1_000));
    await expect.poll(async () => (await own.runs(trigger!.id)).length).toBe(events.length);
  });
});
