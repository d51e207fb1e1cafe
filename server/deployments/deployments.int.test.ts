import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openTokenScope, openUserScope, type Scope } from "@/server/auth/scope";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { addEnvironments, changeEnvironment, listEnvironments, orderEnvironments, removeEnvironment } from "@/server/environments/service";
import * as organizing from "@/server/organizing/service";
import { setRule } from "@/server/protection/service";
import { decideReview, requestReview } from "@/server/reviews/service";
import { deleteSecret, putSecret } from "@/server/secrets/service";
import { grantPart, makePerson, makeScope } from "@/server/testing/factories";
import { createToken } from "@/server/tokens/service";
import { createTrigger } from "@/server/triggers/service";
import { setVariable } from "@/server/variables/service";
import * as workflows from "@/server/workflows/service";
import * as service from "./service";

let admin: Scope;
let ann: Scope;
const id: Record<string, string> = {};

const THREE = ["dev", "staging", "production"].map((slug) => ({ name: slug[0]!.toUpperCase() + slug.slice(1), slug, color: "gray" as const }));
const NOBODY = { roles: [], userIds: [] };

beforeAll(async () => {
  admin = await makeScope("admin");
  ann = await makeScope("builder", admin.workspaceId);
  for (const one of await addEnvironments({ scope: admin }, { environments: THREE })) id[one.slug] = one.id;
});
afterAll(closeConnections);

const definitionWith = (more: object = {}, settings: object = {}) => ({ schema: 1, nodes: [{ id: "start", kind: "trigger.manual" }, ...("id" in more ? [more] : [])], edges: "id" in more ? [{ from: "start", to: more.id }] : [], settings });

async function makeWorkflow(scope: Scope, definition: Record<string, unknown> = definitionWith(), folderId?: string): Promise<string> {
  const created = await workflows.createWorkflow({ scope }, { name: `W ${newId()}`, description: "", definition, ...(folderId === undefined ? {} : { folderId }) });
  return created.id;
}

async function edit(scope: Scope, workflowId: string): Promise<void> {
  const { draft, draftRevision } = await rawDb().workflow.findUniqueOrThrow({ where: { id: workflowId } });
  await workflows.updateDraft({ scope }, { workflowId, definition: { ...(draft as object), output: newId() }, revision: draftRevision });
}

const publish = (scope: Scope, workflowId: string, bypassReview = false) => workflows.publish({ scope }, { workflowId, note: "", bypassReview });
async function publishNext(scope: Scope, workflowId: string) {
  await edit(scope, workflowId);
  return publish(scope, workflowId);
}
const promote = (scope: Scope, workflowId: string, versionId: string, environment: string, more: object = {}) => service.promote({ scope }, { workflowId, versionId, environment, note: "", ...more });
const rollBack = (scope: Scope, workflowId: string, versionId: string, environment: string) => service.rollBack({ scope }, { workflowId, versionId, environment, note: "" });
const plan = (scope: Scope, workflowId: string, environment: string) => service.planPromotion({ scope }, { workflowId, environment });

async function has(workflowId: string): Promise<Record<string, number | null>> {
  const { environments } = await service.deploymentsOfWorkflow({ scope: admin }, { workflowId });
  return Object.fromEntries(environments.map(({ slug, current }) => [slug, current?.version.number ?? null]));
}
const live = async (workflowId: string) => (await rawDb().workflow.findUniqueOrThrow({ where: { id: workflowId }, include: { publishedVersion: true } })).publishedVersion?.number ?? null;

