import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { setHandlers } from "@/server/alerts/service";
import { closeConnections, rawDb, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import type { DefinitionInput } from "@/server/engine/definition";
import { dispatchFacts, followRuns } from "@/server/facts/service";
import * as organizing from "@/server/organizing/service";
import * as runs from "@/server/runs/service";
import * as secrets from "@/server/secrets/service";
import { grantPart, makePerson, makeScope } from "@/server/testing/factories";
import { createToken } from "@/server/tokens/service";
import { fireSchedules } from "@/server/triggers/fire-schedules";
import * as triggers from "@/server/triggers/service";
import { settleRuns } from "@/server/triggers/settle";
import { sideRunOf } from "@/server/triggers/side-run";
import { startInstallationWorker, type InstallationWorker } from "@/server/worker/installation-worker";
import * as workflows from "@/server/workflows/service";
import { openTokenScope, openUserScope, type Scope } from "../scope";
import type { RunIdentity } from "./run-identity";

type Node = DefinitionInput["nodes"][number];
type Settings = Record<string, unknown>;

/** Goes on to an address that nobody may call, if it is given the secret. */
const USES_SECRET: Node = { id: "call", kind: "http", config: { url: "http://127.0.0.1:9/", headers: { "x-key": "{{ secrets.KEY }}" } } };
const FAILS: Node = { id: "call", kind: "http", config: { url: "http://127.0.0.1:9/as-ben-writes" } };
const MAY_NOT = { code: "identity_may_not", message: expect.stringContaining("may not use the secret KEY") as string };

let admin: Scope;
/** Builder of one folder, and nothing else. */
let ben: Scope;
let folderId: string;
let worker: InstallationWorker;

beforeAll(async () => {
  admin = await makeScope("admin");
  await secrets.putSecret({ scope: admin }, { name: "KEY", value: "a value that nobody guesses", description: "" });
  ({ id: folderId } = await organizing.createFolder({ scope: admin }, { name: "Sales", parentId: null }));
  const { id } = await makePerson(admin.organizationId);
  await grantPart(admin, id, "builder", { folderId });
  ben = await openUserScope(id, { id: admin.workspaceId });
  worker = startInstallationWorker(() => {});
});
afterAll(async () => {
  await worker.stop();
  await closeConnections();
});

async function publish(scope: Scope, node: Node, { inFolder = true, ...settings }: Settings & { inFolder?: boolean } = {}): Promise<string> {
  const definition = { schema: 1, nodes: [{ id: "start", kind: "trigger.manual" }, node], edges: [{ from: "start", to: node.id }], settings };
  const { id: workflowId } = await workflows.createWorkflow({ scope: scope.for("workflow:write") }, { name: `W ${newId()}`, description: "", definition, ...(inFolder ? { folderId } : {}) });
  await workflows.publish({ scope: scope.for("workflow:publish") }, { workflowId, note: "" });
  return workflowId;
}

function makeTrigger(scope: Scope, workflowId: string, kind: "webhook" | "schedule" = "webhook", settings: Settings = {}) {
  const config = kind === "webhook" ? {} : { timing: { type: "every", seconds: 31_536_000 } };
  return triggers.createTrigger({ scope: scope.for("trigger:write") }, { workflowId, kind, name: "Ours", config, settings, nodeId: null, versionNumber: null });
}

async function call(triggerId: string, workflowId: string): Promise<string> {
  const { runId } = await triggers.recordEvent({ trigger: { id: triggerId, workspaceId: admin.workspaceId, workflowId, name: "Ours", kind: "webhook", config: {} } as never, dedupeKey: newId(), meta: { method: "POST" }, body: "{}", contentType: "application/json" });
  return runId;
}

async function ended(where: { id: string } | { workflowId: string; triggerKind: string }) {
  return vi.waitFor(async () => {
    const run = await rawDb().run.findFirstOrThrow({ where });
    expect(run.finishedAt).not.toBeNull();
    return { error: run.error as { code: string; message: string } | null, identity: run.identity as unknown as RunIdentity };
  }, { timeout: 60_000, interval: 50 });
}

describe("attack: a folder's builder has a workflow of an admin run with the admin's rights", () => {
  it("by no trigger that they make or change, as by no start of their own", async () => {
    const workflowId = await publish(admin, USES_SECRET);
    const { runId } = await runs.startRun({ scope: ben.for("run:start") }, { workflowId, mode: "production", input: {} });
    expect((await ended({ id: runId })).error).toMatchObject(MAY_NOT);
    const hook = await makeTrigger(ben, workflowId);
    const { identity, error } = await ended({ id: await call(hook.id, workflowId) });
    expect(error).toMatchObject(MAY_NOT);
    expect(identity).toMatchObject({ type: "workspace", bounds: [{ permissions: [], parts: [{ folderId }] }] });
    const clock = await makeTrigger(ben, workflowId, "schedule");
    await sharedPool().query("update trigger set next_fire_at = now() - interval '1 second' where id = $1", [clock.id]);
    await fireSchedules();
    expect((await ended({ workflowId, triggerKind: "schedule" })).error).toMatchObject(MAY_NOT);

    const theirs = await makeTrigger(admin, workflowId);
    await triggers.updateTrigger({ scope: ben.for("trigger:write") }, { triggerId: theirs.id, name: "Named by Ben" });
    expect((await ended({ id: await call(theirs.id, workflowId) })).error?.code).toBe("blocked_address");
    await triggers.updateTrigger({ scope: ben.for("trigger:write") }, { triggerId: theirs.id, settings: { defaultInput: { amount: 1 } } });
    expect((await ended({ id: await call(theirs.id, workflowId) })).error).toMatchObject(MAY_NOT);
  });

  it("by no error workflow that they name, and by none that they may not start", async () => {
    const [near, far] = [await publish(admin, USES_SECRET), await publish(admin, USES_SECRET, { inFolder: false })];
    for (const errorWorkflow of [near, far]) {
      const workflowId = await publish(ben, FAILS, { errorWorkflow });
      await ended({ id: (await runs.startRun({ scope: ben.for("run:start") }, { workflowId, mode: "production", input: {} })).runId });
    }
    await vi.waitFor(async () => {
      await followRuns();
      await dispatchFacts();
      expect(await rawDb().platformFact.count({ where: { workspaceId: admin.workspaceId, kind: "run.failed", doneAt: null } })).toBe(0);
      expect(await rawDb().notification.count({ where: { workspaceId: admin.workspaceId, text: { contains: "may not start it" } } })).toBeGreaterThan(0);
    }, { timeout: 60_000, interval: 50 });
    expect((await ended({ workflowId: near, triggerKind: "handler" })).error).toMatchObject(MAY_NOT);
    expect(await rawDb().run.count({ where: { workflowId: far } })).toBe(0);
  });

  it("by no authorizer, poller or handler that their trigger names", async () => {
    const [near, far] = [await publish(admin, USES_SECRET), await publish(admin, USES_SECRET, { inFolder: false })];
    const workflowId = await publish(ben, FAILS);
    const hook = await makeTrigger(ben, workflowId, "webhook", { handlers: { failuresBefore: 1, onFailure: near } });
    const trigger = { id: hook.id, workspaceId: admin.workspaceId, name: "Ours" };
    for (const kind of ["authorizer", "poller"] as const) {
      await expect(sideRunOf({ kind, trigger, workflow: far, input: null })).rejects.toMatchObject({ kind: "invalid_input", data: { reason: expect.stringContaining("run:start") as string } });
      const run = await sideRunOf({ kind, trigger, workflow: near, input: null });
      expect(JSON.parse(run!.identity!)).toMatchObject({ bounds: [{ permissions: [], parts: [{ folderId }] }] });
    }
    for (const workflow of [far, "no such workflow"]) {
      await expect(makeTrigger(ben, workflowId, "webhook", { handlers: { failuresBefore: 1, onSuccess: workflow } })).rejects.toMatchObject({ kind: "invalid_input", data: { field: "settings.handlers.onSuccess", reason: "names no workflow that you may start (run:start)" } });
    }
    await ended({ id: await call(hook.id, workflowId) });
    await vi.waitFor(async () => {
      await settleRuns();
      expect(await rawDb().run.count({ where: { workflowId: near, triggerKind: "handler" } })).toBe(1);
    }, { timeout: 60_000, interval: 50 });
    expect((await ended({ workflowId: near, triggerKind: "handler" })).error).toMatchObject(MAY_NOT);
  });
});

describe("attack: a token that may only set triggers", () => {
  it("starts nothing by them, and with the right to start no more than its own scopes", async () => {
    const byToken = async (scopes: string[]) => openTokenScope((await createToken({ scope: admin }, { name: `T ${newId()}`, scopes, expiresInDays: 1 })).token);
    const workflowId = await publish(admin, USES_SECRET);
    await expect(makeTrigger(await byToken(["trigger:write", "workflow:read", "trigger:read"]), workflowId)).rejects.toMatchObject({ kind: "forbidden", data: { permission: "run:start" } });
    const hook = await makeTrigger(await byToken(["trigger:write", "workflow:read", "trigger:read", "run:start"]), workflowId);
    expect((await ended({ id: await call(hook.id, workflowId) })).error).toMatchObject(MAY_NOT);
  });

  it("or settings makes no workflow that of the workspace's errors with more than it has", async () => {
    const target = await publish(admin, USES_SECRET);
    const role = await rawDb().customRole.create({ data: { id: newId(), organizationId: admin.organizationId, name: `Role ${newId()}`, permissions: ["settings:read", "settings:write", "run:start"] } });
    const { id: userId } = await makePerson(admin.organizationId);
    await rawDb().membership.create({ data: { id: newId(), workspaceId: admin.workspaceId, organizationId: admin.organizationId, userId, role: "custom", customRoleId: role.id } });
    await setHandlers({ scope: await openUserScope(userId, { id: admin.workspaceId }) }, { errorWorkflow: target, successWorkflow: null });
    const workflowId = await publish(admin, FAILS);
    await ended({ id: (await runs.startRun({ scope: admin }, { workflowId, mode: "production", input: {} })).runId });
    await vi.waitFor(async () => {
      await followRuns();
      await dispatchFacts();
      // Failures of before may be told of as well.
      expect(await rawDb().run.count({ where: { workflowId: target, triggerKind: "handler" } })).toBeGreaterThan(0);
    }, { timeout: 60_000, interval: 50 });
    expect((await ended({ workflowId: target, triggerKind: "handler" })).error).toMatchObject(MAY_NOT);
  });
});
