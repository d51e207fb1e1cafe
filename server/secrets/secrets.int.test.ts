import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Scope } from "@/server/auth/scope";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { makeScope } from "@/server/testing/factories";
import { deleteSecret, listSecrets, putSecret, resolveSecrets } from "./service";

let scope: Scope;
let stranger: Scope;

beforeAll(async () => {
  scope = await makeScope("builder");
  stranger = await makeScope("builder");
});
afterAll(closeConnections);

describe("secrets", () => {
  it("go in, never come out by the API, and resolve for a run", async () => {
    expect(await putSecret({ scope }, { name: "API_KEY", value: "s3cr3t-välue", description: "for tests" })).toEqual({ name: "API_KEY", revision: 1 });
    const listed = await listSecrets({ scope });
    expect(listed).toMatchObject([{ name: "API_KEY", description: "for tests", revision: 1, lastUsedAt: null, updatedBy: "Test builder" }]);
    expect(JSON.stringify(listed)).not.toContain("s3cr3t");

    const run = { workspaceId: scope.workspaceId, runId: newId() };
    const { values, missing } = await resolveSecrets(run, ["API_KEY", "ABSENT"]);
    expect(values.get("API_KEY")).toBe("s3cr3t-välue");
    expect(missing).toEqual(["ABSENT"]);
    expect((await listSecrets({ scope }))[0]?.lastUsedAt).not.toBeNull();
  });

  it("are sealed: the value is in no row, and a row copied elsewhere does not open", async () => {
    const row = await rawDb().secret.findFirstOrThrow({ where: { workspaceId: scope.workspaceId, name: "API_KEY" } });
    expect(Buffer.from(row.sealed!).includes("s3cr3t")).toBe(false);
    await putSecret({ scope: stranger }, { name: "OWN", value: "other" });
    const foreign = await rawDb().secret.findFirstOrThrow({ where: { workspaceId: stranger.workspaceId } });
    await rawDb().secret.update({ where: { id: foreign.id }, data: { sealed: row.sealed } });
    await expect(resolveSecrets({ workspaceId: stranger.workspaceId, runId: newId() }, ["OWN"])).rejects.toThrow(/does not open/);
  });

  it("stay in their workspace", async () => {
    const { missing } = await resolveSecrets({ workspaceId: stranger.workspaceId, runId: newId() }, ["API_KEY"]);
    expect(missing).toEqual(["API_KEY"]);
    await expect(deleteSecret({ scope: stranger }, { name: "API_KEY" })).rejects.toMatchObject({ kind: "not_found" });
  });

  it("take a new value under a new revision, and keep it when only the description changes", async () => {
    expect(await putSecret({ scope }, { name: "API_KEY", value: "second" })).toMatchObject({ revision: 2 });
    expect(await putSecret({ scope }, { name: "API_KEY", description: "changed" })).toMatchObject({ revision: 2 });
    const { values } = await resolveSecrets({ workspaceId: scope.workspaceId, runId: newId() }, ["API_KEY"]);
    expect(values.get("API_KEY")).toBe("second");
    await expect(putSecret({ scope }, { name: "NEW" })).rejects.toMatchObject({ kind: "invalid_input", data: { field: "value" } });
  });

  it("leave one audit event per run and secret, and none with a value in it", async () => {
    const run = { workspaceId: scope.workspaceId, runId: newId() };
    await Promise.all([1, 2, 3].map(() => resolveSecrets(run, ["API_KEY"])));
    const uses = await rawDb().auditEvent.findMany({ where: { action: "secret.used", actorId: run.runId } });
    expect(uses).toMatchObject([{ resourceName: "API_KEY", organizationId: scope.organizationId, workspaceId: scope.workspaceId }]);
    const all = await rawDb().auditEvent.findMany({ where: { workspaceId: scope.workspaceId } });
    expect(all.map(({ action }) => action)).toEqual(expect.arrayContaining(["secret.created", "secret.changed"]));
    expect(JSON.stringify(all)).not.toMatch(/s3cr3t|second/);
  });

  it("share one data key when many are made at once", async () => {
    const fresh = await makeScope("builder");
    await Promise.all([1, 2, 3, 4, 5].map((n) => putSecret({ scope: fresh }, { name: `S${n}`, value: `v${n}` })));
    expect(await rawDb().dataKey.count({ where: { workspaceId: fresh.workspaceId } })).toBe(1);
  });

  it("are gone when deleted", async () => {
    await deleteSecret({ scope }, { name: "API_KEY" });
    expect(await rawDb().secret.count({ where: { workspaceId: scope.workspaceId, name: "API_KEY" } })).toBe(0);
  });
});
