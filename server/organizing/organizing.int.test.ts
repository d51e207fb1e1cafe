import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { Scope } from "@/server/auth/scope";
import { closeConnections } from "@/server/db/client";
import { makeScope } from "@/server/testing/factories";
import { archiveWorkflow, createWorkflow, deleteWorkflow, listWorkflows } from "@/server/workflows/service";
import * as organizing from "./service";

let scope: Scope;
const itemType = "workflow" as const;

beforeEach(async () => {
  scope = await makeScope("builder");
});
afterAll(closeConnections);

const folder = async (name: string, parentId: string | null = null) => (await organizing.createFolder({ scope }, { name, parentId })).id;
const workflow = async (name: string) => (await createWorkflow({ scope }, { name, description: "" })).id;
const tree = () => organizing.getTree({ scope });
const move = (itemIds: string[], folderId: string | null) => organizing.moveItems({ scope }, { itemType, itemIds, folderId });
const namesIn = async (folderId: string) => (await listWorkflows({ scope }, { limit: 50, archived: false, folderId })).items.map(({ name }) => name).sort();
const shape = async () => (await tree()).folders.map(({ name, parentId, count }) => ({ name, parentId, count }));

describe("folders", () => {
  it("nest, hold workflows and count those in use", async () => {
    const sales = await folder("Sales");
    const north = await folder("North", sales);
    const ids = [await workflow("One"), await workflow("Two"), await workflow("Old")];
    await move([ids[0]!], sales);
    expect((await move([ids[0]!, ids[1]!, ids[2]!], north)).before).toEqual([{ itemId: ids[0], folderId: sales }, { itemId: ids[1], folderId: null }, { itemId: ids[2], folderId: null }]);
    await archiveWorkflow({ scope }, { workflowId: ids[2]! });
    expect(await shape()).toEqual([{ name: "North", parentId: sales, count: 2 }, { name: "Sales", parentId: null, count: 0 }]);
    expect(await namesIn(sales)).toEqual(["One", "Two"]);
    await workflow("Loose");
    expect(await namesIn("none")).toEqual(["Loose"]);
    expect((await tree()).counts).toEqual({ all: 3, unfiled: 1, favorites: 0, archived: 1, deleted: 0 });
  });

  it("have one name at one place", async () => {
    const sales = await folder("Sales");
    await expect(folder("Sales")).rejects.toMatchObject({ kind: "name_taken", data: { field: "name" } });
    const other = await folder("Other");
    await folder("Sales", other);
    await expect(organizing.renameFolder({ scope }, { folderId: other, name: "Sales" })).rejects.toMatchObject({ kind: "name_taken" });
    await organizing.moveFolder({ scope }, { folderId: sales, parentId: other });
    expect((await tree()).folders.map(({ name }) => name)).toEqual(["Other", "Sales", "Sales (2)"]);
  });

  it("never lie in themselves, nor too deep", async () => {
    const a = await folder("a");
    const b = await folder("b", a);
    await expect(organizing.moveFolder({ scope }, { folderId: a, parentId: b })).rejects.toMatchObject({ kind: "invalid_input", data: { field: "parentId" } });
    await expect(organizing.moveFolder({ scope }, { folderId: a, parentId: a })).rejects.toMatchObject({ kind: "invalid_input" });
    let deepest = b;
    for (let depth = 3; depth <= 10; depth += 1) deepest = await folder(`level ${depth}`, deepest);
    await expect(folder("too deep", deepest)).rejects.toMatchObject({ kind: "limit_reached" });
    const c = await folder("c");
    await folder("d", c);
    await expect(organizing.moveFolder({ scope }, { folderId: c, parentId: deepest })).rejects.toMatchObject({ kind: "limit_reached" });
  });

  it("make no circle when two move into each other at the same time", async () => {
    const [a, b] = [await folder("a"), await folder("b")];
    const results = await Promise.allSettled([organizing.moveFolder({ scope }, { folderId: a, parentId: b }), organizing.moveFolder({ scope }, { folderId: b, parentId: a })]);
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  it("give what they hold to the folder above when they are deleted, and take it back", async () => {
    const outer = await folder("Outer");
    const middle = await folder("Middle", outer);
    const inner = await folder("Inner", middle);
    await folder("Inner", outer);
    const [one, two] = [await workflow("One"), await workflow("Two")];
    await move([one, two], middle);
    const deleted = await organizing.deleteFolder({ scope }, { folderId: middle });
    expect((await tree()).folders.map(({ name, parentId, count }) => [name, parentId, count])).toEqual([["Inner", outer, 0], ["Inner (2)", outer, 0], ["Outer", null, 2]]);
    // What was moved elsewhere in between stays there.
    await move([two], null);
    await organizing.restoreFolder({ scope }, deleted);
    expect((await tree()).folders.find(({ id }) => id === inner)?.parentId).toBe(middle);
    expect(await namesIn(middle)).toEqual(["One"]);
    await expect(organizing.restoreFolder({ scope }, deleted)).rejects.toMatchObject({ kind: "not_found" });
  });
});

describe("tags", () => {
  it("are made, changed, given and taken; filters want all of them", async () => {
    const [one, two] = [await workflow("One"), await workflow("Two")];
    const red = await organizing.createTag({ scope }, { itemType, name: "urgent", color: "red", itemIds: [one, two] });
    const blue = await organizing.createTag({ scope }, { itemType, name: "team", color: "blue", itemIds: [] });
    await organizing.tagItems({ scope }, { itemType, itemIds: [one], add: [blue.id, red.id], remove: [] });
    await organizing.updateTag({ scope }, { tagId: blue.id, name: "team a", color: "teal" });
    const both = await listWorkflows({ scope }, { limit: 9, archived: false, tagIds: [red.id, blue.id] });
    expect(both.items.map(({ name, tags }) => [name, tags.map((tag) => `${tag.name} ${tag.color}`)])).toEqual([["One", ["team a teal", "urgent red"]]]);
    await organizing.tagItems({ scope }, { itemType, itemIds: [one, two], add: [], remove: [red.id] });
    expect((await tree()).tags.map(({ name, count }) => [name, count])).toEqual([["team a", 1], ["urgent", 0]]);
    await expect(organizing.createTag({ scope }, { itemType, name: "urgent", color: "red", itemIds: [] })).rejects.toMatchObject({ kind: "name_taken" });
  });

  it("come back with all they were on", async () => {
    const [one, two] = [await workflow("One"), await workflow("Two")];
    const { id: tagId } = await organizing.createTag({ scope }, { itemType, name: "x", color: "pink", itemIds: [one, two] });
    const deleted = await organizing.deleteTag({ scope }, { tagId });
    expect((await tree()).tags).toEqual([]);
    await organizing.createTag({ scope }, { itemType, ...deleted });
    expect((await tree()).tags).toMatchObject([{ name: "x", color: "pink", count: 2 }]);
  });
});

describe("favourites", () => {
  it("are a person's own and come first", async () => {
    const [one] = [await workflow("One"), await workflow("Two")];
    const viewer = await makeScope("viewer", scope.workspaceId);
    await organizing.setFavorite({ scope: viewer }, { itemType, itemId: one, favorite: true });
    await organizing.setFavorite({ scope: viewer }, { itemType, itemId: one, favorite: true });
    const seenBy = async (person: Scope) => (await listWorkflows({ scope: person }, { limit: 9, archived: false })).items.map(({ name, favorite }) => [name, favorite]);
    expect(await seenBy(viewer)).toEqual([["One", true], ["Two", false]]);
    expect(await seenBy(scope)).toEqual([["Two", false], ["One", false]]);
    expect((await organizing.getTree({ scope: viewer })).counts.favorites).toBe(1);
    await organizing.setFavorite({ scope: viewer }, { itemType, itemId: one, favorite: false });
    expect((await listWorkflows({ scope: viewer }, { limit: 9, archived: false, favorites: true })).items).toEqual([]);
  });
});

describe("foreign ids", () => {
  it("are as unknown as missing ones", async () => {
    const mine = await workflow("Mine");
    const mineToo = await folder("Mine");
    const stranger = await makeScope("owner");
    const theirs = (await createWorkflow({ scope: stranger }, { name: "Theirs", description: "" })).id;
    const theirFolder = (await organizing.createFolder({ scope: stranger }, { name: "Theirs", parentId: null })).id;
    const theirTag = (await organizing.createTag({ scope: stranger }, { itemType, name: "theirs", color: "red", itemIds: [] })).id;
    const refused = { kind: "not_found" };
    await expect(move([mine, theirs], mineToo)).rejects.toMatchObject(refused);
    await expect(move([mine], theirFolder)).rejects.toMatchObject(refused);
    await expect(folder("x", theirFolder)).rejects.toMatchObject(refused);
    await expect(organizing.moveFolder({ scope }, { folderId: mineToo, parentId: theirFolder })).rejects.toMatchObject(refused);
    await expect(organizing.tagItems({ scope }, { itemType, itemIds: [mine], add: [theirTag], remove: [] })).rejects.toMatchObject(refused);
    await expect(organizing.createTag({ scope }, { itemType, name: "x", color: "red", itemIds: [theirs] })).rejects.toMatchObject(refused);
    await expect(organizing.setFavorite({ scope }, { itemType, itemId: theirs, favorite: true })).rejects.toMatchObject(refused);
    expect((await listWorkflows({ scope }, { limit: 9, archived: false, folderId: theirFolder })).items).toEqual([]);
    expect(await shape()).toEqual([{ name: "Mine", parentId: null, count: 0 }]);
    await deleteWorkflow({ scope }, { workflowId: mine });
  });
});
