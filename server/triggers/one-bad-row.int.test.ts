import { mkdtempSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { env } from "@/server/env";
import { followRuns } from "@/server/facts/service";
import * as workflows from "@/server/workflows/service";
import { dispatchDue, dispatchEvent } from "./dispatch";
import { fireSchedules } from "./fire-schedules";
import { pollDue } from "./polling";
import { storeEvent } from "./record";
import { createTrigger } from "./service";
import { settleRuns } from "./settle";
import { loseAccount } from "./testing/lose-account";
import { TriggerScene } from "./testing/scene";

const dataFolder = mkdtempSync(path.join(os.tmpdir(), "millrace-bad-row-"));
vi.stubEnv("BLOB_STORE", "file");
vi.stubEnv("MILLRACE_DATA_DIR", dataFolder);
afterAll(async () => {
  await closeConnections();
  await rm(dataFolder, { recursive: true });
});

// The database refuses a run of this pool, whatever the reason: what it refuses tomorrow nobody knows.
beforeAll(async () => {
  await sharedPool().query("alter table run add constraint refused check (pool <> 'refused')");
});

const row = (id: string) => rawDb().trigger.findUniqueOrThrow({ where: { id } });
const hook = { id: "in", kind: "trigger.webhook", config: {} };

/** Two workspaces: in the first something is wrong, which the second must not feel. */
const openBoth = (nodes: Parameters<typeof TriggerScene.open>[0]) => Promise.all([TriggerScene.open(nodes), TriggerScene.open(nodes)]);

describe("one bad row stops nobody else", () => {
  it("among events whose time has come", async () => {
    const scenes = await openBoth([hook]);
    const [bad, good] = (await Promise.all(scenes.map((scene) => scene.triggers()))).map(([trigger]) => trigger!);
    await sharedPool().query("update trigger set pool = 'refused' where id = $1", [bad!.id]);
    await storeEvent(scenes[0].event(bad!.id, "b"));
    await storeEvent(scenes[1].event(good!.id, "g"));
    await sharedPool().query("update trigger_event set due_at = now() - interval '1 second' where trigger_id = any ($1)", [[bad!.id, good!.id]]);
    await dispatchDue();
    expect(await scenes[1].events(good!.id)).toMatchObject([{ status: "started" }]);
    expect(await scenes[0].events(bad!.id)).toMatchObject([{ status: "failed", error: { code: "unstorable", message: expect.stringContaining("refused") as string } }]);
  });

  it("among mappings: one that never ends keeps nobody else's events waiting, and no row locked", async () => {
    const endless = { ...hook, config: { mapping: { type: "expression", value: "{{ (() => { for (;;); })() }}" } } };
    const [slow, quick] = await Promise.all([TriggerScene.open([endless]), TriggerScene.open([hook])]);
    const [[of], [ofQuick]] = await Promise.all([slow.triggers(), quick.triggers()]);
    const statusesAsTheQuickOneStarts = async () => {
      const places = await Promise.all([slow, slow, quick].map(async (scene) => {
        const triggerId = (scene === quick ? ofQuick : of)!.id;
        const { eventId } = await storeEvent(scene.event(triggerId, newId()));
        return { eventId, triggerId, workspaceId: scene.scope.workspaceId };
      }));
      const slowOnes = Promise.all(places.slice(0, 2).map(dispatchEvent));
      expect(await dispatchEvent(places[2]!)).toMatchObject({ status: "started" });
      const { rows } = await sharedPool().query<{ status: string }>("select status from trigger_event where id = any ($1) for update nowait", [places.slice(0, 2).map(({ eventId }) => eventId)]).finally(() => slowOnes);
      return rows.map(({ status }) => status);
    };
    // An endless one ends after its time, on a slow machine before the quick one has begun.
    await expect.poll(statusesAsTheQuickOneStarts).toEqual(["received", "received"]);
    expect((await slow.events(of!.id)).slice(-2)).toMatchObject([{ status: "failed", error: { code: "invalid_input" } }, { status: "failed" }]);
  });

  it("among handlers: one whose account is gone says so, and all ends are settled", async () => {
    const scenes = await openBoth([hook]);
    for (const [index, scene] of scenes.entries()) {
      const [trigger] = await scene.triggers();
      await rawDb().trigger.update({ where: { id: trigger!.id }, data: { handlers: { onFailure: scene.workflowId } } });
      await storeEvent(scene.event(trigger!.id, "e"));
      await sharedPool().query("update trigger_event set due_at = now() - interval '1 second' where trigger_id = $1", [trigger!.id]);
      await dispatchDue();
      const { runId } = (await scene.events(trigger!.id))[0]!;
      // The first ended first.
      await sharedPool().query("delete from run_queue where run_id = $1", [runId]);
      await sharedPool().query("update run set status = 'failed', finished_at = to_timestamp($2), error = json_build_object('code', 'broken', 'message', repeat('x', $3)) where id = $1", [runId, 1_000 + index, env.PAYLOAD_INLINE_MAX_BYTES - 50]);
    }
    const [bad, good] = (await Promise.all(scenes.map((scene) => scene.triggers()))).map(([trigger]) => trigger!);
    const gone = await workflows.createWorkflow({ scope: scenes[0].scope }, { name: "Gone", description: "", definition: { schema: 1, nodes: [{ id: "a", kind: "set", config: { values: {} } }], edges: [] } });
    await workflows.publish({ scope: scenes[0].scope }, { workflowId: gone.id, note: "" });
    await loseAccount(gone.id);
    await rawDb().trigger.update({ where: { id: bad!.id }, data: { handlers: { onFailure: gone.id } } });
    await settleRuns();
    expect((await row(bad!.id)).error).toMatchObject({ code: "handler_failed" });
    // Larger than a row may hold, with what is said of it.
    const kept = { $blob: expect.any(String) as string };
    expect(await rawDb().run.findMany({ where: { triggerId: good!.id, triggerKind: "handler" } })).toMatchObject([{ input: kept, trigger: { ...kept, chain: [expect.any(String)] } }]);
    expect([(await row(bad!.id)).failures, (await row(good!.id)).failures]).toEqual([1, 1]);
  });

  it("among handlers: one whose input no blob store takes starts once it does, before later ends of its trigger", async () => {
    const scenes = await openBoth([hook]);
    const [stuck, free] = (await Promise.all(scenes.map((scene) => scene.triggers()))).map(([trigger]) => trigger!);
    const ended = async (scene: TriggerScene, triggerId: string, key: string, { status = "failed", at, size }: { status?: string; at: number; size: number }) => {
      await rawDb().trigger.update({ where: { id: triggerId }, data: { handlers: { onFailure: scene.workflowId, onRecovery: scene.workflowId } } });
      const { eventId, runId } = await storeEvent(scene.event(triggerId, key));
      await sharedPool().query("update trigger_event set due_at = now() - interval '1 second' where id = $1", [eventId]);
      await dispatchDue();
      await sharedPool().query("delete from run_queue where run_id = $1", [runId]);
      await sharedPool().query("update run set status = $2, finished_at = to_timestamp($3), error = json_build_object('code', 'broken', 'message', repeat('x', $4)) where id = $1", [runId, status, at, size]);
    };
    await ended(scenes[0], stuck!.id, "large", { at: 1_000, size: env.PAYLOAD_INLINE_MAX_BYTES });
    await ended(scenes[0], stuck!.id, "after", { status: "succeeded", at: 1_001, size: 1 });
    await ended(scenes[1], free!.id, "e", { at: 1_002, size: 1 });
    // Its folder cannot be made.
    await rm(path.join(dataFolder, "blobs"), { recursive: true, force: true });
    await writeFile(path.join(dataFolder, "blobs"), "");
    const handlersOf = async (triggerId: string) => (await rawDb().run.findMany({ where: { triggerId, triggerKind: "handler" }, orderBy: { id: "asc" } })).length;
    await settleRuns();
    expect([await handlersOf(stuck!.id), await handlersOf(free!.id)]).toEqual([0, 1]);
    expect(await row(stuck!.id)).toMatchObject({ error: null, failures: 0 });
    await rm(path.join(dataFolder, "blobs"));
    await settleRuns();
    expect(await handlersOf(stuck!.id)).toBe(2);
    expect(await row(stuck!.id)).toMatchObject({ error: null, failures: 0 });
  });

  it("among pollers, at the start of a look and at its end", async () => {
    const scenes = await openBoth([]);
    const poll = async (scene: TriggerScene, name: string) => {
      const look = await workflows.createWorkflow({ scope: scene.scope }, { name, description: "", definition: { schema: 1, nodes: [{ id: "a", kind: "set", config: { values: {} } }], edges: [] } });
      await workflows.publish({ scope: scene.scope }, { workflowId: look.id, note: "" });
      const { id } = await createTrigger({ scope: scene.scope }, { workflowId: scene.workflowId, kind: "poll", name, config: { workflow: look.id, firstPoll: "all" }, settings: {}, nodeId: null, versionNumber: null });
      return { id, workflowId: look.id };
    };
    const [gone, broken, target] = [await poll(scenes[0], "Gone"), await poll(scenes[0], "Broken"), await poll(scenes[1], "Good")];
    await loseAccount(gone.workflowId);
    await sharedPool().query("update trigger set config = '{\"intervalSeconds\": \"never\"}' where id = $1", [broken.id]);
    await sharedPool().query("update trigger set next_fire_at = now() - interval '1 minute' where id = any ($1)", [[gone.id, broken.id]]);
    await pollDue();
    for (const { id } of [gone, broken]) expect((await row(id)).error).toMatchObject({ code: "poll_failed" });
    const { run } = (await row(target.id)).checkpoint as { run: string };
    expect(run).toEqual(expect.any(String));
    // An item whose name for a property the database cannot hold, for a workflow that takes no other: the reason quotes it.
    await scenes[1].republish([], { type: "object", additionalProperties: false });
    await sharedPool().query("delete from run_queue where run_id = $1", [run]);
    await sharedPool().query(`update run set status = 'succeeded', output = '{"items": [{"$entries": [[{"$string": "a\\\\u0000b"}, 1], ["id", 1]]}]}', finished_at = now() where id = $1`, [run]);
    expect(await pollDue()).toBe(1);
    await expect.poll(async () => {
      await sharedPool().query("update trigger_event set due_at = now() - interval '1 second' where status = 'received'");
      await dispatchDue();
      return (await scenes[1].events(target.id)).map(({ status }) => status);
    }).toEqual(["failed"]);
    await sharedPool().query("update trigger set next_fire_at = now() - interval '1 second' where id = $1", [target.id]);
    await pollDue();
    const { run: second } = (await row(target.id)).checkpoint as { run: string };
    await sharedPool().query("delete from run_queue where run_id = $1", [second]);
    await sharedPool().query(`update run set status = 'failed', error = '{"code": "x", "message": {"$string": "a\\\\u0000b"}}', finished_at = now() where id = $1`, [second]);
    expect(await pollDue()).toBe(1);
    expect((await row(target.id)).error).toMatchObject({ code: "poll_failed", message: "the run that looked failed: a\uFFFDb" });
  });

  it("among schedules", async () => {
    const scenes = await openBoth([{ id: "clock", kind: "trigger.schedule", config: { timing: { type: "every", seconds: 31_536_000 } } }]);
    const [bad, good] = (await Promise.all(scenes.map((scene) => scene.triggers()))).map(([trigger]) => trigger!);
    await sharedPool().query("update trigger set config = '{\"timing\": {\"type\": \"moon\"}}' where id = $1", [bad!.id]);
    await sharedPool().query("update trigger set next_fire_at = now() - (case when id = $1 then interval '2 seconds' else interval '1 second' end) where id = any ($2)", [bad!.id, [bad!.id, good!.id]]);
    await fireSchedules();
    expect(await scenes[1].events(good!.id)).toHaveLength(1);
    expect(await row(bad!.id)).toMatchObject({ error: { code: "schedule_failed" } });
  });

  it("among what listens for the platform's events, and such a config is refused", async () => {
    const scene = await TriggerScene.open([]);
    const make = (config: Record<string, unknown>) => createTrigger({ scope: scene.scope }, { workflowId: scene.workflowId, kind: "event", name: "Trouble", config, settings: {}, nodeId: null, versionNumber: null });
    await expect(make({ workflows: ["a\0b"] })).rejects.toMatchObject({ kind: "invalid_input", data: { field: "config.workflows.0" } });
    const { id } = await make({});
    await sharedPool().query(`update trigger set config = '{"events": ["runFailed"], "workflows": ["\\u0000"]}' where id = $1`, [id]);
    await sharedPool().query("insert into run_change (run_id, workspace_id) values ($1, $2)", [id, scene.scope.workspaceId]);
    expect(await followRuns()).toBeGreaterThan(0);
  });
});
