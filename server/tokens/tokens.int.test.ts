import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTokenScope, openUserScope, type Scope } from "@/server/auth/scope";
import { closeConnections, rawDb } from "@/server/db/client";
import { createFolder } from "@/server/organizing/service";
import { grantPart, makeScope } from "@/server/testing/factories";
import { createWorkflow } from "@/server/workflows/service";
import { createToken, listTokens, revokeToken, rotateToken } from "./service";

let scope: Scope;

beforeAll(async () => {
  scope = await makeScope("builder");
});
afterAll(closeConnections);

const input = { name: "CI", scopes: ["workflow:read", "run:start"], expiresInDays: 30 };

describe("API tokens", () => {
  it("that are known and refused leave an entry, once an hour for each reason and address, and others none", async () => {
    const origin = { ip: "192.0.2.7", userAgent: "thief", requestId: "r" };
    const { id, token } = await createToken({ scope }, { ...input, allowedAddresses: ["198.51.100.0/24"] });
    const refused = async () => (await rawDb().auditEvent.findMany({ where: { action: "token.refused", resourceId: id } })).map(({ after, ip }) => `${(after as { reason: string }).reason} ${ip}`).sort();
    const ask = (ip = origin.ip) => expect(openTokenScope(token, { ...origin, ip })).rejects.toMatchObject({ kind: "unauthenticated", message: "The API token is not valid." });
    for (let n = 0; n < 3; n++) await ask();
    await ask("192.0.2.8");
    await rawDb().apiToken.update({ where: { id }, data: { expiresAt: new Date(0) } });
    await ask("198.51.100.1");
    await revokeToken({ scope }, { tokenId: id });
    await ask("198.51.100.1");
    expect(await refused()).toEqual(["address 192.0.2.7", "address 192.0.2.8", "expired 198.51.100.1", "revoked 198.51.100.1"]);
    const before = await rawDb().auditEvent.count({ where: { action: "token.refused" } });
    await expect(openTokenScope(`mlr_${"x".repeat(43)}`, origin)).rejects.toMatchObject({ kind: "unauthenticated" });
    expect(await rawDb().auditEvent.count({ where: { action: "token.refused" } })).toBe(before);
  });

  it("are shown once and stored as a hash", async () => {
    const created = await createToken({ scope }, input);
    expect(created.token).toMatch(/^mlr_[A-Za-z0-9_-]{43}$/);
    const listed = (await listTokens({ scope }, { search: "", limit: 50 })).items;
    expect(listed).toMatchObject([{ name: "CI", prefix: created.token.slice(0, 10), owner: { name: "Test builder" } }]);
    const row = await rawDb().apiToken.findUniqueOrThrow({ where: { id: created.id } });
    expect(JSON.stringify([listed, row])).not.toContain(created.token.slice(10));
  });

  it("are listed as long as they live, page by page, and found by name or id", async () => {
    const builder = await makeScope("builder");
    const made = [];
    for (const name of ["one", "two", "three", "four", "five"]) made.push(await createToken({ scope: builder }, { ...input, name }));
    await revokeToken({ scope: builder }, { tokenId: made[3]!.id });
    const all = async (search: string, cursor?: string): Promise<string[]> => {
      const page = await listTokens({ scope: builder }, { search, limit: 2, cursor });
      expect(page.items.length).toBeLessThanOrEqual(2);
      const names = page.items.map(({ name }) => name);
      return page.nextCursor === null ? names : [...names, ...(await all(search, page.nextCursor))];
    };
    expect(await all("")).toEqual(["five", "three", "two", "one"]);
    expect(await all("T")).toEqual(["three", "two"]);
    expect(await all(made[1]!.id)).toEqual(["two"]);
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

  it("attack: live no longer than the organization says, those from before too, and are renewed for no longer", async () => {
    const owner = await makeScope("owner");
    const old = await createToken({ scope: owner }, { ...input, expiresInDays: null });
    const limited = (tokenMaxDays: number | null) => rawDb().organization.update({ where: { id: owner.organizationId }, data: { tokenMaxDays } });
    await limited(30);
    for (const expiresInDays of [null, 31]) await expect(createToken({ scope: owner }, { ...input, expiresInDays })).rejects.toMatchObject({ kind: "invalid_input", data: { field: "expiresInDays" } });
    const life = ({ createdAt, expiresAt }: { createdAt: string; expiresAt: string | null }) => Math.round((Date.parse(expiresAt!) - Date.parse(createdAt)) / 86_400_000);
    expect(life(await createToken({ scope: owner }, { ...input, expiresInDays: 30 }))).toBe(30);
    expect(life(await rotateToken({ scope: owner }, { tokenId: old.id, overlapHours: 720 }))).toBe(30);
    expect((await openTokenScope(old.token)).workspaceId).toBe(owner.workspaceId);
    await rawDb().apiToken.update({ where: { id: old.id }, data: { createdAt: new Date(Date.now() - 31 * 86_400_000), expiresAt: null } });
    await expect(openTokenScope(old.token)).rejects.toMatchObject({ kind: "unauthenticated" });
    await limited(null);
    expect((await openTokenScope(old.token)).workspaceId).toBe(owner.workspaceId);
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

describe("tokens for folders and from places", () => {
  it("see what is in their folder and below, and make nothing elsewhere", async () => {
    const owner = await makeScope("admin");
    const folder = (name: string, parentId: string | null) => createFolder({ scope: owner }, { name, parentId });
    const sales = await folder("Sales", null);
    const europe = await folder("Europe", sales.id);
    const [inside, outside] = [await createWorkflow({ scope: owner }, { name: "In", description: "", folderId: europe.id }), await createWorkflow({ scope: owner }, { name: "Out", description: "" })];
    const made = await createToken({ scope: owner }, { ...input, scopes: ["workflow:read:Sales/", "run:read"] });
    expect(made.scopes).toEqual(["workflow:read:Sales", "run:read"]);
    const scope = await openTokenScope(made.token);
    expect(scope.can("workflow:read")).toBe(false);
    const seen = await scope.for("workflow:read").db.workflow.findMany({ select: { id: true } });
    expect(seen.map(({ id }) => id)).toEqual([inside.id]);
    expect(seen.map(({ id }) => id)).not.toContain(outside.id);
    await expect(createToken({ scope: owner }, { ...input, scopes: ["workflow:read:Nowhere"] })).rejects.toMatchObject({ kind: "invalid_input", data: { field: "scopes[0]" } });
    await expect(createToken({ scope: owner }, { ...input, scopes: ["token:read:Sales"] })).rejects.toMatchObject({ kind: "invalid_input", data: { field: "scopes[0]" } });
  });

  it("of a person with access to one folder reach no further than that", async () => {
    const owner = await makeScope("admin");
    const sales = await createFolder({ scope: owner }, { name: "Sales", parentId: null });
    const other = await createFolder({ scope: owner }, { name: "Other", parentId: null });
    const member = await makeScope("operator", owner.workspaceId);
    await grantPart(owner, member.userId!, "builder", { folderId: sales.id });
    const granted = await openUserScope(member.userId!, { id: owner.workspaceId });
    await expect(createToken({ scope: granted }, { ...input, scopes: ["workflow:write:Other"] })).rejects.toMatchObject({ kind: "invalid_input" });
    const { token } = await createToken({ scope: granted }, { ...input, scopes: ["workflow:write:Sales"] });
    const scope = (await openTokenScope(token)).for("workflow:write");
    expect(scope.places).toEqual({ folders: [sales.id], items: [] });
    expect(scope.places?.folders).not.toContain(other.id);
  });

  it("come from the addresses that they are allowed only", async () => {
    const { token } = await createToken({ scope }, { ...input, allowedAddresses: ["192.0.2.0/24"] });
    const from = (ip: string) => openTokenScope(token, { ip, userAgent: null, requestId: null });
    await from("192.0.2.9");
    await expect(from("192.0.3.9")).rejects.toMatchObject({ kind: "unauthenticated", message: "The API token is not valid." });
    await expect(from("local")).rejects.toMatchObject({ kind: "unauthenticated" });
    await expect(createToken({ scope }, { ...input, allowedAddresses: ["example.com"] })).rejects.toMatchObject({ kind: "invalid_input", data: { field: "allowedAddresses[0]" } });
  });

  it("are changed without a gap", async () => {
    const old = await createToken({ scope }, input);
    const next = await rotateToken({ scope }, { tokenId: old.id, overlapHours: 1 });
    expect(next).toMatchObject({ name: old.name, scopes: old.scopes });
    await openTokenScope(old.token);
    await openTokenScope(next.token);
    expect((await rawDb().apiToken.findUniqueOrThrow({ where: { id: old.id } })).expiresAt!.getTime()).toBeLessThanOrEqual(Date.now() + 3_600_000);
    await rotateToken({ scope }, { tokenId: next.id, overlapHours: 0 });
    await expect(openTokenScope(next.token)).rejects.toMatchObject({ kind: "unauthenticated" });
    const admin = await makeScope("admin", scope.workspaceId);
    await expect(rotateToken({ scope: admin }, { tokenId: old.id, overlapHours: 1 })).rejects.toMatchObject({ kind: "not_found" });
  });
});
