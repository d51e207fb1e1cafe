import { TRPCError } from "@trpc/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSession, findSession } from "@/server/auth/session";
import type { Scope } from "@/server/auth/scope";
import { closeConnections } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { insertRun } from "@/server/queue/dispatch";
import { makeScope } from "@/server/testing/factories";
import * as organizing from "@/server/organizing/service";
import * as workflows from "@/server/workflows/service";
import { contextFor } from "./context";
import { appRouter, createCaller } from "./root";

const origin = { ip: "test", userAgent: null, requestId: "test" };

/** What belongs to the owner's workspace, for inputs that name something. */
let owned: { folderId: string; tagId: string; workflowId: string; versionId: string; runId: string; waitId: string; itemId: string; tokenId: string; triggerId: string; eventId: string; viewId: string; batchId: string; channelId: string; ruleId: string; deliveryId: string };
let owner: Scope;

beforeAll(async () => {
  owner = await makeScope("owner");
  const { id: workflowId } = await workflows.createWorkflow({ scope: owner }, { name: "Private", description: "" });
  const { id: versionId } = await workflows.publish({ scope: owner }, { workflowId, note: "" });
  const [runId, waitId, itemId, tokenId, triggerId, eventId, viewId, batchId] = [newId(), newId(), newId(), newId(), newId(), newId(), newId(), newId()];
  const run = { id: runId, workspaceId: owner.workspaceId, workflowId, versionId, mode: "production" as const, pool: "default", priority: 0, input: "{}", trigger: null, triggerKind: "manual", parent: null, rootRunId: runId, depth: 0, labels: {}, options: {} };
  await owner.db.transaction((tx) => insertRun(tx, run));
  await owner.db.wait.create({ data: { id: waitId, workspaceId: owner.workspaceId, runId, path: "ask", attempt: 1, nodeId: "ask", kind: "approval", detail: { title: "Secret", message: "", form: null, approvers: [], requiredAnswers: 1 } } });
  await owner.db.catalogItem.create({ data: { id: itemId, workspaceId: owner.workspaceId, type: "adapter", kind: "llm", provider: "mock", slug: "own", name: "Own" } });
  await owner.db.apiToken.create({ data: { id: tokenId, workspaceId: owner.workspaceId, name: "ci", prefix: "mlr_", tokenHash: new Uint8Array(32), scopes: [] } });
  await owner.db.trigger.create({ data: { id: triggerId, workspaceId: owner.workspaceId, workflowId, name: "Own", kind: "webhook", config: {} } });
  await owner.db.triggerEvent.create({ data: { id: eventId, workspaceId: owner.workspaceId, triggerId, dedupeKey: "1", runId: newId() } });
  await owner.db.runBatch.create({ data: { id: batchId, workspaceId: owner.workspaceId, workflowId, name: "Private", total: 0 } });
  const { id: folderId } = await organizing.createFolder({ scope: owner }, { name: "Hidden", parentId: null });
  const { id: tagId } = await organizing.createTag({ scope: owner }, { itemType: "workflow", name: "hidden", color: "red", itemIds: [] });
  await owner.db.savedView.create({ data: { id: viewId, workspaceId: owner.workspaceId, userId: owner.userId!, page: "runs", name: "Private", query: "status=failed" } });
  const [channelId, ruleId, deliveryId, notificationId] = [newId(), newId(), newId(), newId()];
  await owner.db.notificationChannel.create({ data: { id: channelId, workspaceId: owner.workspaceId, name: "Ops", kind: "email", config: { to: ["ops@example.com"] } } });
  await owner.db.notificationRule.create({ data: { id: ruleId, workspaceId: owner.workspaceId, name: "Own", conditions: [{ type: "runFailed" }], listens: ["run.failed"] } });
  await owner.db.notification.create({ data: { id: notificationId, workspaceId: owner.workspaceId, key: "own", category: "alerts", event: "test", severity: "info", title: "Own" } });
  await owner.db.notificationDelivery.create({ data: { id: deliveryId, workspaceId: owner.workspaceId, notificationId, channelId } });
  owned = { folderId, tagId, workflowId, versionId, runId, waitId, itemId, tokenId, triggerId, eventId, viewId, batchId, channelId, ruleId, deliveryId };
});
afterAll(closeConnections);

async function callerOf(scope: Scope | null, slug: string) {
  const session = scope?.userId == null ? null : await findSession(await createSession(scope.userId));
  return createCaller(contextFor(() => Promise.resolve(session), slug, origin)) as unknown as Record<string, Record<string, (input: unknown) => Promise<unknown>>>;
}

