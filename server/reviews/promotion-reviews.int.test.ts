import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTokenScope, openUserScope, type Scope } from "@/server/auth/scope";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import * as deployments from "@/server/deployments/service";
import { addEnvironments, changeEnvironment, removeEnvironment } from "@/server/environments/service";
import * as organizing from "@/server/organizing/service";
import { listRules, setRule } from "@/server/protection/service";
import { grantPart, makeScope } from "@/server/testing/factories";
import { createToken } from "@/server/tokens/service";
import * as workflows from "@/server/workflows/service";
import * as service from "./service";

let admin: Scope;
let ann: Scope;
let bob: Scope;
let cyd: Scope;
let folderId: string;
const NOBODY = { roles: [], userIds: [] };
const SLUGS = ["dev", "production"] as const;
const place: Record<string, string> = {};

beforeAll(async () => {
  admin = await makeScope("admin");
  [ann, bob, cyd] = [await makeScope("builder", admin.workspaceId), await makeScope("builder", admin.workspaceId), await makeScope("builder", admin.workspaceId)];
  for (const one of await addEnvironments({ scope: admin }, { environments: SLUGS.map((slug) => ({ name: slug === "dev" ? "Dev" : "Production", slug, color: "gray" as const })) })) place[one.slug] = one.id;
  folderId = await makeFolder();
  await setRule({ scope: admin }, { folderId, environment: "production", needsReview: true, isLocked: false, mayPublish: { roles: ["admin"], userIds: [] }, mayChange: NOBODY });
});
afterAll(closeConnections);

async function makeFolder(): Promise<string> {
  return (await organizing.createFolder({ scope: admin }, { name: `F ${newId()}`, parentId: null })).id;
}

async function edit(scope: Scope, workflowId: string): Promise<void> {
  const { draft, draftRevision } = await rawDb().workflow.findUniqueOrThrow({ where: { id: workflowId } });
  await workflows.updateDraft({ scope }, { workflowId, definition: { ...(draft as object), output: newId() }, revision: draftRevision });
}

/** Published by Ann, in the first environment. */
async function makePublished(into = folderId): Promise<{ workflowId: string; versionId: string }> {
  const { id: workflowId } = await workflows.createWorkflow({ scope: ann }, { name: `W ${newId()}`, description: "", folderId: into });
  return { workflowId, versionId: (await publish(workflowId)).id };
}

const publish = (workflowId: string, scope = ann) => workflows.publish({ scope }, { workflowId, note: "" });
const promote = (scope: Scope, workflowId: string, versionId: string, bypassReview = false) => deployments.promote({ scope }, { workflowId, versionId, environment: "production", note: "", bypassReview });
const rollBack = (scope: Scope, workflowId: string, versionId: string, bypassReview = false) => deployments.rollBack({ scope }, { workflowId, versionId, environment: "production", note: "", bypassReview });
const request = (scope: Scope, workflowId: string, versionId?: string) => service.requestReview({ scope }, { workflowId, note: "Please look", environment: "production", versionId });
const decide = (scope: Scope, reviewId: string) => service.decideReview({ scope }, { reviewId, decision: "approved", text: "" });
const planned = async (scope: Scope, workflowId: string) => (await deployments.planPromotion({ scope }, { workflowId, environment: "production" })).approval;
async function promoteReviewed(workflowId: string, versionId: string): Promise<void> {
  await decide(cyd, (await request(bob, workflowId, versionId)).id);
  await promote(bob, workflowId, versionId);
}

