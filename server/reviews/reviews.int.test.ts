import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTokenScope, openUserScope, type Scope } from "@/server/auth/scope";
import * as access from "@/server/access/service";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import * as modules from "@/server/modules/service";
import * as organizing from "@/server/organizing/service";
import { setRule } from "@/server/protection/service";
import * as secrets from "@/server/secrets/service";
import * as shares from "@/server/shares/service";
import { grantPart, makePerson, makeScope } from "@/server/testing/factories";
import { createToken } from "@/server/tokens/service";
import { importWorkflows } from "@/server/transfer/service";
import * as triggers from "@/server/triggers/service";
import * as variables from "@/server/variables/service";
import * as workflows from "@/server/workflows/service";
import * as service from "./service";

let admin: Scope;
let ann: Scope;
let bob: Scope;
let folderId: string;

beforeAll(async () => {
  admin = await makeScope("admin");
  ann = await makeScope("builder", admin.workspaceId);
  bob = await makeScope("builder", admin.workspaceId);
  folderId = await makeFolder();
  await setRule({ scope: admin }, { folderId, needsReview: true, isLocked: false, mayPublish: { roles: ["admin"], userIds: [] }, mayChange: { roles: [], userIds: [] } });
});
afterAll(closeConnections);

async function makeFolder(parentId: string | null = null): Promise<string> {
  return (await organizing.createFolder({ scope: admin }, { name: `F ${newId()}`, parentId })).id;
}

async function makeWorkflow(scope: Scope, into: string): Promise<string> {
  return (await workflows.createWorkflow({ scope }, { name: `W ${newId()}`, description: "", folderId: into })).id;
}

async function edit(scope: Scope, workflowId: string): Promise<void> {
  const { draft, draftRevision } = await rawDb().workflow.findUniqueOrThrow({ where: { id: workflowId } });
  await workflows.updateDraft({ scope }, { workflowId, definition: { ...(draft as object), output: newId() }, revision: draftRevision });
}

const publish = (scope: Scope, workflowId: string, bypassReview = false) => workflows.publish({ scope }, { workflowId, note: "", bypassReview });
const request = (scope: Scope, workflowId: string) => service.requestReview({ scope }, { workflowId, note: "Please look" });
const decide = (scope: Scope, reviewId: string, decision: "approved" | "changes_requested" = "approved") => service.decideReview({ scope }, { reviewId, decision, text: "" });

