import { describe, expect, it } from "vitest";
import { guardArguments } from "./tenant-guard";

const tenant = { workspaceId: "ours", organizationId: "our-org" };
const guarded = (model: string, operation: string, args?: unknown) => guardArguments(tenant, model, operation, args);

describe("the tenant guard", () => {
  it.each(["findMany", "findFirst", "findUnique", "count", "aggregate", "groupBy", "deleteMany", "delete"])("filters %s", (operation) => {
    expect(guarded("Workflow", operation, { where: { id: "x", workspaceId: "theirs" }, take: 1 })).toEqual({
      where: { id: "x", workspaceId: "ours" },
      take: 1,
    });
  });

  it("filters an operation without arguments", () => {
    expect(guarded("Workflow", "findMany")).toEqual({ where: { workspaceId: "ours" } });
  });

  it("owns what is created, one or many", () => {
    expect(guarded("Tag", "create", { data: { name: "a", workspaceId: "theirs" } })).toEqual({ data: { name: "a", workspaceId: "ours" } });
    expect(guarded("Tag", "createMany", { data: [{ name: "a" }, { name: "b" }] })).toEqual({
      data: [{ name: "a", workspaceId: "ours" }, { name: "b", workspaceId: "ours" }],
    });
    expect(guarded("Tag", "createManyAndReturn", { data: { name: "a" } })).toEqual({ data: { name: "a", workspaceId: "ours" } });
  });

  it("moves nothing into another workspace", () => {
    const expected = { where: { id: "x", workspaceId: "ours" }, data: { name: "a", workspaceId: "ours" } };
    expect(guarded("Tag", "update", { where: { id: "x" }, data: { name: "a", workspaceId: "theirs" } })).toEqual(expected);
    expect(guarded("Tag", "updateMany", { where: {}, data: { name: "a" } })).toEqual({ where: { workspaceId: "ours" }, data: { name: "a" } });
    expect(guarded("Tag", "upsert", { where: { id: "x" }, create: { name: "a" }, update: { workspaceId: "theirs" } })).toEqual({
      where: { id: "x", workspaceId: "ours" },
      create: { name: "a", workspaceId: "ours" },
      update: { workspaceId: "ours" },
    });
  });

  it("reads shared rows beside its own, and keeps other conditions", () => {
    const { where } = guarded("CatalogItem", "findMany", { where: { type: "adapter", AND: { enabled: true } } }) as { where: Record<string, unknown> };
    expect(where).toMatchObject({ type: "adapter" });
    expect(where.AND).toEqual([
      { enabled: true },
      { OR: [{ workspaceId: "ours" }, { workspaceId: null, OR: [{ organizationId: null }, { organizationId: "our-org" }] }] },
    ]);
    expect(guarded("CatalogItem", "updateMany", { where: {}, data: {} })).toEqual({ where: { workspaceId: "ours" }, data: {} });
  });

  it("refuses models of no workspace, and changes above it", () => {
    expect(() => guarded("Session", "findMany")).toThrow(/not possible/);
    expect(() => guarded("Organization", "update", { where: { id: "x" }, data: {} })).toThrow(/not possible/);
    expect(() => guarded("SomethingNew", "findMany")).toThrow(/not possible/);
    expect(guarded("Workspace", "update", { where: { id: "theirs" }, data: { name: "a" } })).toEqual({ where: { id: "ours" }, data: { name: "a" } });
  });
});
