import { afterAll, expect, it, vi } from "vitest";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import { cleanUp } from "./clean-up";
import type { DueEvent } from "./due-events";
import { takeTriggers } from "./lease-rows";
import { lockTurns } from "./overlap";
import { createTrigger, pauseTrigger } from "./service";
import { TriggerScene } from "./testing/scene";

vi.hoisted(() => (process.env.MILLRACE_SSRF_ALLOW = "127.0.0.1"));

afterAll(closeConnections);

it("leaves what a trigger has made that is enabled again, and nobody listens while it is taken away", async () => {
  const scene = await TriggerScene.open([]);
  const config = { host: "127.0.0.1", port: 1, username: "u", database: "d", secret: "NONE", tables: ["t"], onDisable: "drop" };
  const trigger = await createTrigger({ scope: scene.scope }, { workflowId: scene.workflowId, kind: "postgresChanges", name: "Changes", nodeId: null, versionNumber: null, settings: {}, config });
  const cleaned = { ...trigger, workspaceId: scene.scope.workspaceId };
  expect(await cleanUp(cleaned, "disabled")).toBeNull();
  await rawDb().trigger.update({ where: { id: trigger.id }, data: { mode: "disabled" } });
  const blocker = await sharedPool().connect();
  let taken: Promise<string | null>;
  try {
    // Its secret is looked for: it is at it.
    await blocker.query("begin; lock table secret in access exclusive mode");
    taken = cleanUp(cleaned, "disabled");
    await expect.poll(async () => (await rawDb().trigger.findUniqueOrThrow({ where: { id: trigger.id } })).leaseOwner).not.toBeNull();
    await rawDb().trigger.update({ where: { id: trigger.id }, data: { mode: "enabled" } });
    expect(await takeTriggers(trigger.id, ["postgresChanges"], 10)).toEqual([]);
  } finally {
    await blocker.query("rollback");
    blocker.release();
  }
  expect(await taken).toEqual(expect.any(String));
  expect(await takeTriggers(trigger.id, ["postgresChanges"], 10)).toHaveLength(1);
});

it("leaves what a trigger has made that is paused and reads nothing meanwhile", async () => {
  const scene = await TriggerScene.open([]);
  const config = { host: "127.0.0.1", port: 1, username: "u", database: "d", secret: "NONE", tables: ["t"], onDisable: "drop" };
  const context = { scope: scene.scope };
  const trigger = await createTrigger(context, { workflowId: scene.workflowId, kind: "postgresChanges", name: "Changes", nodeId: null, versionNumber: null, settings: {}, config });
  await pauseTrigger(context, { triggerId: trigger.id, until: new Date(Date.now() + 3_600_000).toISOString(), policy: "refuse" });
  // Were it taken away, its secret would be missed.
  expect(await cleanUp({ ...trigger, workspaceId: scene.scope.workspaceId }, "disabled")).toBeNull();
  expect(await takeTriggers(trigger.id, ["postgresChanges"], 10)).not.toContainEqual(expect.objectContaining({ id: trigger.id }));
});

it("locks triggers whose runs take turns in one order", async () => {
  const scenes = [await TriggerScene.open([]), await TriggerScene.open([])];
  const config = { timing: { type: "every", seconds: 3_600 }, timeZone: "UTC", overlap: "skip" };
  const made = await Promise.all(scenes.map(({ scope, workflowId }) => createTrigger({ scope }, { workflowId, kind: "schedule", name: "Clock", nodeId: null, versionNumber: null, settings: {}, config })));
  const [first, last] = made.map(({ id }) => id).sort();
  const event = (id: string) => ({ origin: "live", trigger: { id, kind: "schedule", config } }) as unknown as DueEvent;
  const blocker = await sharedPool().connect();
  let locked: Promise<void>;
  try {
    await blocker.query("begin");
    await blocker.query("select from trigger where id = $1 for update", [first]);
    locked = inTransaction(sharedPool(), (client) => lockTurns(client, [event(last!), event(first!)]));
    await expect.poll(async () => (await sharedPool().query("select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%FROM trigger%'")).rowCount).toBe(1);
    await sharedPool().query("select from trigger where id = $1 for update nowait", [last]);
  } finally {
    await blocker.query("rollback");
    blocker.release();
  }
  await locked;
});