describe("publishing where a review is needed", () => {
  it("waits for another person, and publishes what they have approved", async () => {
    const workflowId = await makeWorkflow(ann, folderId);
    await expect(publish(ann, workflowId)).rejects.toMatchObject({ kind: "review_needed", data: { mayBypass: false } });
    const [near, far] = [await makePerson(admin.organizationId), await makePerson(admin.organizationId)];
    await grantPart(admin, near.id, "builder", { folderId });
    await grantPart(admin, far.id, "builder", { folderId: await makeFolder() });
    const { id } = await request(ann, workflowId);
    const told = (userId: string) => rawDb().inboxItem.count({ where: { userId, notification: { path: `/reviews?review=${id}` } } });
    expect([await told(near.id), await told(far.id)]).toEqual([1, 0]);
    expect((await service.listReviews({ scope: bob }, { which: "waiting", limit: 10 })).items.map((one) => one.id)).toContain(id);
    expect((await service.listReviews({ scope: ann }, { which: "waiting", limit: 10 })).items.map((one) => one.id)).not.toContain(id);
    expect(await rawDb().inboxItem.count({ where: { userId: bob.userId!, notification: { path: `/reviews?review=${id}` } } })).toBe(1);
    await expect(decide(ann, id)).rejects.toMatchObject({ kind: "review_refused" });
    await service.commentReview({ scope: ann }, { reviewId: id, text: "It is small." });
    expect(await decide(bob, id)).toMatchObject({ status: "approved", decidedBy: { id: bob.userId } });
    expect(await publish(ann, workflowId)).toMatchObject({ number: 1 });
    expect(await service.getReview({ scope: ann }, { reviewId: id })).toMatchObject({ status: "published", entries: [{ kind: "comment" }, { kind: "approved" }, { kind: "published", text: "Version 1" }] });
    await edit(ann, workflowId);
    await expect(publish(ann, workflowId)).rejects.toMatchObject({ kind: "review_needed" });
  });

  it("tells those who may publish, and then those who take part, in the inbox and by mail; nobody of what they do themselves", async () => {
    await rawDb().scopedSetting.create({ data: { id: newId(), key: "alerts.mail", scopeType: "workspace", scopeId: admin.workspaceId, workspaceId: admin.workspaceId, value: { host: "mail.example.com", port: 587, security: "starttls", user: null, passwordSecret: null, from: "millrace@example.com" } } });
    const guest = await makePerson(admin.organizationId);
    const inside = await makeFolder(folderId);
    await grantPart(admin, guest.id, "builder", { folderId: inside });
    const guestScope = await openUserScope(guest.id, { id: admin.workspaceId });
    const viewer = await makeScope("viewer", admin.workspaceId);
    await rawDb().notificationPreference.create({ data: { workspaceId: admin.workspaceId, userId: bob.userId!, category: "approvals", email: false } });
    const { id, workflow } = await request(guestScope, await makeWorkflow(guestScope, inside));
    await service.commentReview({ scope: bob }, { reviewId: id, text: "Why?" });
    await service.commentReview({ scope: guestScope }, { reviewId: id, text: "Because." });
    await decide(admin, id);
    const told = await rawDb().notification.findMany({ where: { workspaceId: admin.workspaceId, path: `/reviews?review=${id}` }, include: { items: { select: { userId: true } }, deliveries: { select: { recipient: true } } }, orderBy: [{ createdAt: "asc" }, { id: "asc" }] });
    const names = new Map([[admin.userId, "admin"], [ann.userId, "ann"], [bob.userId, "bob"], [guest.id, "guest"], [viewer.userId, "viewer"]]);
    const emails = new Map((await rawDb().user.findMany({ where: { id: { in: [...names.keys()].filter((key) => key !== null) } } })).map((user) => [user.email, names.get(user.id)]));
    const known = (found: (string | undefined)[]) => found.filter((name) => name !== undefined).sort().join(" ");
    expect(told.map(({ event, items, deliveries }) => [event, known(items.map(({ userId }) => names.get(userId))), known(deliveries.map(({ recipient }) => emails.get(recipient!)))])).toEqual([
      ["review.requested", "admin ann bob", "admin ann"],
      ["review.comment", "guest", "guest"],
      ["review.comment", "bob", ""],
      ["review.approved", "bob guest", "guest"],
    ]);
    expect(told.map(({ title }) => title)).toContain(`Test admin approved ${workflow.name}`);
    expect(await rawDb().auditEvent.count({ where: { workspaceId: admin.workspaceId, action: "review.commented" } })).toBeGreaterThanOrEqual(2);
  });

  it("is withdrawn by whoever asked, and all who were asked hear of it", async () => {
    const workflowId = await makeWorkflow(ann, folderId);
    const { id } = await request(ann, workflowId);
    const other = await makeScope("operator", admin.workspaceId);
    await expect(service.withdrawReview({ scope: other }, { reviewId: id })).rejects.toMatchObject({ kind: "forbidden" });
    expect(await service.withdrawReview({ scope: ann }, { reviewId: id })).toMatchObject({ status: "withdrawn", entries: [{ kind: "withdrawn" }], mayWithdraw: false });
    expect(await rawDb().inboxItem.count({ where: { userId: bob.userId!, notification: { event: "review.withdrawn", path: `/reviews?review=${id}` } } })).toBe(1);
    expect(await rawDb().inboxItem.count({ where: { userId: ann.userId!, notification: { event: "review.withdrawn" } } })).toBe(0);
    expect(await rawDb().auditEvent.count({ where: { action: "review.withdrawn", resourceId: workflowId } })).toBe(1);
    await expect(decide(bob, id)).rejects.toMatchObject({ kind: "review_refused" });
    await expect(service.withdrawReview({ scope: ann }, { reviewId: id })).rejects.toMatchObject({ kind: "review_refused" });
  });

  it("says to each reviewer what the server takes from them", async () => {
    const folder = await makeFolder();
    const { id } = await request(ann, await makeWorkflow(ann, folder));
    const seenBy = async (scope: Scope) => {
      const { refusal, mayComment, mayWithdraw } = await service.getReview({ scope: scope.for("workflow:read") }, { reviewId: id });
      return { refusal, mayComment, mayWithdraw };
    };
    const viewer = await makeScope("viewer", admin.workspaceId);
    expect(await seenBy(viewer)).toEqual({ refusal: "Your role may not publish.", mayComment: false, mayWithdraw: false });
    await grantPart(admin, viewer.userId!, "builder", { folderId: folder });
    expect(await seenBy(await openUserScope(viewer.userId!, { id: admin.workspaceId }))).toEqual({ refusal: null, mayComment: true, mayWithdraw: true });
    // A lock keeps them from changing the workflow, not from deciding.
    await setRule({ scope: admin }, { folderId: folder, needsReview: false, isLocked: true, mayPublish: { roles: [], userIds: [] }, mayChange: { roles: [], userIds: [] } });
    expect(await seenBy(bob)).toEqual({ refusal: null, mayComment: true, mayWithdraw: true });
  });

  it("takes no approval of an earlier draft, and none of whoever wrote the draft", async () => {
    const workflowId = await makeWorkflow(ann, folderId);
    const { id } = await request(ann, workflowId);
    await decide(bob, id);
    await edit(ann, workflowId);
    expect(await service.getReview({ scope: ann }, { reviewId: id })).toMatchObject({ isStale: true });
    await expect(publish(ann, workflowId)).rejects.toMatchObject({ kind: "review_needed" });
    await edit(bob, workflowId);
    const { id: next } = await request(ann, workflowId);
    await expect(decide(bob, next)).rejects.toMatchObject({ kind: "review_refused", data: { reason: expect.stringContaining("saved this draft") as string } });
    await edit(ann, workflowId);
    await expect(decide(admin, next)).rejects.toMatchObject({ data: { reason: expect.stringContaining("changed since") as string } });
    const { id: last } = await request(ann, workflowId);
    await decide(bob, last, "changes_requested");
    await expect(publish(ann, workflowId)).rejects.toMatchObject({ kind: "review_needed" });
    await expect(decide(bob, last)).rejects.toMatchObject({ kind: "review_refused" });
    // The database holds to it as well.
    await expect(rawDb().reviewRequest.update({ where: { id: last }, data: { status: "approved", decidedById: ann.userId } })).rejects.toThrow(/review_request_by_another/);
  });

  it("is approved by people alone: not by anybody's token, and not by a service account", async () => {
    const workflowId = await makeWorkflow(ann, folderId);
    const { id } = await request(ann, workflowId);
    const { token } = await createToken({ scope: bob }, { name: "ci", scopes: ["workflow:read", "workflow:publish", "workflow:write"], expiresInDays: 1 });
    await expect(decide(await openTokenScope(token), id)).rejects.toMatchObject({ kind: "review_refused", data: { reason: expect.stringContaining("Only people") as string } });
  });

  it("can be done without by those whom the rule names, who have to say so", async () => {
    const workflowId = await makeWorkflow(ann, folderId);
    await expect(publish(admin, workflowId)).rejects.toMatchObject({ data: { mayBypass: true } });
    await expect(publish(bob, workflowId, true)).rejects.toMatchObject({ kind: "review_needed" });
    await expect(publish(admin, workflowId, true)).resolves.toMatchObject({ number: 1 });
    expect(await rawDb().auditEvent.count({ where: { action: "review.bypassed", resourceId: workflowId } })).toBe(1);
    const free = await makeWorkflow(ann, await makeFolder());
    await expect(publish(ann, free)).resolves.toMatchObject({ number: 1 });
    // Taken out of the folder it would be free.
    const moved = await makeWorkflow(ann, folderId);
    await expect(organizing.moveItems({ scope: ann }, { itemType: "workflow", itemIds: [moved], folderId: null })).rejects.toMatchObject({ kind: "locked", data: { why: "review" } });
    await expect(organizing.deleteFolder({ scope: ann }, { folderId })).rejects.toMatchObject({ kind: "locked" });
    await expect(organizing.moveItems({ scope: ann }, { itemType: "workflow", itemIds: [moved], folderId: await makeFolder(folderId) })).resolves.toBeDefined();
    const below = await makeWorkflow(ann, await makeFolder(folderId));
    await expect(publish(ann, below)).rejects.toMatchObject({ kind: "review_needed" });
  });
});

