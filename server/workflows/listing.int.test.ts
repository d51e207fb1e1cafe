import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { Scope } from "@/server/auth/scope";
import { closeConnections, rawDb } from "@/server/db/client";
import { createFolder, createTag, moveItems, setFavorite } from "@/server/organizing/service";
import { startRun } from "@/server/runs/service";
import { makeScope } from "@/server/testing/factories";
import type { z } from "zod";
import { type changeManyInput, listWorkflowsInput } from "./contract";
import * as service from "./service";

let scope: Scope;
beforeEach(async () => {
  scope = await makeScope("builder");
});
afterAll(closeConnections);

const definitionWith = (text: string) => ({
  schema: 1,
  nodes: [{ id: "start", kind: "trigger.manual" }, { id: "say", name: "Speak up", kind: "set", config: { values: { text } } }],
  edges: [{ from: "start", to: "say" }],
});
const create = async (name: string, text = "nothing", description = "") => (await service.createWorkflow({ scope }, { name, description, definition: definitionWith(text) })).id;
const list = (input: z.input<typeof listWorkflowsInput> = {}) => service.listWorkflows({ scope }, listWorkflowsInput.parse(input));
const names = async (input: z.input<typeof listWorkflowsInput> = {}) => (await list(input)).items.map(({ name }) => name);
const many = (action: z.output<typeof changeManyInput>["action"], ...workflowIds: string[]) => service.changeMany({ scope }, { workflowIds, action });

describe("search", () => {
  it("finds names, descriptions and what nodes say, and tells where", async () => {
    await create("Alpha", "https://shop.example/products", "Counts the stock");
    await create("Beta", "100% of a_b");
    expect(await names({ search: "STOCK alpha" })).toEqual(["Alpha"]);
    expect(await names({ search: "speak up" })).toEqual(["Beta", "Alpha"]);
    expect((await list({ search: "shop.example" })).items).toMatchObject([{ name: "Alpha", matches: [{ nodeId: "say", nodeName: "Speak up", field: "values.text", before: "https://", match: "shop.example", after: "/products" }] }]);
    expect(await names({ search: "100%" })).toEqual(["Beta"]);
    expect(await names({ search: "a_b" })).toEqual(["Beta"]);
    expect(await names({ search: "trigger.manual" })).toEqual([]);
  });

  it("finds what stands beside the steps, and knows no case beyond ASCII either", async () => {
    const definition = {
      ...definitionWith("x"),
      edges: [{ from: "start", to: "say", when: "{{ input.huge > 1 }}" }],
      annotations: [{ id: "n", text: "ÄLTESTE zuerst", position: { x: 0, y: 0 }, size: { width: 1, height: 1 } }],
      input: { type: "object", properties: { orderNo: { type: "string", title: "Belegnummer" } } },
      output: { receipt: "{{ steps.say.output.paper }}" },
    };
    await service.createWorkflow({ scope }, { name: "Übersicht Öl", description: "", definition });
    for (const search of ["HUGE", "älteste", "ORDERNO", "belegnummer", "paper", "übersicht ÖL", "ÜBERSICHT"]) expect([search, await names({ search })]).toEqual([search, ["Übersicht Öl"]]);
  });

  it("tells which of some are there still", async () => {
    await create("Bystander");
    const [kept, archived, deleted, other] = [await create("Kept"), await create("Put away"), await create("Thrown away"), (await service.createWorkflow({ scope: await makeScope("owner") }, { name: "Foreign", description: "", definition: definitionWith("x") })).id];
    await many("archive", archived);
    await many("delete", deleted);
    const ids = [kept, archived, deleted, other];
    expect([await names({ ids }), await names({ ids, archived: true }), await names({ ids, deleted: true })]).toEqual([["Kept"], ["Put away"], ["Thrown away"]]);
    expect(await names({ ids, search: "away" })).toEqual([]);
  });

  it("follows the draft, whoever writes it, and lives with what JSON functions refuse", async () => {
    const workflowId = await create("Changing", "before");
    await service.updateDraft({ scope }, { workflowId, revision: 1, definition: { ...definitionWith("after"), note: "\u0000" } });
    expect([await names({ search: "before" }), await names({ search: "after" })]).toEqual([[], ["Changing"]]);
    await service.renameWorkflow({ scope }, { workflowId, name: "Renamed" });
    expect(await names({ search: "renamed" })).toEqual(["Renamed"]);
    const stranger = await makeScope("owner");
    expect((await service.listWorkflows({ scope: stranger }, { limit: 9, archived: false, search: "after" })).items).toEqual([]);
  });

  it("goes through the index", async () => {
    await create("Some");
    const plan = await rawDb().$transaction(async (tx) => {
      await tx.$executeRaw`set local enable_seqscan = off`;
      return tx.$queryRaw<{ "QUERY PLAN": string }[]>`explain select workflow_id from workflow_search where content ilike '%needle%'`;
    });
    expect(plan.map((row) => row["QUERY PLAN"]).join("\n")).toContain("workflow_search_content_idx");
  });
});