/** An input for every procedure that needs one. A new procedure without one fails the test below. */
function inputs(): Record<string, unknown> {
  const { folderId, tagId, workflowId, versionId, runId, waitId, itemId, tokenId, triggerId, eventId, viewId, batchId, channelId, ruleId, deliveryId } = owned;
  const definition = { schema: 1, nodes: [], edges: [] };
  return {
    "workflows.get": { workflowId }, "workflows.updateDraft": { workflowId, definition, revision: 1 }, "workflows.rename": { workflowId, name: "Mine" },
    "workflows.validate": { workflowId }, "workflows.publish": { workflowId }, "workflows.versions": { workflowId }, "workflows.version": { versionId },
    "workflows.duplicate": { workflowId }, "transfer.export": { workflowIds: [workflowId] }, "workflows.changeMany": { workflowIds: [workflowId], action: "delete" },
    "organizing.renameFolder": { folderId, name: "Mine" }, "organizing.moveFolder": { folderId, parentId: null }, "organizing.deleteFolder": { folderId },
    "organizing.restoreFolder": { folderId, folderIds: [], items: [] }, "organizing.updateTag": { tagId, name: "mine", color: "red" }, "organizing.deleteTag": { tagId },
    "organizing.moveItems": { itemIds: [workflowId], folderId: null }, "organizing.tagItems": { itemIds: [workflowId] }, "organizing.setFavorite": { itemId: workflowId, favorite: true },
    "workflows.archive": { workflowId }, "workflows.restore": { workflowId }, "workflows.delete": { workflowId },
    "modules.get": { module: "of-others" }, "modules.ofDraft": { workflowId }, "modules.openDraft": { module: "of-others" }, "modules.updateUse": { module: "of-others", version: 1, workflowId, nodeId: "a" },
    "modules.version": { module: "of-others", version: 1 }, "modules.uses": { module: "of-others" }, "modules.rename": { module: "of-others", name: "x", description: "" }, "modules.addVersion": { module: "of-others", definition, latest: 1 }, "modules.remove": { module: "of-others" },
    "shares.list": { workflowId }, "shares.create": { workflowId }, "shares.revoke": { shareId: itemId },
    "presence.list": { workflowId }, "presence.tell": { workflowId, page: "page-of-mine", nodeId: null },
    "runs.get": { runId }, "runs.steps": { runId }, "runs.value": { runId, what: "input" }, "runs.logs": { runId }, "runs.start": { workflowId },
    "batches.check": { workflowId, inputs: [] }, "batches.start": { workflowId, inputs: [{}] }, "batches.get": { batchId },
    "runs.cancel": { runId }, "runs.rerun": { runId }, "runs.signal": { runId, name: "go" },
    "runs.iterations": { runId, loop: "each" }, "runs.compare": { runId, otherId: runId }, "runs.cancelMany": { runIds: [runId] }, "runs.rerunMany": { runIds: [runId] }, "runs.keep": { runId, kept: true },
    "savedViews.update": { viewId, name: "Mine" }, "savedViews.remove": { viewId },
    "runs.slice": { runId, what: "input" }, "runs.counts": { runId, paths: [] },
    "testData.pin": { workflowId, nodeId: "start", from: { value: 1 } }, "testData.unpin": { workflowId, nodeId: "start" }, "testData.movePin": { workflowId, nodeId: "start", to: "begin" },
    "testData.samples": { workflowId }, "testData.saveSample": { workflowId, name: "One", input: {} }, "testData.deleteSample": { workflowId, sampleId: itemId }, "testData.testStep": { workflowId, nodeId: "start" },
    "waits.get": { waitId }, "waits.answer": { waitId }, "waits.createLink": { waitId },
    "catalog.update": { itemId, enabled: false }, "catalog.remove": { itemId },
    "triggers.get": { triggerId }, "triggers.create": { workflowId, kind: "webhook", name: "Mine" }, "triggers.update": { triggerId, name: "Mine" }, "triggers.delete": { triggerId },
    "triggers.setMode": { triggerId, mode: "disabled" }, "triggers.rotateToken": { triggerId }, "triggers.pollNow": { triggerId }, "triggers.events": { triggerId }, "triggers.event": { eventId }, "triggers.resend": { eventId },
    "triggers.capture": { triggerId }, "triggers.release": { triggerId }, "triggers.discard": { triggerId },
    "alerts.updateRule": { ruleId, name: "Mine", conditions: [{ type: "runFailed" }] }, "alerts.removeRule": { ruleId }, "alerts.updateChannel": { channelId, name: "Mine" }, "alerts.removeChannel": { channelId },
    "alerts.testChannel": { channelId }, "alerts.retryDelivery": { deliveryId }, "alerts.setHandlers": { errorWorkflow: workflowId, successWorkflow: null }, "alerts.createRule": { name: "x", scopeType: "workflow", scopeId: workflowId, conditions: [{ type: "runFailed" }] },
    "limits.why": { runId }, "tokens.revoke": { tokenId }, "secrets.delete": { name: "KEY" }, "variables.delete": { name: "KEY" },
  };
}