describe("a locked folder", () => {
  it("attack: with the whole workspace locked, its own secrets, variables and blocks are changed by nobody but those named", async () => {
    const boss = await makeScope("admin");
    const other = await makeScope("admin", boss.workspaceId);
    const definition = { schema: 1, nodes: [{ id: "say", kind: "set", config: { values: {} } }], edges: [] };
    await secrets.putSecret({ scope: boss }, { name: "STRIPE", value: "one" });
    await variables.setVariable({ scope: boss }, { name: "RATE", value: 1 });
    await modules.createModule({ scope: boss }, { slug: "kept", name: "Kept", description: "", definition, note: "" });
    await setRule({ scope: boss }, { folderId: null, needsReview: false, isLocked: true, mayPublish: { roles: [], userIds: [] }, mayChange: { roles: [], userIds: [boss.userId!] } });
    const ways: (({ scope }: { scope: Scope }) => Promise<unknown>)[] = [
      (context) => secrets.putSecret(context, { name: "STRIPE", value: "theirs" }),
      (context) => variables.setVariable(context, { name: "RATE", value: 2 }),
      (context) => modules.createModule(context, { slug: newId(), name: "New", description: "", definition, note: "" }),
      (context) => modules.renameModule(context, { module: "kept", name: "x", description: "" }),
      (context) => modules.addVersion(context, { module: "kept", definition, note: "", latest: 1 }),
      (context) => modules.removeModule(context, { module: "kept" }),
    ];
    for (const way of ways) await expect(way({ scope: other }), way.toString()).rejects.toMatchObject({ kind: "locked" });
    for (const way of ways) await way({ scope: boss });
  });

  it("is changed by nobody but those named, in whatever way", async () => {
    const locked = await makeFolder();
    const inner = await makeFolder(locked);
    const workflowId = await makeWorkflow(admin, inner);
    const outside = await makeWorkflow(admin, await makeFolder());
    const trigger = await triggers.createTrigger({ scope: admin }, { workflowId, kind: "webhook", name: "Hook", config: {}, settings: {}, nodeId: null, versionNumber: null });
    await secrets.putSecret({ scope: admin }, { name: "KEPT", value: "one", folderId: inner });
    await variables.setVariable({ scope: admin }, { name: "KEPT", value: 1, folderId: inner });
    const { id: grantId } = await access.grant({ scope: admin }, { place: { workflowId }, who: { userId: bob.userId! }, role: "operator" });
    const { share } = await shares.createShare({ scope: admin }, { workflowId, note: "", showsRuns: false, expiresInDays: 1 });
    await setRule({ scope: admin }, { folderId: locked, needsReview: false, isLocked: true, mayPublish: { roles: [], userIds: [] }, mayChange: { roles: [], userIds: [ann.userId!] } });
    const file = await rawDb().folder.findUniqueOrThrow({ where: { id: inner } });
    const { name: lockedName } = await rawDb().folder.findUniqueOrThrow({ where: { id: locked } });
    const yaml = JSON.stringify({ millrace: 1, name: "Smuggled", folder: [lockedName, file.name], definition: { schema: 1, nodes: [{ id: "start", kind: "trigger.manual" }], edges: [] } });
    const ways: Record<string, () => Promise<unknown>> = {
      edit: () => edit(admin, workflowId),
      publish: () => publish(admin, workflowId),
      rename: () => workflows.renameWorkflow({ scope: admin }, { workflowId, name: "x" }),
      archive: () => workflows.archiveWorkflow({ scope: admin }, { workflowId }),
      delete: () => workflows.deleteWorkflow({ scope: admin }, { workflowId }),
      duplicate: () => workflows.duplicateWorkflow({ scope: admin }, { workflowId }),
      create: () => makeWorkflow(admin, inner),
      moveOut: () => organizing.moveItems({ scope: admin }, { itemType: "workflow", itemIds: [workflowId], folderId: null }),
      moveIn: () => organizing.moveItems({ scope: admin }, { itemType: "workflow", itemIds: [outside], folderId: locked }),
      moveFolder: () => organizing.moveFolder({ scope: admin }, { folderId: inner, parentId: null }),
      renameFolder: () => organizing.renameFolder({ scope: admin }, { folderId: locked, name: "x" }),
      deleteFolder: () => organizing.deleteFolder({ scope: admin }, { folderId: inner }),
      createFolder: () => makeFolder(locked),
      trigger: () => triggers.createTrigger({ scope: admin }, { workflowId, kind: "webhook", name: "Other", config: {}, settings: {}, nodeId: null, versionNumber: null }),
      switchOff: () => triggers.setTriggerMode({ scope: admin }, { triggerId: trigger.id, mode: "disabled" }),
      rotate: () => triggers.rotateToken({ scope: admin }, { triggerId: trigger.id }),
      deleteTrigger: () => triggers.deleteTrigger({ scope: admin }, { triggerId: trigger.id }),
      review: () => request(admin, workflowId),
      share: () => shares.createShare({ scope: admin }, { workflowId, note: "", showsRuns: false, expiresInDays: 1 }),
      grant: () => access.grant({ scope: admin }, { place: { workflowId }, who: { userId: bob.userId! }, role: "viewer" }),
      grantFolder: () => access.grant({ scope: admin }, { place: { folderId: inner }, who: { userId: bob.userId! }, role: "viewer" }),
      revoke: () => access.revoke({ scope: admin }, { grantId }),
      secret: () => secrets.putSecret({ scope: admin }, { name: "KEPT", value: "other", folderId: inner }),
      deleteSecret: () => secrets.deleteSecret({ scope: admin }, { name: "KEPT", folderId: inner }),
      variable: () => variables.setVariable({ scope: admin }, { name: "KEPT", value: 2, folderId: inner }),
      deleteVariable: () => variables.deleteVariable({ scope: admin }, { name: "KEPT", folderId: inner }),
      import: () => importWorkflows({ scope: admin }, { text: yaml, fileName: "import", folderId: null }),
    };
    for (const [way, go] of Object.entries(ways)) expect([way, await go().then(() => "done", (error: { kind?: string }) => error.kind ?? error)]).toEqual([way, "locked"]);
    await expect(edit(ann, workflowId)).resolves.toBeUndefined();
    // What was given out can always be taken back.
    await expect(shares.revokeShare({ scope: admin }, { shareId: share.id })).resolves.toEqual({ ok: true });
    // Also for somebody who sees the folder below alone.
    const { id: guest } = await makePerson(admin.organizationId);
    await grantPart(admin, guest, "owner", { folderId: inner });
    const scope = (await openUserScope(guest, { id: admin.workspaceId })).for("workflow:write");
    await expect(edit(scope, workflowId)).rejects.toMatchObject({ kind: "locked" });
    expect(await service.getProtection({ scope }, { workflowId })).toMatchObject({ isLocked: true });
    await setRule({ scope: admin }, { folderId: locked, needsReview: false, isLocked: false, mayPublish: { roles: [], userIds: [] }, mayChange: { roles: [], userIds: [] } });
    await expect(edit(scope, workflowId)).resolves.toBeUndefined();
  });
});
