import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openUserScope, type Scope } from "@/server/auth/scope";
import { closeConnections } from "@/server/db/client";
import { createFolder } from "@/server/organizing/service";
import { giveCustomRole, grantPart, makePerson, makeScope } from "@/server/testing/factories";
import * as service from "./service";

let scope: Scope;
let stranger: Scope;

beforeAll(async () => {
  scope = await makeScope("builder");
  stranger = await makeScope("admin");
});
afterAll(closeConnections);

const node = (id: string, kind: string, config: Record<string, unknown> = {}) => ({ id, kind, config });
const definitionWith = (text: string) => ({
  schema: 1,
  nodes: [node("start", "trigger.manual"), node("say", "set", { values: { text } })],
  edges: [{ from: "start", to: "say" }],
});

async function create(name: string, definition?: Record<string, unknown>) {
  return service.createWorkflow({ scope }, { name, description: "", definition });
}

describe("approvers", () => {
  it("are addresses or roles that somebody can have and answer with, when it is published", async () => {
    await makePerson(scope.organizationId).then(({ id }) => giveCustomRole(scope, id, "Finance", ["run:read", "wait:answer"]));
    await makePerson(scope.organizationId).then(({ id }) => giveCustomRole(scope, id, "Readers", ["run:read"]));
    const asking = (approvers: string[]) => ({ schema: 1, nodes: [node("start", "trigger.manual"), node("ask", "approval", { title: "Pay?", approvers })], edges: [{ from: "start", to: "ask" }] });
    const { id: folderId } = await createFolder({ scope }, { name: "Approvers", parentId: null });
    const person = await makePerson(scope.organizationId);
    await grantPart(scope, person.id, "builder", { folderId });
    const inside = (await openUserScope(person.id, { id: scope.workspaceId })).for("workflow:publish");
    const { id: workflowId } = await service.createWorkflow({ scope: inside }, { name: "Asking", description: "", folderId, definition: asking(["Admin", "finance", "a@example.com", "{{ input.who }}"]) });
    expect(await service.publish({ scope: inside }, { workflowId, note: "" })).toMatchObject({ number: 1 });
    await service.updateDraft({ scope: inside }, { workflowId, revision: 1, definition: asking(["operator", "custom", "Fnance", "viewer", "Readers"]) });
    const refused = await service.publish({ scope: inside }, { workflowId, note: "" }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ kind: "invalid_definition", data: { problems: [1, 2, 3, 4].map((index) => ({ code: "invalid_config", nodeId: "ask", path: `/nodes/1/config/approvers/${index}` })) } });
    expect((refused as { data: { problems: { message: string }[] } }).data.problems.map(({ message }) => message)).toEqual([
      "custom is neither an e-mail address nor a role of this organization",
      "Fnance is neither an e-mail address nor a role of this organization",
      "viewer is a role that may not answer approvals",
      "Readers is a role that may not answer approvals",
    ]);
  });
});

describe("drafts", () => {
  it("begin with one trigger, and may be saved however broken they are", async () => {
    const workflow = await create("Fresh");
    expect(workflow).toMatchObject({ revision: 1, slug: "fresh", triggers: ["trigger.manual"], problems: [], published: null, versions: [] });
    const saved = await service.updateDraft({ scope }, { workflowId: workflow.id, revision: 1, definition: { schema: 1, nodes: "none yet" } });
    expect(saved.revision).toBe(2);
    expect(saved.problems[0]).toMatchObject({ severity: "error", path: "/nodes" });
    const read = await service.getWorkflow({ scope }, { workflowId: workflow.id });
    expect(read.definition).toEqual({ schema: 1, nodes: "none yet" });
    expect(read.triggers).toEqual([]);
    await expect(service.publish({ scope }, { workflowId: workflow.id, note: "" })).rejects.toMatchObject({ kind: "invalid_definition" });
  });

  it("are not overwritten by somebody who has not seen the latest", async () => {
    const { id: workflowId } = await create("Contested");
    const save = (text: string) => service.updateDraft({ scope }, { workflowId, revision: 1, definition: definitionWith(text) });
    const results = await Promise.allSettled([save("one"), save("two")]);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const refused = results.find(({ status }) => status === "rejected") as PromiseRejectedResult;
    expect(refused.reason).toMatchObject({ kind: "version_conflict", data: { expectedRevision: 1, currentRevision: 2 } });
  });

  it("keep what JSON can say exactly, in its order", async () => {
    const definition = { ...definitionWith("x"), zeta: "\u0000 and 🚀", alpha: [1e21, -0.5, null] };
    const { id: workflowId } = await create("Exact", definition);
    const read = await service.getWorkflow({ scope }, { workflowId });
    expect(JSON.stringify(read.definition)).toBe(JSON.stringify(definition));
  });
});

describe("names", () => {
  it("are found by id, short name and name, of this workspace alone", async () => {
    const { id, slug } = await create("Named for once", definitionWith("x"));
    const found = { id, slug, name: "Named for once" };
    for (const ref of [id, slug, "Named for once"]) expect(await service.findWorkflowNames({ scope }, { refs: [ref] })).toEqual([found]);
    expect(await service.findWorkflowNames({ scope: await makeScope("owner") }, { refs: [id, slug] })).toEqual([]);
  });
});

