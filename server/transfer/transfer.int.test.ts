import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { openUserScope, type Scope } from "@/server/auth/scope";
import { closeConnections } from "@/server/db/client";
import { createFolder, createTag, moveItems } from "@/server/organizing/service";
import { grantPart, makePerson, makeScope } from "@/server/testing/factories";
import { setVariable } from "@/server/variables/service";
import { addVersion, createModule, getModule, listModules } from "@/server/modules/service";
import { createFromExample, createWorkflow, getWorkflow, listWorkflows, snapshotInline } from "@/server/workflows/service";
import { importInput } from "./contract";
import * as transfer from "./service";

let scope: Scope;
beforeEach(async () => {
  scope = await makeScope("builder");
});
afterAll(closeConnections);

const node = (id: string, kind: string, config: Record<string, unknown> = {}) => ({ id, kind, config });
const callee = { schema: 1, nodes: [node("start", "trigger.manual")], edges: [] };
const definition = {
  schema: 1,
  nodes: [
    node("start", "trigger.manual"),
    node("ask", "http", { url: "https://example.com/{{ vars.PLACE }}", auth: { type: "bearer", token: "{{ secrets.KEY }}" } }),
    node("call", "subworkflow", { workflow: "called" }),
  ],
  edges: [{ from: "start", to: "ask" }, { from: "ask", to: "call" }],
};
const bring = (text: string, more: { folderId?: string; name?: string } = {}) => transfer.importWorkflows({ scope }, importInput.parse({ text, ...more }));
const count = async () => (await listWorkflows({ scope }, { limit: 50, archived: false })).items.length;

describe("export and import", () => {
  it.each(["yaml", "json"] as const)("give back the same as %s, with folder and tags, in another workspace", async (format) => {
    const ids: string[] = [];
    for (const [name, draft] of [["Caller", definition], ["Called", callee]] as const) ids.push((await createWorkflow({ scope }, { name, description: `About ${name}`, definition: draft })).id);
    const outer = await createFolder({ scope }, { name: "Outer", parentId: null });
    const inner = await createFolder({ scope }, { name: "Inner", parentId: outer.id });
    await moveItems({ scope }, { itemType: "workflow", itemIds: [ids[0]!], folderId: inner.id });
    await createTag({ scope }, { itemType: "workflow", name: "tag", color: "red", itemIds: [ids[0]!] });
    const file = await transfer.exportWorkflows({ scope }, { workflowIds: ids, format });
    expect(file.fileName).toBe(`workflows.${format}`);

    scope = await makeScope("builder");
    const { workflows } = await bring(file.text);
    expect(workflows).toMatchObject([
      { name: "Caller", slug: "caller", renamedFrom: null, steps: 3, folder: ["Outer", "Inner"], tags: ["tag"], missing: [{ type: "secret", name: "KEY", nodeIds: ["ask"] }, { type: "variable", name: "PLACE", nodeIds: ["ask"] }] },
      { name: "Called", slug: "called", missing: [] },
    ]);
    const read = await getWorkflow({ scope }, { workflowId: workflows[0]!.id });
    expect(read).toMatchObject({ description: "About Caller", tags: [{ name: "tag" }], published: null });
    expect(read.definition).toEqual(definition);
    expect(read.folderId).not.toBeNull();
    expect((await transfer.exportWorkflows({ scope }, { workflowIds: workflows.map(({ id }) => id), format })).text).toBe(file.text);
  });

  it("give another slug where one is taken, and calls within the file follow", async () => {
    const first = await transfer.exportWorkflows({ scope }, { workflowIds: [(await createWorkflow({ scope }, { name: "Called", description: "", definition: callee })).id, (await createWorkflow({ scope }, { name: "Caller", description: "", definition })).id], format: "yaml" });
    const preview = await transfer.previewImport({ scope }, { text: first.text, fileName: "x.yaml" });
    expect(preview.entries.map(({ slug, renamedFrom }) => [slug, renamedFrom])).toEqual([["called-2", "called"], ["caller-2", "caller"]]);
    expect(await count()).toBe(2);
    const { workflows } = await bring(first.text);
    const { definition: caller } = await getWorkflow({ scope }, { workflowId: workflows[1]!.id });
    expect((caller.nodes as typeof definition.nodes)[2]!.config).toEqual({ workflow: "called-2" });
  });

  it("bring all of a file into the folder that a person of limited access names, and nothing without one", async () => {
    const text = JSON.stringify([{ name: "Called", slug: "called", tags: ["x"], folder: ["Elsewhere"], ...callee }, { name: "Caller", ...definition }]);
    await bring(text);
    const folder = await createFolder({ scope }, { name: "Theirs", parentId: null });
    const person = await makePerson(scope.organizationId);
    await grantPart(await makeScope("owner", scope.workspaceId), person.id, "builder", { folderId: folder.id });
    const parts = (await openUserScope(person.id, { id: scope.workspaceId })).for("workflow:write");
    const theirs = (more: object) => transfer.importWorkflows({ scope: parts }, importInput.parse({ text, ...more }));
    await expect(theirs({})).rejects.toMatchObject({ kind: "invalid_input", data: { field: "folderId" } });
    const { workflows } = await theirs({ folderId: folder.id });
    expect(workflows).toMatchObject([{ name: "Called", folder: [], tags: [] }, { name: "Caller" }]);
    const caller = await getWorkflow({ scope: parts }, { workflowId: workflows[1]!.id });
    expect([caller.folderId, (caller.definition.nodes as typeof definition.nodes)[2]!.config]).toEqual([folder.id, { workflow: workflows[0]!.slug }]);
    const made = await createFromExample({ scope: parts }, { example: "order-with-sub-workflow", folderId: folder.id });
    expect([made.folderId, made.published?.number]).toEqual([folder.id, 1]);
  });

  it("tell problems with their line, and import nevertheless", async () => {
    const text = "name: Half\nnodes:\n  - id: start\n    kind: trigger.manual\n  - id: ask\n    kind: http\n    config:\n      url: '{{ input. }}'\nedges: []\nschema: 1\n";
    const { entries } = await transfer.previewImport({ scope }, { text, fileName: "half.yaml" });
    expect(entries[0]!.problems).toContainEqual(expect.objectContaining({ severity: "error", nodeId: "ask", line: 8 }));
    expect((await bring(text, { name: "Other" })).workflows).toMatchObject([{ name: "Other", slug: "other" }]);
  });

  it("make all or nothing", async () => {
    const text = `${JSON.stringify([{ name: "a", ...callee }, { name: "b", tags: ["x"], ...callee }])}`;
    await expect(bring(text, { folderId: "01928374-0000-7000-8000-000000000001" })).rejects.toMatchObject({ kind: "not_found" });
    await expect(bring("name: x\nnodes: [")).rejects.toThrow(/line 2/);
    expect(await count()).toBe(0);
  });

  it("know what is there", async () => {
    await setVariable({ scope }, { name: "PLACE", value: 1 });
    const { entries } = await transfer.previewImport({ scope }, { text: JSON.stringify({ name: "x", ...definition }), fileName: "x.json" });
    expect(entries[0]!.missing.map(({ type, name }) => `${type} ${name}`)).toEqual(["secret KEY", "workflow called"]);
  });

  it("give nothing of others", async () => {
    const theirs = await createWorkflow({ scope: await makeScope("owner") }, { name: "Theirs", description: "" });
    await expect(transfer.exportWorkflows({ scope }, { workflowIds: [theirs.id], format: "yaml" })).rejects.toMatchObject({ kind: "not_found" });
  });
});

