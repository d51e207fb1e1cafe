import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Scope } from "@/server/auth/scope";
import { closeConnections } from "@/server/db/client";
import { makeScope } from "@/server/testing/factories";
import * as service from "./service";

let admin: Scope;
let operator: Scope;
let viewer: Scope;
let stranger: Scope;

beforeAll(async () => {
  admin = await makeScope("admin");
  operator = await makeScope("operator", admin.workspaceId);
  viewer = await makeScope("viewer", admin.workspaceId);
  stranger = await makeScope("owner");
});
afterAll(closeConnections);

const page = "runs" as const;
const names = async (scope: Scope) => (await service.listViews({ scope }, { page })).map(({ name, mayChange }) => `${name}${mayChange ? "" : " (fixed)"}`);

describe("saved views", () => {
  it("are a person's own until they are shared with the workspace", async () => {
    const own = await service.createView({ scope: viewer }, { page, name: "Mine", query: "status=failed", shared: false });
    await service.createView({ scope: operator }, { page, name: "Mine", query: "status=running", shared: false });
    const shared = await service.createView({ scope: operator }, { page, name: "Last night", query: "range=day", shared: true });
    expect([await names(viewer), await names(operator), await names(admin), await names(stranger)]).toEqual([["Last night (fixed)", "Mine"], ["Last night", "Mine"], ["Last night"], []]);
    expect(shared).toMatchObject({ owner: "Test operator", query: "range=day" });
    expect(await service.updateView({ scope: viewer }, { viewId: own.id, name: "Failed", query: "status=failed&range=day" })).toMatchObject({ name: "Failed", shared: false });
    await service.removeView({ scope: viewer }, { viewId: own.id });
    expect(await names(viewer)).toEqual(["Last night (fixed)"]);
  });

  it("are changed by who may, and nobody learns of those of others", async () => {
    const own = await service.createView({ scope: operator }, { page, name: "Secret", query: "", shared: false });
    const shared = await service.createView({ scope: operator }, { page, name: "For all", query: "", shared: true });
    for (const scope of [viewer, admin, stranger]) await expect(service.updateView({ scope }, { viewId: own.id, name: "x" })).rejects.toMatchObject({ kind: "not_found" });
    await expect(service.removeView({ scope: stranger }, { viewId: shared.id })).rejects.toMatchObject({ kind: "not_found" });
    await expect(service.removeView({ scope: viewer }, { viewId: shared.id })).rejects.toMatchObject({ kind: "forbidden" });
    await expect(service.createView({ scope: viewer }, { page, name: "Loud", query: "", shared: true })).rejects.toMatchObject({ kind: "forbidden" });
    await expect(service.createView({ scope: admin }, { page, name: "For all", query: "", shared: true })).rejects.toMatchObject({ kind: "name_taken" });
    expect(await service.updateView({ scope: admin }, { viewId: shared.id, name: "For everybody" })).toMatchObject({ name: "For everybody", owner: "Test operator" });
  });
});
