import { afterAll, beforeAll, expect, it } from "vitest";
import type { Scope } from "@/server/auth/scope";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { makeScope } from "@/server/testing/factories";
import { deleteVariable, listVariables, setVariable, readVariables } from "./service";

let scope: Scope;
let stranger: Scope;

beforeAll(async () => {
  scope = await makeScope("builder");
  stranger = await makeScope("builder");
});
afterAll(closeConnections);

it("keeps any JSON value, null included, and lists by name", async () => {
  await setVariable({ scope }, { name: "LIMIT", value: 10, description: "rows" });
  await setVariable({ scope }, { name: "BASE", value: { url: "https://example.com", on: [true, null] } });
  await setVariable({ scope }, { name: "NOTHING", value: null });
  expect(await listVariables({ scope })).toMatchObject([
    { name: "BASE", value: { url: "https://example.com", on: [true, null] } },
    { name: "LIMIT", value: 10, description: "rows", updatedBy: "Test builder" },
    { name: "NOTHING", value: null },
  ]);
});

it("changes a value and keeps the description that is not named", async () => {
  await setVariable({ scope }, { name: "LIMIT", value: 20 });
  const [, limit] = await listVariables({ scope });
  expect(limit).toMatchObject({ name: "LIMIT", value: 20, description: "rows" });
  const changes = await rawDb().auditEvent.findMany({ where: { workspaceId: scope.workspaceId, action: "variable.changed" } });
  expect(changes).toMatchObject([{ before: { value: 10 }, after: { value: 20 } }]);
});

it("hands a run all of its workspace's variables and no others", async () => {
  await setVariable({ scope: stranger }, { name: "THEIRS", value: 1 });
  const snapshot = await readVariables(scope.workspaceId, newId());
  expect(snapshot).toEqual({ BASE: { url: "https://example.com", on: [true, null] }, LIMIT: 20, NOTHING: null });
});

it("deletes its own only", async () => {
  await expect(deleteVariable({ scope: stranger }, { name: "LIMIT" })).rejects.toMatchObject({ kind: "not_found" });
  await deleteVariable({ scope }, { name: "LIMIT" });
  expect((await listVariables({ scope })).map(({ name }) => name)).toEqual(["BASE", "NOTHING"]);
});
