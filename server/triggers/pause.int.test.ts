import { afterAll, describe, expect, it } from "vitest";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { dispatchDue, untilDispatched } from "./dispatch";
import { fireSchedules } from "./fire-schedules";
import { recordEvent } from "./intake";
import * as service from "./service";
import { TriggerScene } from "./testing/scene";

afterAll(closeConnections);

/** So long that none begins within a test. */
const SLOT_SECONDS = 3_600;
const inTwoDays = () => new Date(Date.now() + 172_800_000).toISOString();
const hook = { id: "hook", kind: "trigger.webhook", config: { auth: { type: "none" } } };
const clock = (config: Record<string, unknown> = {}) => ({ id: "clock", kind: "trigger.schedule", config: { timing: { type: "every", seconds: SLOT_SECONDS }, graceSeconds: 86_400, catchUp: "all", ...config } });

async function open(node: Parameters<typeof TriggerScene.open>[0][number]) {
  const scene = await TriggerScene.open([node]);
  const triggerId = (await scene.triggers())[0]!.id;
  const context = { scope: scene.scope };
  return {
    scene,
    triggerId,
    context,
    pause: (policy: "hold" | "refuse", until = inTwoDays()) => service.pauseTrigger(context, { triggerId, until, policy }),
    /** As if its time had come. */
    over: (agoSeconds = 1) => sharedPool().query("update trigger set paused_until = (select clock_timestamp()) - make_interval(secs => $2) where id = $1", [triggerId, agoSeconds]),
    /** The slot that has begun last, or one so many before it. */
    due: (slotsAgo: number) => sharedPool().query("update trigger set next_fire_at = to_timestamp((floor(extract(epoch from clock_timestamp()) / $3) - $2) * $3) where id = $1", [triggerId, slotsAgo, SLOT_SECONDS]),
    statuses: async () => (await scene.events(triggerId)).map(({ status }) => status),
    actions: async () => (await rawDb().auditEvent.findMany({ where: { resourceId: triggerId, action: { in: ["trigger.paused", "trigger.resumed"] } }, orderBy: [{ at: "asc" }, { id: "asc" }] })).map(({ action, actorType }) => `${action} by ${actorType}`),
  };
}

async function goOn(): Promise<void> {
  await service.endPauses();
  await dispatchDue();
  await untilDispatched();
}

describe("a paused trigger", () => {
  it("holds what comes, and lets it become runs by itself when the time has come", async () => {
    const { scene, triggerId, context, pause, over, statuses, actions } = await open(hook);
    expect(await pause("hold")).toMatchObject({ pause: { policy: "hold" }, mode: "enabled" });
    for (const key of ["a", "b"]) expect((await recordEvent(scene.event(triggerId, key))).status).toBe("held");
    await goOn();
    expect(await statuses()).toEqual(["held", "held"]);
    const { pausedUntil } = await rawDb().trigger.findUniqueOrThrow({ where: { id: triggerId } });
    expect((await service.listEvents(context, { triggerId, limit: 10 })).items.map(({ waits }) => waits)).toEqual(Array(2).fill({ kind: "pause", until: pausedUntil!.toISOString() }));
    await over();
    await sharedPool().query("update trigger set updated_at = now() - interval '1 hour' where id = $1", [triggerId]);
    expect((await service.getTrigger(context, { triggerId })).pause).toBeNull();
    await goOn();
    expect(await statuses()).toEqual(["started", "started"]);
    // So that nobody is blamed for not holding it yet.
    expect((await sharedPool().query("select from trigger where id = $1 and updated_at > now() - interval '30 minutes'", [triggerId])).rowCount).toBe(1);
    expect((await scene.runs(triggerId)).length).toBe(2);
    expect((await recordEvent(scene.event(triggerId, "c"))).status).toBe("received");
    await untilDispatched();
    expect(await actions()).toEqual(["trigger.paused by user", "trigger.resumed by system"]);
  });

  it("goes on when somebody lets it, also with what came a moment before", async () => {
    const { scene, triggerId, context, pause, statuses, actions } = await open(hook);
    await pause("hold");
    await recordEvent(scene.event(triggerId, "a"));
    expect((await service.resumeTrigger(context, { triggerId })).pause).toBeNull();
    await goOn();
    expect(await statuses()).toEqual(["started"]);
    // Nothing is paused: nobody needs to be told.
    await service.resumeTrigger(context, { triggerId });
    expect(await actions()).toEqual(["trigger.paused by user", "trigger.resumed by user"]);
  });

  it("leaves held what somebody has suspended it for, before or meanwhile", async () => {
    const { scene, triggerId, context, pause, over, statuses } = await open(hook);
    await service.setTriggerMode(context, { triggerId, mode: "suspended" });
    await recordEvent(scene.event(triggerId, "suspended"));
    await service.setTriggerMode(context, { triggerId, mode: "enabled" });
    await pause("hold");
    await recordEvent(scene.event(triggerId, "paused"));
    await over();
    await goOn();
    expect(await statuses()).toEqual(["held", "started"]);
    await pause("hold");
    await recordEvent(scene.event(triggerId, "both"));
    await service.setTriggerMode(context, { triggerId, mode: "suspended" });
    await over();
    await goOn();
    expect(await statuses()).toEqual(["held", "started", "held"]);
    expect(await service.releaseHeld(context, { triggerId })).toEqual({ count: 2 });
  });

  it("is paused for a time to come, by who may operate it", async () => {
    const { pause, context, triggerId } = await open(hook);
    await expect(pause("hold", new Date(Date.now() - 1_000).toISOString())).rejects.toThrow("is over already");
    await service.setTriggerMode(context, { triggerId, mode: "disabled" });
    await expect(pause("hold")).rejects.toThrow("is disabled");
  });
});