describe("a version on its way", () => {
  it("is published into the first environment, promoted from one to the next, live in the last, and rolled back", async () => {
    const workflowId = await makeWorkflow(ann, definitionWith({ id: "call", kind: "http", config: { url: "https://example.com", auth: { type: "none" } } }));
    const one = await publish(ann, workflowId);
    expect([one.number, one.current, await has(workflowId), await live(workflowId)]).toEqual([1, false, { dev: 1, staging: null, production: null }, null]);
    expect(await rawDb().workflowDependency.count({ where: { workflowId, origin: "published" } })).toBe(0);
    await promote(ann, workflowId, one.id, "staging");
    await promote(ann, workflowId, one.id, "production", { note: "first" });
    expect([await has(workflowId), await live(workflowId)]).toEqual([{ dev: 1, staging: 1, production: 1 }, 1]);
    const two = await publishNext(ann, workflowId);
    await promote(ann, workflowId, two.id, "staging");
    expect([await has(workflowId), await live(workflowId)]).toEqual([{ dev: 2, staging: 2, production: 1 }, 1]);
    await promote(ann, workflowId, two.id, "production");
    await rollBack(ann, workflowId, one.id, "production");
    expect([await has(workflowId), await live(workflowId)]).toEqual([{ dev: 2, staging: 2, production: 1 }, 1]);
    const { history } = await service.deploymentsOfWorkflow({ scope: ann }, { workflowId });
    expect(history.filter(({ environmentId }) => environmentId === id.production).map(({ kind, version, from, note, by }) => [kind, version.number, from?.slug ?? null, note, by?.id])).toEqual([
      ["rolled_back", 1, null, "", ann.userId], ["promoted", 2, "staging", "", ann.userId], ["promoted", 1, "staging", "first", ann.userId],
    ]);
    const audited = await rawDb().auditEvent.findMany({ where: { resourceId: workflowId, action: { in: ["workflow.promoted", "workflow.rolled_back"] } }, orderBy: { id: "asc" } });
    expect(audited.map(({ action }) => action)).toEqual(["workflow.promoted", "workflow.promoted", "workflow.promoted", "workflow.promoted", "workflow.rolled_back"]);
  });

  it("comes once: a second promotion changes nothing", async () => {
    const workflowId = await makeWorkflow(ann);
    const { id: versionId } = await publish(ann, workflowId);
    await promote(ann, workflowId, versionId, "staging");
    await promote(ann, workflowId, versionId, "staging");
    expect(await rawDb().deployment.count({ where: { workflowId, environmentId: id.staging! } })).toBe(1);
  });

  it("is not another one than was looked at", async () => {
    const workflowId = await makeWorkflow(ann);
    const one = await publish(ann, workflowId);
    const two = await publishNext(ann, workflowId);
    await expect(promote(ann, workflowId, one.id, "staging")).rejects.toMatchObject({ kind: "version_conflict", data: { environment: "Dev", expectedRevision: 1, currentRevision: 2 } });
    expect((await service.planPromotion({ scope: ann }, { workflowId, environment: "staging", versionId: one.id })).checks).toMatchObject([{ severity: "error", code: "source_moved", message: expect.stringContaining("Dev has version 2 now") as string }]);
    expect((await plan(ann, workflowId, "staging")).checks).toEqual([]);
    await promote(ann, workflowId, two.id, "staging", { expectedVersionId: null });
    const three = await publishNext(ann, workflowId);
    await expect(promote(ann, workflowId, three.id, "staging", { expectedVersionId: null })).rejects.toMatchObject({ kind: "version_conflict", data: { environment: "Staging", currentRevision: 2 } });
  });

  it("skips nothing unless the environment takes it, and comes from an earlier one", async () => {
    const workflowId = await makeWorkflow(ann);
    const { id: versionId } = await publish(ann, workflowId);
    const skip = () => promote(ann, workflowId, versionId, "production", { from: "dev" });
    await expect(skip()).rejects.toMatchObject({ kind: "invalid_input", data: { field: "from" } });
    await expect(promote(ann, workflowId, versionId, "dev")).rejects.toMatchObject({ kind: "invalid_input", data: { field: "environment" } });
    await expect(promote(ann, workflowId, versionId, "staging", { from: "production" })).rejects.toMatchObject({ kind: "invalid_input", data: { field: "from" } });
    await expect(rollBack(ann, workflowId, versionId, "production")).rejects.toMatchObject({ kind: "invalid_input", data: { field: "versionId" } });
    const planned = { workflowId, environment: "production", versionId };
    const { checks, from } = await service.planPromotion({ scope: ann }, planned);
    expect([from?.slug, checks.map(({ code }) => code)]).toEqual(["staging", ["source_moved"]]);
    await changeEnvironment({ scope: admin }, { environmentId: id.production!, allowsSkipping: true });
    // What is promoted without a word of where it comes from comes from where it is, as a review of it knows.
    const skipping = await service.planPromotion({ scope: ann }, planned);
    expect([skipping.from?.slug, skipping.checks]).toEqual(["dev", []]);
    await skip();
    expect(await has(workflowId)).toEqual({ dev: 1, staging: null, production: 1 });
    await changeEnvironment({ scope: admin }, { environmentId: id.production!, allowsSkipping: false });
  });

  it("ends in one order when many promote at once", async () => {
    const workflowId = await makeWorkflow(ann);
    const one = await publish(ann, workflowId);
    await promote(ann, workflowId, one.id, "staging");
    const two = await publishNext(ann, workflowId);
    const outcomes = await Promise.allSettled([
      ...[1, 2, 3].map(() => promote(ann, workflowId, one.id, "production")),
      ...[1, 2, 3].map(() => promote(ann, workflowId, two.id, "staging", { expectedVersionId: one.id })),
    ]);
    for (const outcome of outcomes) if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ kind: "version_conflict" });
    const rows = await rawDb().deployment.findMany({ where: { workflowId, replacedAt: null } });
    expect(new Set(rows.map(({ environmentId }) => environmentId)).size).toBe(rows.length);
    expect((await has(workflowId)).staging).toBe(2);
    expect((await has(workflowId)).production).toBe(await live(workflowId));
    expect(await rawDb().deployment.count({ where: { workflowId, environmentId: id.staging! } })).toBe(2);
  });

  it("declares its triggers where it is live, and nowhere before", async () => {
    const workflowId = await makeWorkflow(ann, { schema: 1, nodes: [{ id: "hook", kind: "trigger.webhook" }], edges: [] });
    const { id: versionId } = await publish(ann, workflowId);
    await promote(ann, workflowId, versionId, "staging");
    expect(await rawDb().trigger.count({ where: { workflowId } })).toBe(0);
    await promote(ann, workflowId, versionId, "production");
    expect(await rawDb().trigger.count({ where: { workflowId, declared: true, environmentId: null } })).toBe(1);
  });
});