/** Procedures that name nothing of anybody's: a stranger gets an empty list, or makes something in their own workspace. */
const NAMELESS: Record<string, unknown> = {
  "home.health": {}, "home.backlog": undefined, "home.schedules": undefined, "home.guide": undefined, "home.showGuide": { shown: true },
  "workflows.list": {}, "workflows.create": { name: "x" }, "workflows.createFromExample": { example: "none-of-this-name" }, "examples.list": undefined,
  "organizing.tree": undefined, "transfer.preview": { text: "nodes: []" }, "transfer.import": { text: "nodes: []" }, "organizing.createFolder": { name: "x" }, "organizing.createTag": { name: "x" },
  "triggers.list": {}, "triggers.settings": undefined, "triggers.unknownCalls": undefined, "triggers.setSettings": { sealEvents: false },
  "batches.find": { name: "x" }, "batches.list": {},
  "alerts.rules": undefined, "alerts.channels": undefined, "alerts.deliveries": {}, "alerts.settings": undefined, "alerts.inbox": {}, "alerts.unread": undefined, "alerts.preferences": undefined,
  "alerts.createChannel": { name: "x", config: { kind: "email", to: ["a@example.com"] } }, "alerts.setMail": { mail: null }, "alerts.testMail": { to: "a@example.com" }, "alerts.markRead": {}, "alerts.setPreference": { category: "alerts", email: true },
  "alerts.setRoles": Object.fromEntries(["owner", "admin", "builder", "operator", "viewer"].map((role) => [role, { alerts: { inApp: true, email: false }, approvals: { inApp: true, email: true } }])),
  "retention.get": undefined, "retention.set": { days: {} }, "retention.sizes": undefined, "retention.removals": undefined,
  "limits.get": undefined, "limits.set": { maxConcurrentRuns: 5 },
  "runs.list": {}, "runs.chart": {}, "runs.filterOptions": {}, "savedViews.list": { page: "runs" }, "savedViews.create": { page: "runs", name: "x", query: "" }, "waits.list": {}, "waits.mine": {}, "waits.others": {}, "waits.answered": {}, "waits.counts": undefined, "catalog.list": {}, "catalog.providers": undefined, "catalog.create": { slug: "x", provider: "mock", name: "x", config: {} },
  "modules.list": undefined, "modules.create": { slug: "x", name: "x", definition: { schema: 1, nodes: [{ id: "a", kind: "log", config: { message: "x", level: "info" } }], edges: [] } },
  "secrets.list": undefined, "secrets.put": { name: "X", value: "1" }, "variables.list": undefined, "variables.set": { name: "X", value: 1 },
  "tokens.list": undefined, "tokens.create": { name: "x", scopes: ["run:read"] }, "workers.list": undefined, "audit.list": {}, "audit.verify": undefined,
  "testData.preview": { expressions: [{ source: "1", paths: [] }], scope: "{}", nowMs: 0 },
};

/** Without a workspace: for the signed-in person alone, or for whoever holds a token. */
const UNSCOPED = [
  "me.get", "me.signInLink", "waits.link", "waits.answerLink",
  "signIn.ways", "signIn.requestLink", "signIn.requestReset", "signIn.viewReset", "signIn.resetPassword", "signIn.confirmEmail", "signIn.passkeyOptions", "signIn.proofs",
];