describe("versions", () => {
  it("are numbered, immutable and made from valid drafts only", async () => {
    const { id: workflowId } = await create("Versioned", definitionWith("one"));
    const first = await service.publish({ scope }, { workflowId, note: "First" });
    expect(first).toMatchObject({ number: 1, note: "First", current: true });
    expect(await service.publish({ scope }, { workflowId, note: "Again" })).toMatchObject({ id: first.id, number: 1 });
    await service.updateDraft({ scope }, { workflowId, revision: 1, definition: definitionWith("two") });
    expect(await service.getWorkflow({ scope }, { workflowId })).toMatchObject({ draftChanged: true, published: { number: 1 } });
    const second = await service.publish({ scope }, { workflowId, note: "" });
    expect(second.number).toBe(2);
    expect(second.hash).not.toBe(first.hash);
    const versions = await service.listVersions({ scope }, { workflowId });
    expect(versions.map(({ number, current }) => [number, current])).toEqual([[2, true], [1, false]]);
    expect((await service.listVersions({ scope }, { workflowId, cursor: 2 })).map(({ number }) => number)).toEqual([1]);
    const read = await service.getVersion({ scope }, { versionId: first.id });
    expect(read.definition).toMatchObject({ nodes: [{ id: "start" }, { id: "say", config: { values: { text: "one" } } }] });
  });

  it("have a hash that does not know of the layout", async () => {
    const { id: workflowId } = await create("Moved", definitionWith("same"));
    const first = await service.publish({ scope }, { workflowId, note: "" });
    const moved = definitionWith("same");
    Object.assign(moved.nodes[1]!, { position: { x: 300, y: 20 } });
    await service.updateDraft({ scope }, { workflowId, revision: 1, definition: moved });
    const second = await service.publish({ scope }, { workflowId, note: "" });
    expect([second.number, second.hash]).toEqual([2, first.hash]);
  });
});

describe("the list", () => {
  it("pages, searches and leaves out what is archived or foreign", async () => {
    const context = { scope: await makeScope("builder") };
    for (const name of ["Alpha", "Beta", "Gamma"]) await service.createWorkflow(context, { name, description: "" });
    const first = await service.listWorkflows(context, { limit: 2, archived: false });
    expect(first.items.map(({ name }) => name)).toEqual(["Gamma", "Beta"]);
    const rest = await service.listWorkflows(context, { limit: 2, archived: false, cursor: first.nextCursor ?? "" });
    expect([rest.items.map(({ name }) => name), rest.nextCursor]).toEqual([["Alpha"], null]);
    const found = await service.listWorkflows(context, { limit: 10, archived: false, search: "ETA" });
    expect(found.items.map(({ name }) => name)).toEqual(["Beta"]);
    await service.archiveWorkflow(context, { workflowId: found.items[0]!.id });
    expect((await service.listWorkflows(context, { limit: 10, archived: false })).items).toHaveLength(2);
    expect((await service.listWorkflows(context, { limit: 10, archived: true })).items.map(({ name }) => name)).toEqual(["Beta"]);
    expect((await service.listWorkflows({ scope: stranger }, { limit: 10, archived: false })).items).toEqual([]);
    await expect(service.listWorkflows(context, { limit: 2, archived: false, cursor: "nonsense" })).rejects.toMatchObject({ kind: "invalid_input", data: { field: "cursor" } });
  });

  it("refuses to change archived ones, and to delete ones that others call", async () => {
    const { id: called, slug } = await create("Called", definitionWith("x"));
    await service.publish({ scope }, { workflowId: called, note: "" });
    const caller = await create("Caller", { schema: 1, nodes: [node("start", "trigger.manual"), node("call", "subworkflow", { workflow: slug })], edges: [{ from: "start", to: "call" }] });
    await service.publish({ scope }, { workflowId: caller.id, note: "" });
    await expect(service.deleteWorkflow({ scope }, { workflowId: called })).rejects.toMatchObject({ kind: "in_use", data: { usedBy: ["Caller"] } });
    await service.archiveWorkflow({ scope }, { workflowId: caller.id });
    await expect(service.updateDraft({ scope }, { workflowId: caller.id, revision: 1, definition: {} })).rejects.toMatchObject({ kind: "archived" });
    await service.deleteWorkflow({ scope }, { workflowId: called });
    await expect(service.getWorkflow({ scope }, { workflowId: called })).rejects.toMatchObject({ kind: "not_found" });
    expect((await create("Called")).slug).toBe("called");
  });
});

describe("examples", () => {
  it("are all valid and can be published", async () => {
    const context = { scope: await makeScope("builder") };
    await service.prepareFirstWorkspace(context);
    const { items } = await service.listWorkflows(context, { limit: 50, archived: false });
    expect(items.length).toBeGreaterThanOrEqual(4);
    expect(items.every(({ published }) => published?.number === 1)).toBe(true);
  });
});