describe("what comes to an environment where a rule asks for a review", () => {
  it("waits for another person, and is what they have approved", async () => {
    const { workflowId, versionId } = await makePublished();
    expect(await planned(ann, workflowId)).toEqual({ isNeeded: true, isGiven: false, mayBypass: false, request: null });
    await expect(promote(ann, workflowId, versionId)).rejects.toMatchObject({ kind: "review_needed", data: { environment: "Production", mayBypass: false } });
    const { id, base, environment, version, draftRevision } = await request(bob, workflowId);
    expect([base, environment?.slug, version, draftRevision]).toEqual([null, "production", { id: versionId, number: 1 }, null]);
    expect(await planned(ann, workflowId)).toMatchObject({ isGiven: false, request: { id, status: "open" } });
    const told = await rawDb().notification.findFirstOrThrow({ where: { path: `/reviews?review=${id}` } });
    expect(told.title).toMatch(/asks for a review of version 1 of W .* for Production$/);
    await expect(decide(bob, id)).rejects.toMatchObject({ data: { reason: expect.stringContaining("You have asked") as string } });
    await expect(decide(ann, id)).rejects.toMatchObject({ data: { reason: expect.stringContaining("published this version") as string } });
    const { token } = await createToken({ scope: cyd }, { name: "ci", scopes: ["workflow:read", "workflow:publish", "workflow:write"], expiresInDays: 1 });
    await expect(decide(await openTokenScope(token), id)).rejects.toMatchObject({ data: { reason: expect.stringContaining("Only people") as string } });
    await service.commentReview({ scope: cyd }, { reviewId: id, text: "Why now?" });
    await decide(cyd, id);
    expect(await planned(ann, workflowId)).toMatchObject({ isGiven: true });
    await promote(ann, workflowId, versionId);
    expect(await service.getReview({ scope: ann }, { reviewId: id })).toMatchObject({ status: "deployed", isStale: false, entries: [{ kind: "comment" }, { kind: "approved" }, { kind: "deployed", text: "Version 1" }] });
    // The draft's own state knows nothing of it.
    expect(await service.getProtection({ scope: ann }, { workflowId })).toMatchObject({ needsReview: false, review: null });
    expect(await rawDb().auditEvent.count({ where: { resourceId: workflowId, action: { in: ["review.requested", "review.approved", "review.commented"] } } })).toBe(3);
    // The database holds to it as well.
    await expect(rawDb().reviewRequest.update({ where: { id }, data: { decidedById: ann.userId } })).rejects.toThrow(/review_request_by_another/);
  });

  it("was approved for the version that it takes the place of, and for itself alone", async () => {
    const { workflowId, versionId: one } = await makePublished();
    await promoteReviewed(workflowId, one);
    await edit(ann, workflowId);
    const two = (await publish(workflowId)).id;
    const asked = await request(bob, workflowId);
    expect(asked.base).toMatchObject({ number: 1 });
    await decide(cyd, asked.id);
    await edit(ann, workflowId);
    const three = (await publish(workflowId)).id;
    await expect(promote(bob, workflowId, three)).rejects.toMatchObject({ kind: "review_needed" });
    await promote(admin, workflowId, three, true);
    expect(await service.getReview({ scope: ann }, { reviewId: asked.id })).toMatchObject({ status: "withdrawn" });
    await expect(rollBack(bob, workflowId, two)).rejects.toMatchObject({ kind: "invalid_input" });
    // What came with a review comes back without; what came without needs one.
    await rollBack(bob, workflowId, one);
    await expect(rollBack(bob, workflowId, three)).rejects.toMatchObject({ kind: "review_needed" });
    const back = await request(bob, workflowId, three);
    await decide(cyd, back.id);
    await rollBack(bob, workflowId, three);
    await expect(request(bob, workflowId, three)).rejects.toMatchObject({ kind: "invalid_input", data: { field: "versionId" } });
  });

  it("is not approved any more once the environment has another version", async () => {
    const { workflowId, versionId } = await makePublished();
    const { id } = await request(bob, workflowId);
    await rawDb().reviewRequest.update({ where: { id }, data: { baseVersionId: versionId } });
    expect(await service.getReview({ scope: cyd }, { reviewId: id })).toMatchObject({ isStale: true, refusal: expect.stringContaining("Production has another version") as string });
    await expect(decide(cyd, id)).rejects.toMatchObject({ kind: "review_refused" });
    await rawDb().reviewRequest.update({ where: { id }, data: { status: "approved", decidedById: cyd.userId } });
    await expect(promote(bob, workflowId, versionId)).rejects.toMatchObject({ kind: "review_needed" });
  });

  it("says to whoever may bring it there that they may, once it is approved", async () => {
    const into = await makeFolder();
    const rule = { folderId: into, needsReview: true, mayPublish: NOBODY, mayChange: NOBODY };
    await setRule({ scope: admin }, { ...rule, environment: "production", isLocked: false });
    const { workflowId } = await makePublished(into);
    const looker = (await makeScope("viewer", admin.workspaceId)).userId!;
    await grantPart(admin, looker, "builder", { folderId: into });
    const dora = await openUserScope(looker, { id: admin.workspaceId });
    const eve = await makeScope("viewer", admin.workspaceId);
    const { id } = await request(bob, workflowId);
    const said = async () => Promise.all([ann, dora, eve].map(async (scope) => (await service.getReview({ scope: scope.for("workflow:read") }, { reviewId: id })).mayPromote));
    expect(await said()).toEqual([false, false, false]);
    await decide(cyd, id);
    expect(await said()).toEqual([true, true, false]);
    expect(await deployments.planPromotion({ scope: dora.for("workflow:read") }, { workflowId, environment: "production" })).toMatchObject({ mayPromote: true });
    await changeEnvironment({ scope: admin }, { environmentId: place.production!, promoters: { roles: [], userIds: [looker] } });
    expect(await said()).toEqual([false, true, false]);
    await setRule({ scope: admin }, { ...rule, environment: null, needsReview: false, isLocked: true });
    expect(await said()).toEqual([false, false, false]);
    await changeEnvironment({ scope: admin }, { environmentId: place.production!, promoters: NOBODY });
  });

  it("can be done without by those whom the rule names, who have to say so", async () => {
    const { workflowId, versionId } = await makePublished();
    await expect(promote(admin, workflowId, versionId)).rejects.toMatchObject({ data: { mayBypass: true } });
    await expect(promote(bob, workflowId, versionId, true)).rejects.toMatchObject({ kind: "review_needed" });
    await promote(admin, workflowId, versionId, true);
    const { after } = await rawDb().auditEvent.findFirstOrThrow({ where: { action: "review.bypassed", resourceId: workflowId } });
    expect(after).toMatchObject({ number: 1, environment: "production" });
    const moved = await makePublished();
    await expect(organizing.moveItems({ scope: ann }, { itemType: "workflow", itemIds: [moved.workflowId], folderId: null })).rejects.toMatchObject({ kind: "locked", data: { why: "review" } });
    const free = await makePublished(await makeFolder());
    await promote(bob, free.workflowId, free.versionId);
  });

  it("is withdrawn by whoever asked, beside a review of the draft", async () => {
    const { workflowId, versionId } = await makePublished();
    const draft = await service.requestReview({ scope: bob }, { workflowId, note: "" });
    const asked = await request(bob, workflowId);
    expect(await service.getReview({ scope: bob }, { reviewId: draft.id })).toMatchObject({ status: "open" });
    await service.withdrawReview({ scope: bob }, { reviewId: asked.id });
    const { title } = await rawDb().notification.findFirstOrThrow({ where: { event: "review.withdrawn", path: `/reviews?review=${asked.id}` } });
    expect(title).toMatch(/withdrew the review of version 1 of W .* for Production$/);
    await expect(promote(bob, workflowId, versionId)).rejects.toMatchObject({ kind: "review_needed" });
    expect(await planned(bob, workflowId)).toMatchObject({ request: null });
  });
});

