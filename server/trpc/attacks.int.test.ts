import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { openSystemScope, openTokenScope, openUserScope, type Scope } from "@/server/auth/scope";
import { createSession, findSession } from "@/server/auth/session";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { createFolder } from "@/server/organizing/service";
import { makePerson } from "@/server/testing/factories";
import { createToken, rotateToken } from "@/server/tokens/service";
import { contextFor } from "./context";
import { appRouter, createCaller } from "./root";
import { ACCOUNT, inputsOf, makeOwned, makeOwner, NAMELESS, origin, procedures } from "./testing/walk";

let owner: Scope;

beforeAll(async () => {
  owner = await makeOwner();
});
afterAll(closeConnections);

/** Columns that no caller may write by naming them. */
const COLUMNS = {
  workspaceId: "w", workspace_id: "w", organizationId: "o", organization_id: "o", ownerId: "u", createdById: "u", isPlatformAdmin: true, passwordHash: "x", tokenHash: "x", disabledAt: null,
  deletedAt: null, archivedAt: null, verifiedAt: "2026-01-01", isBuiltin: true, revokedAt: null, authenticatedAt: "2026-01-01", secondFactorAt: "2026-01-01", ["__proto__"]: { admin: true }, constructor: { prototype: { admin: true } },
};

type Inputs = Readonly<Record<string, { _def: { inputs: z.ZodType[] } }>>;
const inputSchemas = (name: string) => (appRouter._def.procedures as unknown as Inputs)[name]!._def.inputs;

describe("mass assignment", () => {
  it("no procedure hands on a field that its input does not name", async () => {
    const inputs: Record<string, unknown> = { ...ACCOUNT, ...NAMELESS, ...inputsOf(await makeOwned(owner)) };
    let walked = 0;
    for (const name of procedures) {
      const input = inputs[name];
      if (typeof input !== "object" || input === null) continue;
      for (const schema of inputSchemas(name)) {
        const known = schema.safeParse(input);
        const more = schema.safeParse(Object.defineProperties({ ...input }, Object.getOwnPropertyDescriptors(COLUMNS)));
        if (!known.success || !more.success) continue;
        const [plain, stuffed] = [known.data, more.data].map((data) => Object.keys(data as object).sort());
        const named = schema instanceof z.ZodObject ? Object.keys(schema.shape as object) : [];
        expect([name, stuffed!.filter((key) => !named.includes(key))]).toEqual([name, plain!.filter((key) => !named.includes(key))]);
        walked += 1;
      }
    }
    expect(walked).toBeGreaterThan(100);
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
  });

  it("who renames themselves or their organization changes nothing else", async () => {
    const { id } = await makePerson(owner.organizationId, "admin");
    const session = (await findSession(await createSession(id)))!;
    const caller = createCaller(contextFor(() => Promise.resolve(session), owner.workspace.slug, origin));
    const before = await rawDb().user.findUniqueOrThrow({ where: { id } });
    await caller.account.rename({ name: "Renamed", email: "boss@example.com", isPlatformAdmin: true, passwordHash: "x" } as { name: string });
    const { updatedAt: _, name, ...after } = await rawDb().user.findUniqueOrThrow({ where: { id } });
    expect([name, after]).toEqual(["Renamed", expect.objectContaining({ email: before.email, passwordHash: before.passwordHash })]);
    expect(await rawDb().platformAdmin.count({ where: { userId: id } })).toBe(0);
    await caller.organizations.rename({ name: "Renamed", ssoRequired: true, secondFactorRequired: true, deletedAt: new Date() } as { name: string });
    expect(await rawDb().organization.findUniqueOrThrow({ where: { id: owner.organizationId } })).toMatchObject({ name: "Renamed", ssoRequired: false, secondFactorRequired: false, deletedAt: null });
    await expect(caller.organizations.setRole({ userId: id, role: "owner" })).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});

describe("token scope escalation", () => {
  it("a token makes no token that may do more than it does itself", async () => {
    const narrow = await createToken({ scope: owner }, { name: "narrow", scopes: ["token:write", "run:read"], expiresInDays: 1 });
    const scope = await openTokenScope(narrow.token);
    for (const wanted of ["run:start", "secret:write", "member:write", "workspace:delete", "*", "run:*"]) {
      await expect(createToken({ scope }, { name: "wider", scopes: [wanted] as never, expiresInDays: 1 })).rejects.toMatchObject({ kind: "invalid_input" });
    }
    expect([...(await openTokenScope((await createToken({ scope }, { name: "same", scopes: ["run:read"], expiresInDays: 1 })).token)).permissions]).toEqual(["run:read"]);
  });

  it("a token limited to a folder makes none for the workspace, and a person of one folder none for a program", async () => {
    const [inner, other] = await Promise.all(["Inner", "Other"].map((name) => createFolder({ scope: owner }, { name: `${name} ${newId()}`, parentId: null })));
    const held = await openTokenScope((await createToken({ scope: owner }, { name: "held", scopes: ["token:write", `run:read:${inner!.id}`], expiresInDays: 1 })).token);
    for (const wanted of ["run:read", `run:read:${other!.id}`]) {
      await expect(createToken({ scope: held }, { name: "wider", scopes: [wanted], expiresInDays: 1 })).rejects.toMatchObject({ kind: "invalid_input", data: { reason: expect.stringContaining("more than") as string } });
    }
    await createToken({ scope: held }, { name: "same", scopes: [`run:read:${inner!.id}`], expiresInDays: 1 });
  });

  it("a token rotates no mightier token of its holder, and nobody one of the command line", async () => {
    const mighty = await createToken({ scope: owner }, { name: "mighty", scopes: ["secret:write"], expiresInDays: 1 });
    const narrow = await openTokenScope((await createToken({ scope: owner }, { name: "narrow", scopes: ["token:write", "run:read"], expiresInDays: 1 })).token);
    await expect(rotateToken({ scope: narrow }, { tokenId: mighty.id, overlapHours: 0 })).rejects.toMatchObject({ kind: "invalid_input" });
    await rotateToken({ scope: owner }, { tokenId: mighty.id, overlapHours: 0 });
    const ofInstallation = await createToken({ scope: await openSystemScope(owner.workspaceId) }, { name: "cli", scopes: ["secret:write"], expiresInDays: 1 });
    await expect(rotateToken({ scope: owner }, { tokenId: ofInstallation.id, overlapHours: 0 })).rejects.toMatchObject({ kind: "invalid_input" });
  });

  it("a token shrinks with its owner, and grows with nobody", async () => {
    const { id } = await makePerson(owner.organizationId, "admin");
    const { token } = await createToken({ scope: await openUserScope(id, { id: owner.workspaceId }) }, { name: "mine", scopes: ["run:read", "member:write"], expiresInDays: 1 });
    expect((await openTokenScope(token)).can("member:write")).toBe(true);
    await rawDb().organizationMember.updateMany({ where: { userId: id }, data: { role: "member" } });
    await expect(openTokenScope(token)).rejects.toMatchObject({ kind: "unauthenticated" });
    await rawDb().organizationMember.updateMany({ where: { userId: id }, data: { role: "owner" } });
    const scope = await openTokenScope(token);
    expect([scope.can("member:write"), scope.can("workspace:delete")]).toEqual([true, false]);
  });
});