describe("what a draft names", () => {
  const names = async (of: Scope, workflowId: string) => (await transfer.missingInDraft({ scope: of }, { workflowId })).missing.map(({ type, name, version, nodeIds }) => [type, name, version ?? null, nodeIds.join(" ")].join(" ").trim());

  it("is missing until it is made, from where the workflow lies", async () => {
    const folder = await createFolder({ scope }, { name: "Apart", parentId: null });
    const block = { id: "use", kind: "module", config: { module: "tax", version: 2 } };
    const draft = { ...definition, nodes: [...definition.nodes, block], edges: [...definition.edges, { from: "call", to: "use", when: "{{ vars.LIMIT > 1 }}" }], output: "{{ vars.SHOWN }}" };
    const { id } = await createWorkflow({ scope }, { name: "Caller", description: "", definition: draft });
    expect(await names(scope, id)).toEqual(["block tax  use", "secret KEY  ask", "variable LIMIT  call", "variable PLACE  ask", "variable SHOWN", "workflow called  call"]);
    for (const name of ["LIMIT", "SHOWN"]) await setVariable({ scope }, { name, value: 1 });
    await setVariable({ scope }, { name: "PLACE", value: 1, folderId: folder.id });
    await createWorkflow({ scope }, { name: "called", description: "", definition: callee });
    await createModule({ scope }, { slug: "tax", name: "Tax", description: "", note: "", definition: { schema: 1, nodes: [node("a", "log", { message: "x", level: "info" })], edges: [] } });
    expect(await names(scope, id)).toEqual(["secret KEY  ask", "variable PLACE  ask", "block tax 2 use"]);
    await moveItems({ scope }, { itemType: "workflow", itemIds: [id], folderId: folder.id });
    expect(await names(scope, id)).toEqual(["secret KEY  ask", "block tax 2 use"]);
  });

  it("is told as far as whoever asks may see what there is", async () => {
    const { id } = await createWorkflow({ scope }, { name: "Caller", description: "", definition });
    const folder = await createFolder({ scope }, { name: "Theirs", parentId: null });
    await moveItems({ scope }, { itemType: "workflow", itemIds: [id], folderId: folder.id });
    const viewer = await makeScope("viewer", scope.workspaceId);
    expect(viewer.reach("secret:list")).toBeNull();
    expect(await names(viewer, id)).toEqual(["variable PLACE  ask", "workflow called  call"]);
    await createWorkflow({ scope }, { name: "called", description: "", definition: callee });
    const person = await makePerson(scope.organizationId);
    await grantPart(await makeScope("owner", scope.workspaceId), person.id, "builder", { folderId: folder.id });
    const part = (await openUserScope(person.id, { id: scope.workspaceId })).for("workflow:read");
    expect(await transfer.missingInDraft({ scope: part }, { workflowId: id })).toMatchObject({ isPart: true, missing: expect.arrayContaining([{ type: "workflow", name: "called", nodeIds: ["call"] }]) as unknown });
    await expect(transfer.missingInDraft({ scope: await makeScope("owner") }, { workflowId: id })).rejects.toMatchObject({ kind: "not_found" });
  });
});