describe("a rule for an environment", () => {
  it("asks for the review of the draft where publishing brings versions there, and goes with the environment", async () => {
    const owner = await makeScope("admin");
    const [only] = await addEnvironments({ scope: owner }, { environments: [{ name: "Only", slug: "only", color: "gray" }] });
    const rule = { folderId: null, environment: "only", needsReview: true, mayPublish: NOBODY, mayChange: NOBODY };
    await expect(setRule({ scope: owner }, { ...rule, isLocked: true })).rejects.toMatchObject({ kind: "invalid_input", data: { field: "isLocked" } });
    await expect(setRule({ scope: owner }, { ...rule, environment: place.dev!, isLocked: false })).rejects.toMatchObject({ kind: "not_found" });
    await setRule({ scope: owner }, { ...rule, environment: null, needsReview: false, isLocked: true, mayChange: { roles: ["admin"], userIds: [] } });
    expect((await setRule({ scope: owner }, { ...rule, isLocked: false })).map(({ environment, needsReview, isLocked }) => [environment?.slug ?? null, needsReview, isLocked])).toEqual([[null, false, true], ["only", true, false]]);
    const { id: workflowId } = await workflows.createWorkflow({ scope: owner }, { name: "W", description: "" });
    expect(await service.getProtection({ scope: owner }, { workflowId })).toMatchObject({ needsReview: true });
    await expect(publish(workflowId, owner)).rejects.toMatchObject({ kind: "review_needed" });
    await removeEnvironment({ scope: owner }, { environmentId: only!.id, withdraw: true });
    expect((await listRules({ scope: owner })).map(({ environment }) => environment)).toEqual([null]);
    await publish(workflowId, owner);
  });
});
