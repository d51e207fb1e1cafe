import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { dispatchFacts, followRuns } from "@/server/facts/service";
import { FactScene } from "@/server/facts/testing/scene";
import { bundledProgram, dieAt } from "@/server/testing/bundled-program";
import * as alerts from "./service";
import { type HookSink, openHookSink } from "./testing/sinks";

vi.hoisted(() => (process.env.MILLRACE_SSRF_ALLOW = "127.0.0.1"));

const DELIVER = await bundledProgram(path.resolve(import.meta.dirname, "testing/crash-deliver.ts"));
let hook: HookSink;
beforeAll(async () => {
  hook = await openHookSink();
});
afterAll(async () => {
  await hook.close();
  await closeConnections();
});

describe("a process that dies", () => {
  it.each([
    ["before it sends", "delivery-taken", 1],
    ["after it sent, before it could note that", "delivery-sent", 2],
  ])("%s loses no notification; a repetition carries the same id", async (_when, crashPoint, requests) => {
    const scene = await FactScene.open();
    const { scope } = scene;
    const { id: channelId } = await alerts.createChannel({ scope }, { name: "Hook", config: { kind: "webhook", url: hook.url } });
    await alerts.createRule({ scope }, { name: "Failures", enabled: true, scopeType: "workspace", scopeId: null, conditions: [{ type: "runFailed" }], channelIds: [channelId], inApp: false });
    await scene.ended(await scene.workflow("Orders"));
    await followRuns();
    await dispatchFacts();
    hook.requests.length = 0;
    expect(await dieAt(crashPoint, DELIVER)).toBe("SIGKILL");
    // Nobody else takes it while it may still be on its way.
    await alerts.deliverDue();
    expect(hook.requests).toHaveLength(requests - 1);
    await sharedPool().query("update notification_delivery set due_at = now() - interval '1 second' where status = 'pending'");
    await alerts.deliverDue();
    expect(hook.requests).toHaveLength(requests);
    expect(new Set(hook.requests.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(await rawDb().notificationDelivery.findMany({ where: { workspaceId: scope.workspaceId }, select: { status: true, attempts: true } })).toEqual([{ status: "sent", attempts: 2 }]);
  });
});