describe("what is missing in an environment", () => {
  it("keeps the version out, by name", async () => {
    const call = { id: "call", kind: "http", config: { url: "https://example.com/{{ vars.PATHNAME }}", auth: { type: "bearer", token: "{{ secrets.KEY_OF_CALL }}" } } };
    const workflowId = await makeWorkflow(ann, definitionWith(call));
    const { id: versionId } = await publish(ann, workflowId);
    await putSecret({ scope: admin }, { name: "KEY_OF_CALL", value: "dev", environmentId: id.dev! });
    await setVariable({ scope: admin }, { name: "PATHNAME", value: "x", environmentId: id.dev! });
    const planned = await plan(ann, workflowId, "staging");
    expect(planned.checks.map(({ severity, code }) => [severity, code])).toEqual([["error", "secret_missing"], ["error", "variable_missing"]]);
    expect(planned.values).toMatchObject([{ what: "secret", name: "KEY_OF_CALL", from: "own", to: null, fromValue: null }, { what: "variable", name: "PATHNAME", from: "own", to: null, fromValue: '"x"' }]);
    await expect(promote(ann, workflowId, versionId, "staging")).rejects.toMatchObject({ kind: "promotion_refused", message: expect.stringContaining("KEY_OF_CALL has no value in Staging") as string });
    await putSecret({ scope: admin }, { name: "KEY_OF_CALL", value: "all" });
    await setVariable({ scope: admin }, { name: "PATHNAME", value: "y" });
    expect((await plan(ann, workflowId, "staging")).checks.map(({ severity, code }) => [severity, code])).toEqual([["warning", "value_general"], ["warning", "value_general"]]);
    await changeEnvironment({ scope: admin }, { environmentId: id.staging!, isStrict: true });
    await expect(promote(ann, workflowId, versionId, "staging")).rejects.toMatchObject({ kind: "promotion_refused" });
    await changeEnvironment({ scope: admin }, { environmentId: id.staging!, isStrict: false });
    await promote(ann, workflowId, versionId, "staging");
    await deleteSecret({ scope: admin }, { name: "KEY_OF_CALL" });
  });

  it("is a workflow that it calls", async () => {
    const calledId = await makeWorkflow(ann);
    const called = await publish(ann, calledId);
    const workflowId = await makeWorkflow(ann, definitionWith({ id: "sub", kind: "subworkflow", config: { workflow: calledId } }));
    const { id: versionId } = await publish(ann, workflowId);
    await expect(promote(ann, workflowId, versionId, "staging")).rejects.toMatchObject({ kind: "promotion_refused", data: { problems: [{ code: "workflow_not_there", nodeId: "sub" }] } });
    await promote(ann, calledId, called.id, "staging");
    await promote(ann, workflowId, versionId, "staging");
  });
});

