import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTokenScope, type Scope } from "@/server/auth/scope";
import { closeConnections, rawDb } from "@/server/db/client";
import { makeScope } from "@/server/testing/factories";
import { createToken, listTokens, revokeToken } from "./service";

let scope: Scope;

beforeAll(async () => {
  scope = await makeScope("builder");
});
afterAll(closeConnections);

const input = { name: "CI", scopes: ["workflow:read", "run:start"], expiresInDays: 30 };

describe("API tokens", () => {
  it("are shown once and stored as a hash", async () => {
    const created = await createToken({ scope }, input);
    expect(created.token).toMatch(/^mlr_[A-Za-z0-9_-]{43}$/);
    const listed = await listTokens({ scope });
    expect(listed).toMatchObject([{ name: "CI", prefix: created.token.slice(0, 10), owner: { name: "Test builder" } }]);
    const row = await rawDb().apiToken.findUniqueOrThrow({ where: { id: created.id } });
    expect(JSON.stringify([listed, row])).not.toContain(created.token.slice(10));
  });

  it("open a scope with their permissions only", async () => {
    const { token } = await createToken({ scope }, input);
    const opened = await openTokenScope(token);
    expect(opened.workspaceId).toBe(scope.workspaceId);
    expect([...opened.permissions].sort()).toEqual(["run:start", "workflow:read"]);
    expect(() => opened.require("workflow:publish")).toThrow(/workflow:publish/);
    expect(opened.actor).toMatchObject({ type: "token", name: "CI", userId: scope.userId });
  });

  it("never exceed the one who makes them, at the start and later", async () => {
    const field = "scopes[0]";
    await expect(createToken({ scope }, { ...input, scopes: ["settings:write"] })).rejects.toMatchObject({ kind: "invalid_input", data: { field } });
    await expect(createToken({ scope }, { ...input, scopes: ["no:such"] })).rejects.toMatchObject({ kind: "invalid_input", data: { field } });
    const member = await makeScope("builder", scope.workspaceId);
    const { token } = await createToken({ scope: member }, { ...input, scopes: ["workflow:write", "run:read"] });
    await rawDb().membership.updateMany({ where: { userId: member.userId! }, data: { role: "viewer" } });
    expect([...(await openTokenScope(token)).permissions]).toEqual(["run:read"]);
    await rawDb().membership.deleteMany({ where: { userId: member.userId! } });
    await expect(openTokenScope(token)).rejects.toMatchObject({ kind: "unauthenticated" });
  });

  it("say no more than that they are not valid when unknown, malformed, expired or revoked", async () => {
    const expired = await createToken({ scope }, input);
    await rawDb().apiToken.update({ where: { id: expired.id }, data: { expiresAt: new Date(Date.now() - 1) } });
    const revoked = await createToken({ scope }, input);
    await revokeToken({ scope }, { tokenId: revoked.id });
    for (const token of ["", "mlr_", "nonsense", `mlr_${"A".repeat(43)}`, expired.token, revoked.token]) {
      await expect(openTokenScope(token)).rejects.toMatchObject({ kind: "unauthenticated", message: "The API token is not valid." });
    }
  });

  it("are revoked by their owner or an administrator", async () => {
    const { id } = await createToken({ scope }, input);
    const colleague = await makeScope("builder", scope.workspaceId);
    const stranger = await makeScope("admin");
    await expect(revokeToken({ scope: colleague }, { tokenId: id })).rejects.toMatchObject({ kind: "not_found" });
    await expect(revokeToken({ scope: stranger }, { tokenId: id })).rejects.toMatchObject({ kind: "not_found" });
    await revokeToken({ scope: await makeScope("admin", scope.workspaceId) }, { tokenId: id });
    expect((await rawDb().apiToken.findUniqueOrThrow({ where: { id } })).revokedAt).not.toBeNull();
  });

  it("leave one audit event of use per hour", async () => {
    const { id, token } = await createToken({ scope }, input);
    const origin = { ip: "192.0.2.1", userAgent: "test", requestId: null };
    await Promise.all([1, 2, 3].map(() => openTokenScope(token, origin)));
    const uses = await rawDb().auditEvent.count({ where: { action: "token.used", resourceId: id } });
    expect(uses).toBeGreaterThanOrEqual(1);
    expect(uses).toBeLessThanOrEqual(2);
    expect(await rawDb().apiToken.findUniqueOrThrow({ where: { id } })).toMatchObject({ lastUsedIp: "192.0.2.1" });
  });
});