describe("a paused schedule", () => {
  it("shows its slots meanwhile as missed, all in one row, and starts those after it", async () => {
    const { scene, triggerId, pause, due } = await open(clock());
    const until = inTwoDays();
    await pause("refuse", until);
    const missed = async () => (await scene.events(triggerId)).filter(({ status }) => status === "missed").map(({ meta, error }) => ({ count: (meta as { count: number }).count, error }));
    await due(2);
    await fireSchedules();
    expect(await missed()).toEqual([{ count: 3, error: { code: "paused", message: `3 slots: paused until ${until}` } }]);
    const next = (await scene.triggers())[0]!.nextFireAt!;
    expect(next.getTime()).toBeGreaterThan(Date.now());
    // The clock was set back, and two more come.
    await due(0);
    await fireSchedules();
    expect((await missed())[0]).toMatchObject({ count: 3 });
    await sharedPool().query("update trigger_event set meta = jsonb_set(meta::jsonb, '{until}', to_jsonb((meta ->> 'until')::timestamptz - interval '2 hours'))::json where trigger_id = $1", [triggerId]);
    // Retention takes what is old: a row that still grows is not.
    await sharedPool().query("update trigger_event set received_at = now() - interval '40 days' where trigger_id = $1", [triggerId]);
    await due(1);
    await fireSchedules();
    expect((await scene.events(triggerId))[0]!.receivedAt.getTime()).toBeGreaterThan(Date.now() - 3_600_000);
    expect(await missed()).toEqual([{ count: 5, error: { code: "paused", message: `5 slots: paused until ${until}` } }]);
    // Nobody ticked when the pause ended: one slot is before that, the others after.
    await due(2);
    await sharedPool().query("update trigger set paused_until = next_fire_at + interval '1 second' where id = $1", [triggerId]);
    await service.endPauses();
    await fireSchedules();
    await untilDispatched();
    expect((await scene.events(triggerId)).map(({ status }) => status).sort()).toEqual(["missed", "missed", "started", "started"]);
    await service.endPauses();
    expect((await scene.triggers())[0]).toMatchObject({ pausedUntil: null, pausePolicy: null });
  });

  it("holds its slots meanwhile, and starts them afterwards", async () => {
    const { scene, triggerId, pause, over, due, statuses } = await open(clock());
    await pause("hold");
    await due(1);
    await fireSchedules();
    expect(await statuses()).toEqual(["held", "held"]);
    await over();
    await goOn();
    expect(await statuses()).toEqual(["started", "started"]);
    expect((await scene.runs(triggerId)).length).toBe(2);
  });
});