describe("rules that promotion does not get around", () => {
  let folderId: string;
  beforeEach(async () => {
    folderId = (await organizing.createFolder({ scope: admin }, { name: `F ${newId()}`, parentId: null })).id;
  });

  it("are locked folders", async () => {
    const workflowId = await makeWorkflow(ann, definitionWith(), folderId);
    const { id: versionId } = await publish(ann, workflowId);
    await setRule({ scope: admin }, { folderId, needsReview: false, isLocked: true, mayPublish: NOBODY, mayChange: NOBODY });
    await expect(promote(ann, workflowId, versionId, "staging")).rejects.toMatchObject({ kind: "locked" });
    await expect(service.withdraw({ scope: ann }, { workflowId, environment: "dev" })).rejects.toMatchObject({ kind: "locked" });
  });

  it("are reviews: a version of before the rule waits for one, a reviewed one goes all the way", async () => {
    const workflowId = await makeWorkflow(ann, definitionWith(), folderId);
    const one = await publish(ann, workflowId);
    await setRule({ scope: admin }, { folderId, needsReview: true, isLocked: false, mayPublish: { roles: ["admin"], userIds: [] }, mayChange: NOBODY });
    await expect(promote(ann, workflowId, one.id, "staging")).rejects.toMatchObject({ kind: "review_needed", data: { version: 1, mayBypass: false } });
    await expect(promote(ann, workflowId, one.id, "staging", { bypassReview: true })).rejects.toMatchObject({ kind: "review_needed" });
    await expect(promote(admin, workflowId, one.id, "staging")).rejects.toMatchObject({ kind: "review_needed", data: { mayBypass: true } });
    await promote(admin, workflowId, one.id, "staging", { bypassReview: true });
    expect(await rawDb().auditEvent.count({ where: { action: "review.bypassed", resourceId: workflowId } })).toBe(1);
    await expect(promote(ann, workflowId, one.id, "production")).rejects.toMatchObject({ kind: "review_needed" });
    await edit(ann, workflowId);
    const { id: reviewId } = await requestReview({ scope: ann }, { workflowId, note: "" });
    const bob = await makeScope("builder", admin.workspaceId);
    await decideReview({ scope: bob }, { reviewId, decision: "approved", text: "" });
    const two = await publish(ann, workflowId);
    await promote(ann, workflowId, two.id, "staging");
    await promote(ann, workflowId, two.id, "production");
    await expect(rollBack(ann, workflowId, one.id, "staging")).rejects.toMatchObject({ kind: "review_needed" });
  });

  it("are those who may promote into an environment", async () => {
    const workflowId = await makeWorkflow(ann);
    const { id: versionId } = await publish(ann, workflowId);
    await changeEnvironment({ scope: admin }, { environmentId: id.staging!, promoters: { roles: ["admin"], userIds: [] } });
    await expect(promote(ann, workflowId, versionId, "staging")).rejects.toMatchObject({ kind: "forbidden" });
    await changeEnvironment({ scope: admin }, { environmentId: id.staging!, promoters: { roles: ["admin"], userIds: [ann.userId!] } });
    await promote(ann, workflowId, versionId, "staging");
    await changeEnvironment({ scope: admin }, { environmentId: id.staging!, promoters: NOBODY });
  });

  it("are the places and scopes of whoever asks", async () => {
    const elsewhere = await makeScope("admin");
    const workflowId = await makeWorkflow(ann);
    const { id: versionId } = await publish(ann, workflowId);
    await expect(promote(elsewhere, workflowId, versionId, id.staging!)).rejects.toMatchObject({ kind: "not_found" });
    const [theirs] = await addEnvironments({ scope: elsewhere }, { environments: THREE });
    await expect(promote(ann, workflowId, versionId, theirs!.id)).rejects.toMatchObject({ kind: "not_found", data: { what: "environment" } });
    await expect(setVariable({ scope: ann }, { name: "X", value: 1, environmentId: theirs!.id })).rejects.toMatchObject({ kind: "not_found" });
    const person = await makePerson(admin.organizationId);
    await grantPart(admin, person.id, "builder", { folderId });
    const narrow = (await openUserScope(person.id, { id: admin.workspaceId })).for("workflow:publish");
    await expect(promote(narrow, workflowId, versionId, "staging")).rejects.toMatchObject({ kind: "not_found" });
    const own = await makeWorkflow(narrow, definitionWith(), folderId);
    await promote(narrow, own, (await publish(narrow, own)).id, "staging");
    const { token } = await createToken({ scope: admin }, { name: "narrow", scopes: [`workflow:publish:/${(await rawDb().folder.findUniqueOrThrow({ where: { id: folderId } })).name}`], expiresInDays: 1 } as never);
    const byToken = (await openTokenScope(token)).for("workflow:publish");
    await expect(promote(byToken, workflowId, versionId, "staging")).rejects.toMatchObject({ kind: "not_found" });
  });

  it("are rights: nobody promotes what acts for another, and the rights of a version stay its publisher's", async () => {
    const { email } = await rawDb().user.findUniqueOrThrow({ where: { id: ann.userId! } });
    const workflowId = await makeWorkflow(ann, definitionWith({}, { runAs: email }));
    const { id: versionId } = await publish(ann, workflowId);
    await expect(promote(admin, workflowId, versionId, "staging")).rejects.toMatchObject({ kind: "promotion_refused", data: { problems: [{ code: "identity_not_yours" }] } });
    await promote(ann, workflowId, versionId, "staging");
    const plain = await makeWorkflow(ann);
    const version = await publish(ann, plain);
    const before = (await rawDb().workflowVersion.findUniqueOrThrow({ where: { id: version.id } })).publisherRights;
    await promote(admin, plain, version.id, "staging");
    expect(before).toEqual({ role: "builder" });
    expect((await rawDb().workflowVersion.findUniqueOrThrow({ where: { id: version.id } })).publisherRights).toEqual(before);
    const bound = await createTrigger({ scope: ann }, { workflowId: plain, kind: "webhook", name: "Bound", config: {}, settings: { runAs: email }, nodeId: null, versionNumber: null, environmentId: id.staging! });
    expect(bound.environment?.slug).toBe("staging");
    const next = await publishNext(admin, plain);
    await expect(promote(admin, plain, next.id, "staging")).rejects.toMatchObject({ kind: "invalid_input", message: expect.stringContaining("the identity of the trigger Bound") as string });
  });
});