describe("order and pages", () => {
  it.each([["updated", ["B", "C", "a"]], ["created", ["B", "C", "a"]], ["name", ["B", "a", "C"]]] as const)("%s, favourites first, one at a time", async (sort, expected) => {
    const ids = [await create("a"), await create("B"), await create("C")];
    await setFavorite({ scope }, { itemType: "workflow", itemId: ids[1]!, favorite: true });
    const seen: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await list({ sort, limit: 1, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.items.map(({ name }) => name));
      if (page.nextCursor === null) break;
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(expected);
  });

  it("by the last run, and by how it went", async () => {
    const ids = [await create("a"), await create("b"), await create("c")];
    for (const workflowId of ids.slice(0, 2)) {
      await service.publish({ scope }, { workflowId, note: "" });
      await startRun({ scope }, { workflowId, mode: "production" });
    }
    expect(await names({ sort: "run" })).toEqual(["b", "a", "c"]);
    const first = await list({ sort: "run", limit: 2 });
    expect(await names({ sort: "run", limit: 2, cursor: first.nextCursor! })).toEqual(["c"]);
    expect(await names({ lastRun: ["queued"] })).toEqual(["b", "a"]);
    expect(await names({ lastRun: "never" })).toEqual(["c"]);
    expect([await names({ state: "published" }), await names({ state: "unpublished" }), await names({ state: "changed" })]).toEqual([["b", "a"], ["c"], []]);
    await service.updateDraft({ scope }, { workflowId: ids[0]!, revision: 1, definition: {} });
    expect(await names({ state: "changed" })).toEqual(["a"]);
  });

  it("refuses a place of another order", async () => {
    await create("a");
    await create("b");
    const { nextCursor } = await list({ limit: 1, sort: "name" });
    await expect(list({ cursor: nextCursor!, sort: "updated" })).rejects.toMatchObject({ kind: "invalid_input", data: { field: "cursor" } });
  });
});

describe("archive, delete and back", () => {
  it("changes several together or none", async () => {
    const ids = [await create("a"), await create("b")];
    const foreign = (await service.createWorkflow({ scope: await makeScope("owner") }, { name: "x", description: "" })).id;
    await expect(many("archive", ids[0]!, foreign)).rejects.toMatchObject({ kind: "not_found" });
    expect(await names()).toEqual(["b", "a"]);
    await many("archive", ...ids);
    expect([await names(), (await names({ archived: true })).sort()]).toEqual([[], ["a", "b"]]);
    await many("restore", ...ids);
    await many("delete", ...ids);
    expect([await names(), (await names({ deleted: true })).sort()]).toEqual([[], ["a", "b"]]);
    await many("undelete", ids[0]!);
    expect([await names(), await names({ deleted: true })]).toEqual([["a"], ["b"]]);
    await expect(many("undelete", ids[0]!)).rejects.toMatchObject({ kind: "not_found" });
  });

  it("does not run what is archived, and says so", async () => {
    const workflowId = await create("Resting");
    await service.publish({ scope }, { workflowId, note: "" });
    await many("archive", workflowId);
    await expect(startRun({ scope }, { workflowId, mode: "production" })).rejects.toThrow("The workflow is archived. Restore it first.");
    await many("restore", workflowId);
    expect(await startRun({ scope }, { workflowId, mode: "production" })).toMatchObject({ mode: "production" });
  });

  it("gives another slug to what comes back when its own is taken", async () => {
    const first = await create("Same");
    await many("delete", first);
    await create("Same");
    await many("undelete", first);
    expect((await list()).items.map(({ slug }) => slug).sort()).toEqual(["same", "same-2"]);
  });

  it("deletes caller and called together, but not the called alone", async () => {
    const called = await create("Called");
    const caller = (await service.createWorkflow({ scope }, { name: "Caller", description: "", definition: { schema: 1, nodes: [{ id: "start", kind: "trigger.manual" }, { id: "call", kind: "subworkflow", config: { workflow: "called" } }], edges: [{ from: "start", to: "call" }] } })).id;
    await service.publish({ scope }, { workflowId: caller, note: "" });
    await expect(many("delete", called)).rejects.toMatchObject({ kind: "in_use", data: { usedBy: ["Caller"] } });
    await many("delete", called, caller);
    expect(await names()).toEqual([]);
  });
});

describe("duplicates", () => {
  it("keep draft, pins, folder, tags and references under a name and slug of their own", async () => {
    const workflowId = await create("Original", "{{ vars.GREETING }}", "What it does");
    await service.updateDraft({ scope }, { workflowId, revision: 1, definition: definitionWith("{{ vars.GREETING }}"), pins: { say: { text: "pinned" } } });
    const folder = await createFolder({ scope }, { name: "Folder", parentId: null });
    await moveItems({ scope }, { itemType: "workflow", itemIds: [workflowId], folderId: folder.id });
    await createTag({ scope }, { itemType: "workflow", name: "tag", color: "green", itemIds: [workflowId] });
    const copy = await service.duplicateWorkflow({ scope }, { workflowId });
    const again = await service.duplicateWorkflow({ scope }, { workflowId: copy.id });
    expect([copy.name, again.name]).toEqual(["Original (copy)", "Original (copy 2)"]);
    const read = await service.getWorkflow({ scope }, { workflowId: copy.id });
    expect(read).toMatchObject({ slug: "original-copy", description: "What it does", folderId: folder.id, tags: [{ name: "tag" }], pins: { say: { text: "pinned" } }, published: null, revision: 1 });
    expect(read.definition).toEqual(definitionWith("{{ vars.GREETING }}"));
    expect(await rawDb().workflowDependency.count({ where: { workflowId: copy.id, targetType: "variable", targetRef: "GREETING" } })).toBe(1);
  });
});