/** Of two versions, the second of which contains another block. */
async function makeBlocks(): Promise<void> {
  const steps = (message: string) => ({ schema: 1, nodes: [node("say", "log", { message, level: "info" })], edges: [] });
  await createModule({ scope }, { slug: "inner", name: "Inner", description: "", definition: steps("inner"), note: "" });
  await createModule({ scope }, { slug: "outer", name: "Outer", description: "Around", definition: steps("first"), note: "" });
  await addVersion({ scope }, { module: "outer", definition: { schema: 1, nodes: [node("use", "module", { module: "inner", version: 1 })], edges: [] }, note: "", latest: 1 });
}

describe("blocks in files", () => {
  const using = { schema: 1, nodes: [node("start", "trigger.manual"), node("one", "module", { module: "outer", version: 2 })], edges: [{ from: "start", to: "one" }] };
  const modules = async () => (await listModules({ scope })).map(({ slug, latest }) => `${slug}@${latest}`);
  const named = async (workflowId: string) => ((await getWorkflow({ scope }, { workflowId })).definition.nodes as typeof using.nodes)[1]!.config;

  it("are used by who has access to a folder only, who reads and exports them too, and brings none", async () => {
    const text = await exportUsing();
    const folder = await createFolder({ scope }, { name: "Theirs", parentId: null });
    const person = await makePerson(scope.organizationId);
    await grantPart(await makeScope("owner", scope.workspaceId), person.id, "builder", { folderId: folder.id });
    const parts = (await openUserScope(person.id, { id: scope.workspaceId })).for("workflow:write");
    const theirs = (given: string) => transfer.importWorkflows({ scope: parts }, importInput.parse({ text: given, folderId: folder.id }));
    const { workflows, blocks } = await theirs(text);
    expect(blocks.map(({ slug, present }) => [slug, present])).toEqual([["inner", true], ["outer", true]]);
    expect(await named(workflows[0]!.id)).toMatchObject({ module: "outer", version: 2 });
    const again = await transfer.exportWorkflows({ scope: parts }, { workflowIds: [workflows[0]!.id], format: "yaml" });
    expect(again.text.slice(again.text.indexOf("\n---"))).toBe(text.slice(text.indexOf("\n---")));
    expect(await getModule({ scope: parts }, { module: "outer" })).toMatchObject({ draft: null });
    await expect(theirs(text.replace("message: inner", "message: other"))).rejects.toMatchObject({ kind: "invalid_input", message: expect.stringMatching(/inner, outer/) as string });
    // What was run without being a workflow stays with who sees the whole workspace.
    const { id } = await scope.db.transaction((tx) => snapshotInline(tx, scope, { schema: 1, nodes: [node("start", "trigger.manual")], edges: [] }));
    expect(await parts.db.$queryRaw`select id from block_versions(array[${id}]::uuid[])`).toEqual([]);
    expect(await parts.db.workflowVersion.findMany({ where: { workflowId: null } })).toEqual([]);
  });

  async function exportUsing(): Promise<string> {
    await makeBlocks();
    const { id } = await createWorkflow({ scope }, { name: "Using", description: "", definition: using });
    return (await transfer.exportWorkflows({ scope }, { workflowIds: [id], format: "yaml" })).text;
  }

  it("come along, those within them too, in the versions that are used, and keep what they are", async () => {
    const text = await exportUsing();
    scope = await makeScope("builder");
    const preview = await transfer.previewImport({ scope }, { text, fileName: "x.yaml" });
    expect(preview.blocks).toMatchObject([{ slug: "inner", versions: 1, present: false, renamedFrom: null, problems: [] }, { slug: "outer", versions: 1, present: false }]);
    expect(preview.entries[0]!.missing).toEqual([]);
    const { workflows } = await bring(text);
    expect(await modules()).toEqual(["inner@1", "outer@1"]);
    // There the version was the second; here it is the first.
    expect(await named(workflows[0]!.id)).toEqual({ module: "outer", version: 1 });
    expect((await bring(text)).blocks.map(({ present }) => present)).toEqual([true, true]);
    expect(await modules()).toEqual(["inner@1", "outer@1"]);
  });

  it("take the version that the workspace has of the same", async () => {
    const text = await exportUsing();
    const { workflows, blocks } = await bring(text);
    expect(blocks.map(({ slug, present }) => [slug, present])).toEqual([["inner", true], ["outer", true]]);
    expect(await named(workflows[0]!.id)).toEqual({ module: "outer", version: 2 });
    expect(await modules()).toEqual(["inner@1", "outer@2"]);
  });

  it("leave another block of the same name alone, and what contains it moves with it", async () => {
    const text = await exportUsing();
    scope = await makeScope("builder");
    await createModule({ scope }, { slug: "inner", name: "Something else", description: "", definition: { schema: 1, nodes: [node("say", "log", { message: "other", level: "info" })], edges: [] }, note: "" });
    const { workflows, blocks } = await bring(text);
    expect(blocks.map(({ slug, renamedFrom }) => [slug, renamedFrom])).toEqual([["inner-2", "inner"], ["outer", null]]);
    const again = await transfer.exportWorkflows({ scope }, { workflowIds: [workflows[0]!.id], format: "yaml" });
    expect(again.text).toContain("module: inner-2");
    expect((await modules()).toSorted()).toEqual(["inner-2@1", "inner@1", "outer@1"]);
  });

  it("come along with approvers that nobody here can be, with which none is made here", async () => {
    const asking = { schema: 1, nodes: [node("ask", "approval", { title: "Pay?", approvers: ["Finance"] })], edges: [] };
    const text = JSON.stringify([{ name: "x", ...using }, { block: "outer", version: 2, definition: asking }]);
    await bring(text);
    expect(await modules()).toEqual(["outer@1"]);
    const refused = { kind: "invalid_definition", data: { problems: [{ nodeId: "ask", path: "/nodes/0/config/approvers/0" }] } };
    await expect(createModule({ scope }, { slug: "asking", name: "Asking", description: "", definition: asking, note: "" })).rejects.toMatchObject(refused);
    await expect(addVersion({ scope }, { module: "outer", definition: asking, note: "", latest: 1 })).rejects.toMatchObject(refused);
    expect(await modules()).toEqual(["outer@1"]);
  });

  it("are named where they are missing, and nothing is made when one is broken", async () => {
    const { entries } = await transfer.previewImport({ scope }, { text: JSON.stringify({ name: "x", ...using }), fileName: "x.json" });
    expect(entries[0]!.missing).toEqual([{ type: "block", name: "outer", nodeIds: ["one"] }]);
    const text = JSON.stringify([{ name: "x", ...using }, { block: "outer", version: 2, definition: { schema: 1, nodes: [node("say", "log", { message: "{{ }", level: "info" })], edges: [] } }]);
    expect((await transfer.previewImport({ scope }, { text, fileName: "x.json" })).blocks[0]!.problems.map(({ severity, nodeId }) => [severity, nodeId])).toContainEqual(["error", "say"]);
    await expect(bring(text)).rejects.toMatchObject({ kind: "invalid_definition" });
    expect([await count(), await modules()]).toEqual([0, []]);
  });
});

describe("export of many", () => {
  it("takes the named in their order, or all that are in use", async () => {
    for (const name of ["b", "a"]) await createWorkflow({ scope }, { name, description: "", definition: callee });
    const names = async (slugs: string[]) => [...(await transfer.exportMany({ scope }, { slugs, format: "yaml" })).text.matchAll(/^slug: (.*)$/gm)].map((match) => match[1]);
    expect([await names(["b", "a"]), await names([])]).toEqual([["b", "a"], ["a", "b"]]);
    await expect(names(["a", "c"])).rejects.toMatchObject({ kind: "not_found" });
  });
});