/** For the signed-in person about themselves: whose it is comes from the session alone, except for these ids. */
const ACCOUNT: Record<string, unknown> = {
  "account.security": undefined, "account.sessions": undefined, "account.endSession": { sessionId: newId() }, "account.endOtherSessions": undefined,
  "account.rename": { name: "x" }, "account.changePassword": { current: "x", next: "a rather long password" }, "account.changeEmail": { email: "x@example.com" }, "account.cancelEmailChange": undefined,
  "account.beginTotp": undefined, "account.confirmTotp": { code: "123456" }, "account.removeTotp": undefined, "account.replaceRecoveryCodes": undefined,
  "account.beginPasskey": undefined, "account.finishPasskey": { name: "x", response: {} }, "account.renamePasskey": { passkeyId: newId(), name: "x" }, "account.removePasskey": { passkeyId: newId() },
  "account.export": undefined, "account.delete": { email: "x@example.com" },
};

const procedures = Object.keys(appRouter._def.procedures);

async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "OK";
  } catch (error) {
    if (error instanceof TRPCError) return error.code;
    throw error;
  }
}

describe("every procedure", () => {
  it("is known to this test", () => {
    expect([...Object.keys(inputs()), ...Object.keys(NAMELESS), ...UNSCOPED, ...Object.keys(ACCOUNT)].sort()).toEqual([...procedures].sort());
  });

  it("is closed to somebody who is not signed in", async () => {
    const caller = await callerOf(null, owner.workspace.slug);
    for (const name of procedures.filter((procedure) => !UNSCOPED.includes(procedure))) {
      const [group, verb] = name.split(".") as [string, string];
      expect([name, await codeOf(caller[group]![verb]!(inputs()[name] ?? NAMELESS[name] ?? ACCOUNT[name]))]).toEqual([name, "UNAUTHORIZED"]);
    }
  });

  it("does not know the workspace of others", async () => {
    const caller = await callerOf(await makeScope("owner"), owner.workspace.slug);
    for (const name of procedures.filter((procedure) => !UNSCOPED.includes(procedure) && !(procedure in ACCOUNT))) {
      const [group, verb] = name.split(".") as [string, string];
      expect([name, await codeOf(caller[group]![verb]!(inputs()[name] ?? NAMELESS[name]))]).toEqual([name, "NOT_FOUND"]);
    }
  });

  it("knows no session, passkey or address of another person", async () => {
    const caller = await callerOf(await makeScope("owner"), owner.workspace.slug);
    const theirs = await findSession(await createSession(owner.userId!));
    expect(await codeOf(caller.account!.endSession!({ sessionId: theirs!.id }))).toBe("NOT_FOUND");
    for (const name of ["renamePasskey", "removePasskey"]) expect(await codeOf(caller.account![name]!(ACCOUNT[`account.${name}`]))).toBe("NOT_FOUND");
    expect(await codeOf(caller.account!.delete!({ email: "owner@example.com" }))).toBe("BAD_REQUEST");
  });

  it("finds nothing of others from one's own workspace", async () => {
    const stranger = await makeScope("owner");
    const caller = await callerOf(stranger, stranger.workspace.slug);
    for (const [name, input] of Object.entries(inputs())) {
      const [group, verb] = name.split(".") as [string, string];
      expect([name, await codeOf(caller[group]![verb]!(input))]).toEqual([name, "NOT_FOUND"]);
    }
    for (const name of ["workflows.list", "triggers.list", "runs.list", "waits.list", "waits.mine", "waits.others", "waits.answered"]) {
      const [group, verb] = name.split(".") as [string, string];
      expect([name, await caller[group]![verb]!({})]).toMatchObject([name, { items: [], nextCursor: null }]);
    }
  });

  it("left the owner's things as they were", async () => {
    const caller = await callerOf(owner, owner.workspace.slug);
    expect(await caller.workflows!.get!({ workflowId: owned.workflowId })).toMatchObject({ name: "Private", revision: 1, archivedAt: null });
    expect(await caller.runs!.get!({ runId: owned.runId })).toMatchObject({ run: { status: "queued" }, waits: [{ id: owned.waitId, status: "open", title: "Secret" }] });
  });

  it("asks for its permission", async () => {
    const viewer = await makeScope("viewer", owner.workspaceId);
    const caller = await callerOf(viewer, owner.workspace.slug);
    expect(await codeOf(caller.workflows!.get!({ workflowId: owned.workflowId }))).toBe("OK");
    for (const name of ["workflows.updateDraft", "workflows.publish", "runs.start", "runs.cancel", "waits.answer", "tokens.revoke", "secrets.delete"]) {
      const [group, verb] = name.split(".") as [string, string];
      expect([name, await codeOf(caller[group]![verb]!(inputs()[name]))]).toEqual([name, "FORBIDDEN"]);
    }
  });
});