describe("environments of a workspace", () => {
  it("begin with what is published deployed in all of them, and end leaving it live", async () => {
    const scope = await makeScope("admin");
    const workflowId = await makeWorkflow(scope);
    await publish(scope, workflowId);
    await publishNext(scope, workflowId);
    const made = await addEnvironments({ scope }, { environments: THREE });
    const { environments, history } = await service.deploymentsOfWorkflow({ scope }, { workflowId });
    expect(environments.map(({ slug, isLive, current }) => [slug, isLive, current?.version.number, current?.kind])).toEqual([["dev", false, 2, "initial"], ["staging", false, 2, "initial"], ["production", true, 2, "initial"]]);
    expect(history.filter(({ replacedAt }) => replacedAt !== null).map(({ environmentId, version }) => [environmentId, version.number])).toEqual([[made[2]!.id, 1]]);
    const [dev, staging, production] = made.map((one) => one.id);
    await expect(orderEnvironments({ scope }, { environmentIds: [production!, staging!, dev!] })).rejects.toMatchObject({ kind: "invalid_input" });
    expect((await orderEnvironments({ scope }, { environmentIds: [staging!, dev!, production!] })).map(({ slug }) => slug)).toEqual(["staging", "dev", "production"]);
    expect((await addEnvironments({ scope }, { environments: [{ name: "QA", slug: "qa", color: "pink" }] })).map(({ slug }) => slug)).toEqual(["staging", "dev", "qa", "production"]);
    await expect(addEnvironments({ scope }, { environments: [{ name: "QA", slug: "qa", color: "pink" }] })).rejects.toMatchObject({ kind: "name_taken" });
    await setVariable({ scope }, { name: "REGION", value: 1, environmentId: dev! });
    await expect(removeEnvironment({ scope }, { environmentId: production!, withdraw: true })).rejects.toMatchObject({ kind: "invalid_input" });
    await expect(removeEnvironment({ scope }, { environmentId: dev!, withdraw: true })).rejects.toMatchObject({ kind: "in_use", data: { usedBy: ["variable REGION"] } });
    await expect(removeEnvironment({ scope }, { environmentId: staging!, withdraw: false })).rejects.toMatchObject({ kind: "in_use", data: { usedBy: [expect.stringMatching(/^workflow W /)] } });
    await rawDb().variable.deleteMany({ where: { environmentId: dev! } });
    for (const { id: environmentId } of await listEnvironments({ scope })) await removeEnvironment({ scope }, { environmentId, withdraw: true });
    expect([await listEnvironments({ scope }), await live(workflowId)]).toEqual([[], 2]);
    expect((await publishNext(scope, workflowId)).current).toBe(true);
  });

  it("keep what was deployed told", async () => {
    const workflowId = await makeWorkflow(ann);
    await publish(ann, workflowId);
    const [row] = await rawDb().deployment.findMany({ where: { workflowId } });
    await expect(rawDb().deployment.update({ where: { id: row!.id }, data: { note: "other" } })).rejects.toThrow(/only added to/);
  });
});
