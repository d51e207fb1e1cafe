import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { setUserDisabled } from "@/server/admin/people";
import { hashToken } from "@/server/auth/one-time-token";
import { openPlatformScope } from "@/server/auth/platform";
import { createSession, findSession } from "@/server/auth/session";
import { openTokenScope, openUserScope } from "@/server/auth/scope";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { createServiceAccount, listServiceAccounts, updateServiceAccount } from "@/server/programs/service";
import { type Company, makeCompany } from "@/server/sso/testing/organization";
import { makeScope } from "@/server/testing/factories";
import { createToken } from "@/server/tokens/service";
import { createScimToken, handleScim, removeScimToken } from "./service";

let company: Company;
let token: string;

type Answer = { status: number; etag: string | null; body: Record<string, unknown> & { id: string; Resources: Record<string, unknown>[]; totalResults: number } };

async function ask(method: string, path: string, body?: unknown, { as = token, headers = {} }: { as?: string; headers?: Record<string, string> } = {}): Promise<Answer> {
  const answer = await handleScim(new Request(`http://127.0.0.1/api/scim/v2/${path}`, { method, headers: { authorization: `Bearer ${as}`, "content-type": "application/scim+json", ...headers }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }));
  const text = await answer.text();
  return { status: answer.status, etag: answer.headers.get("etag"), body: (text === "" ? {} : JSON.parse(text)) as Answer["body"] };
}

const patchOf = (...Operations: object[]) => ({ schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations });
const newUser = async (name: string, more: object = {}) => (await ask("POST", "Users", { userName: `${name}@${company.domain}`, externalId: `ext-${name}`, name: { givenName: name, familyName: "Test" }, active: true, ...more })).body;

beforeAll(async () => {
  company = await makeCompany();
  ({ token } = await createScimToken(company, { name: "Company" }));
});
afterAll(closeConnections);

describe("a SCIM token", () => {
  it("is told of when it is used, and when it is shown after it was revoked", async () => {
    const { id, token: own } = await createScimToken(company, { name: "Told of" });
    const headers = { "x-forwarded-for": "192.0.2.60", "user-agent": "provider" };
    for (let n = 0; n < 2; n++) expect((await ask("GET", "Users", undefined, { as: own, headers })).status).toBe(200);
    await removeScimToken(company, { tokenId: id });
    for (let n = 0; n < 2; n++) expect((await ask("GET", "Users", undefined, { as: own, headers })).status).toBe(401);
    const entries = await rawDb().auditEvent.findMany({ where: { resourceId: id, action: { startsWith: "token." } }, orderBy: { id: "asc" } });
    expect(entries.sort((a, b) => a.action.localeCompare(b.action))).toMatchObject([
      { action: "token.refused", after: { reason: "revoked" }, ip: "192.0.2.60", organizationId: company.organization.organizationId },
      { action: "token.used", ip: "192.0.2.60", userAgent: "provider", actorType: "token" },
    ]);
  });
});

describe("SCIM users", () => {
  it("are made, found, read, changed and removed", async () => {
    const made = await ask("POST", "Users", { userName: `Ada@${company.domain}`, externalId: "1", displayName: "Ada L", emails: [{ value: `ada@${company.domain}`, primary: true }] });
    expect(made).toMatchObject({ status: 201, body: { userName: `Ada@${company.domain}`, active: true, emails: [{ value: `ada@${company.domain}` }] } });
    const { id } = made.body;
    const found = async (filter: string) => (await ask("GET", `Users?filter=${encodeURIComponent(filter)}`)).body.totalResults;
    expect([await found(`userName eq "ADA@${company.domain}"`), await found('externalId eq "1" and active eq true'), await found('externalId eq "2"'), await found(`urn:ietf:params:scim:schemas:core:2.0:User:userName eq "ada@${company.domain}"`)]).toEqual([1, 1, 0, 1]);
    expect((await ask("GET", 'Users?filter=userName co "a"')).body).toMatchObject({ status: "400", scimType: "invalidFilter" });
    expect((await ask("POST", "Users", { userName: `ada@${company.domain}` })).body).toMatchObject({ status: "409", scimType: "uniqueness" });
    const put = await ask("PUT", `Users/${id}`, { userName: `ada@${company.domain}`, externalId: "1", displayName: "Ada King" });
    expect(put.body).toMatchObject({ displayName: "Ada King" });
    expect((await ask("GET", `Users/${id}`, undefined, { headers: { "if-none-match": put.etag! } })).status).toBe(304);
    expect((await ask("PUT", `Users/${id}`, { userName: "x" }, { headers: { "if-match": made.etag! } })).status).toBe(412);
    expect((await ask("DELETE", `Users/${id}`)).status).toBe(204);
    expect((await ask("GET", `Users/${id}`)).status).toBe(404);
  });

  it("are given page by page", async () => {
    for (const name of ["p1", "p2", "p3"]) await newUser(name);
    const first = await ask("GET", "Users?startIndex=1&count=2");
    const second = await ask("GET", `Users?startIndex=3&count=2`);
    const ids = [...first.body.Resources, ...second.body.Resources].map(({ id }) => id);
    expect([first.body.Resources.length, new Set(ids).size]).toEqual([2, ids.length]);
    expect((await ask("GET", "Users?count=0")).body).toMatchObject({ Resources: [], totalResults: first.body.totalResults });
  });

  it("end with every session and token in the moment they are switched off, in the words of Azure and of Okta", async () => {
    const azure = patchOf({ op: "Replace", path: "active", value: "False" });
    const okta = patchOf({ op: "replace", value: { active: false } });
    for (const [index, off] of [azure, okta].entries()) {
      const { id } = await newUser(`off${index}`);
      const { id: workspaceId } = await rawDb().workspace.findFirstOrThrow({ where: { organizationId: company.organization.organizationId } });
      await rawDb().membership.create({ data: { id: newId(), workspaceId, organizationId: company.organization.organizationId, userId: id, role: "builder" } });
      const session = await createSession(id);
      await createToken({ scope: await openUserScope(id, { id: workspaceId }) }, { name: "mine", scopes: ["run:read"], expiresInDays: null } as Parameters<typeof createToken>[1]);
      expect(await findSession(session)).not.toBeNull();
      expect((await ask("PATCH", `Users/${id}`, off)).body).toMatchObject({ active: false });
      expect(await findSession(session)).toBeNull();
      expect(await rawDb().apiToken.count({ where: { userId: id, revokedAt: null } })).toBe(0);
      expect((await ask("PATCH", `Users/${id}`, patchOf({ op: "Replace", path: "active", value: "True" }))).body).toMatchObject({ active: true });
      expect(await findSession(session)).toBeNull();
    }
  });

  it("leave their service accounts running, marked for somebody to take over", async () => {
    const { id } = await newUser("maker");
    const { organizationId } = company.organization;
    const { id: workspaceId } = await rawDb().workspace.findFirstOrThrow({ where: { organizationId } });
    await rawDb().membership.create({ data: { id: newId(), workspaceId, organizationId, userId: id, role: "admin" } });
    const scope = await openUserScope(id, { id: workspaceId });
    const account = await createServiceAccount({ scope }, { name: `Deploy ${id}`, description: "", role: { kind: "role", role: "viewer" } });
    expect(account.keeper).toEqual({ name: "maker Test", hasLeft: false });
    const { token: itsToken } = await createToken({ scope }, { name: "CI", scopes: ["run:read"], expiresInDays: 1, serviceAccountId: account.id });
    await ask("PATCH", `Users/${id}`, patchOf({ op: "replace", path: "active", value: false }));
    expect((await openTokenScope(itsToken)).can("run:read")).toBe(true);
    const [event] = await rawDb().auditEvent.findMany({ where: { organizationId, action: "person.deactivated", resourceId: id } });
    expect(event?.after).toMatchObject({ serviceAccountsToHandOver: 1 });
    const admin = { scope: await openUserScope(company.organization.userId!, { id: workspaceId }) };
    const listed = async () => (await listServiceAccounts(admin)).find((one) => one.id === account.id)?.keeper;
    expect(await listed()).toEqual({ name: "maker Test", hasLeft: true });
    await updateServiceAccount(admin, { serviceAccountId: account.id, takeOver: true });
    expect(await listed()).toMatchObject({ hasLeft: false });
  });

  it("change by parts, however a provider names them", async () => {
    const { id } = await newUser("parts");
    const changed = await ask("PATCH", `Users/${id}`, patchOf(
      { op: "Add", path: "name.givenName", value: "Grace" }, { op: "Replace", value: { "name.familyName": "Hopper" } },
      { op: "replace", path: 'emails[type eq "work"].value', value: `grace@${company.domain}` }, { op: "replace", path: "urn:ietf:params:scim:schemas:core:2.0:User:userName", value: `grace@${company.domain}` },
    ));
    expect(changed.body).toMatchObject({ userName: `grace@${company.domain}`, displayName: "Grace Hopper", name: { givenName: "Grace", familyName: "Hopper" }, emails: [{ value: `grace@${company.domain}` }] });
  });

  it("come back when they were switched off, deleted and made again; not whom an administrator of the installation switched off", async () => {
    const { id } = await newUser("rehired");
    const isOff = async () => (await rawDb().user.findUniqueOrThrow({ where: { id } })).disabledAt !== null;
    const leave = async () => [(await ask("PATCH", `Users/${id}`, patchOf({ op: "replace", path: "active", value: false }))).status, (await ask("DELETE", `Users/${id}`)).status];
    expect(await leave()).toEqual([200, 204]);
    expect(await isOff()).toBe(true);
    expect(await newUser("rehired")).toMatchObject({ id, active: true });
    expect(await isOff()).toBe(false);
    expect(await leave()).toEqual([200, 204]);
    // Made again switched off, then on.
    expect(await newUser("rehired", { active: false })).toMatchObject({ id, active: false });
    expect((await ask("PATCH", `Users/${id}`, patchOf({ op: "replace", path: "active", value: true }))).body).toMatchObject({ active: true });
    const { userId } = await makeScope("owner");
    await rawDb().platformAdmin.create({ data: { userId: userId! } });
    const platform = await openPlatformScope((await findSession(await createSession(userId!)))!, { ip: null, userAgent: null, requestId: null });
    expect(await leave()).toEqual([200, 204]);
    await setUserDisabled({ platform }, { userId: id, disabled: true });
    expect(await newUser("rehired")).toMatchObject({ status: "409" });
  });

  it.each(["changed", "made again"])("stay switched off by an administrator of the installation at the moment they are %s", async (how) => {
    const name = `race-${how.replace(" ", "-")}`;
    const { id } = await newUser(name, { active: false });
    if (how === "made again") expect((await ask("DELETE", `Users/${id}`)).status).toBe(204);
    let asked: Promise<Answer> | undefined;
    await rawDb().$transaction(async (tx) => {
      await tx.user.update({ where: { id }, data: { disabledAt: new Date(), disabledByOrganizationId: null } });
      const [{ pid } = { pid: 0 }] = await tx.$queryRaw<{ pid: number }[]>`select pg_backend_pid() as pid`;
      asked = how === "changed" ? ask("PATCH", `Users/${id}`, patchOf({ op: "replace", path: "active", value: true })) : ask("POST", "Users", { userName: `${name}@${company.domain}`, active: true });
      await vi.waitFor(async () => expect(await rawDb().$queryRaw`select pid from pg_stat_activity where ${pid}::int = any (pg_blocking_pids(pid))`).toHaveLength(1), { timeout: 45_000, interval: 20 });
    }, { timeout: 60_000 });
    expect((await asked)?.status).toBe(how === "changed" ? 200 : 409);
    expect((await rawDb().user.findUniqueOrThrow({ where: { id } })).disabledAt).not.toBeNull();
  });

  it("lose none of several changes at once", async () => {
    const { id } = await newUser("busy");
    const changes = [patchOf({ op: "replace", path: "name.givenName", value: "Grace" }), patchOf({ op: "replace", path: "name.familyName", value: "Hopper" }), patchOf({ op: "replace", path: "externalId", value: "other" })];
    for (const { status } of await Promise.all(changes.map((change) => ask("PATCH", `Users/${id}`, change)))) expect(status).toBe(200);
    expect((await ask("GET", `Users/${id}`)).body).toMatchObject({ name: { givenName: "Grace", familyName: "Hopper" }, externalId: "other" });
  });

  it("cannot be people of other domains: neither made nor renamed into one", async () => {
    const victim = await makeCompany();
    const { email } = await rawDb().user.findUniqueOrThrow({ where: { id: victim.organization.userId! } });
    expect((await ask("POST", "Users", { userName: email })).body).toMatchObject({ status: "400", scimType: "invalidValue" });
    const { id } = await newUser("renamed");
    expect((await ask("PATCH", `Users/${id}`, patchOf({ op: "replace", path: "emails", value: [{ value: email }] }))).status).toBe(400);
    expect((await rawDb().user.findUniqueOrThrow({ where: { id } })).email).toBe(`renamed@${company.domain}`);
  });

  it("leave the organization its last owner", async () => {
    const { id } = await newUser("boss");
    const { organizationId } = company.organization;
    await rawDb().organizationMember.updateMany({ where: { organizationId, userId: id }, data: { role: "owner" } });
    await rawDb().organizationMember.updateMany({ where: { organizationId, userId: { not: id } }, data: { role: "member" } });
    expect((await ask("PATCH", `Users/${id}`, patchOf({ op: "replace", path: "active", value: false }))).status).toBe(409);
    expect((await ask("GET", `Users/${id}`)).body).toMatchObject({ active: true });
  });
});

describe("SCIM groups", () => {
  it("are made, filled and emptied, by both ways to take somebody out", async () => {
    const [one, two] = [(await newUser("g1")).id, (await newUser("g2")).id];
    const made = await ask("POST", "Groups", { displayName: "Engineers", externalId: "azure-1", members: [{ value: one }] });
    expect(made).toMatchObject({ status: 201, body: { members: [{ value: one }] } });
    const path = `Groups/${made.body.id}`;
    const members = async (...operations: object[]) => ((await ask("PATCH", path, patchOf(...operations))).body.members as { value: string }[]).map(({ value }) => value);
    expect((await members({ op: "Add", path: "members", value: [{ value: two }, { value: one }] })).sort()).toEqual([one, two].sort());
    expect(await members({ op: "remove", path: `members[value eq "${one}"]` })).toEqual([two]);
    expect(await members({ op: "Remove", path: "members", value: [{ value: two }] })).toEqual([]);
    expect((await ask("PATCH", path, patchOf({ op: "replace", value: { id: made.body.id, displayName: "Builders" } }))).body).toMatchObject({ displayName: "Builders" });
    expect((await ask("GET", 'Groups?filter=displayName eq "builders"')).body.totalResults).toBe(1);
    expect((await ask("PATCH", path, patchOf({ op: "add", path: "members", value: [{ value: company.organization.userId }] }))).status).toBe(400);
    expect((await ask("DELETE", path)).status).toBe(204);
  });

  it("lose no member of several changes at once, and keep nobody who was taken out", async () => {
    const ids: string[] = [];
    for (const name of ["m0", "m1", "m2", "m3", "m4", "m5"]) ids.push((await newUser(name)).id);
    const made = await ask("POST", "Groups", { displayName: "Parallel", externalId: "parallel", members: ids.slice(0, 3).map((value) => ({ value })) });
    const change = (index: number) => patchOf(index < 3 ? { op: "remove", path: `members[value eq "${ids[index]}"]` } : { op: "add", path: "members", value: [{ value: ids[index] }] });
    for (const { status } of await Promise.all(ids.map((_, index) => ask("PATCH", `Groups/${made.body.id}`, change(index))))) expect(status).toBe(200);
    const { body, etag } = await ask("GET", `Groups/${made.body.id}`);
    expect((body.members as { value: string }[]).map(({ value }) => value).sort()).toEqual(ids.slice(3).sort());
    // Of two that were made for the same state one is refused.
    const both = await Promise.all([0, 1].map((index) => ask("PATCH", `Groups/${made.body.id}`, patchOf({ op: "add", path: "members", value: [{ value: ids[index] }] }), { headers: { "if-match": etag! } })));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
  });

  it("are the provider's own: those made here are neither shown nor taken", async () => {
    const id = await company.group("By hand");
    expect((await ask("GET", `Groups/${id}`)).status).toBe(404);
    expect((await ask("POST", "Groups", { displayName: "By hand" })).body).toMatchObject({ status: "409", scimType: "uniqueness" });
  });
});

describe("attacks on SCIM", () => {
  it("SCIM token of another organization: nothing of others is there, to read or to change", async () => {
    const { id } = await newUser("hidden");
    const group = (await ask("POST", "Groups", { displayName: "Hidden" })).body.id;
    const other = await makeCompany();
    const { token: foreign } = await createScimToken(other, { name: "Other" });
    for (const path of [`Users/${id}`, `Groups/${group}`]) {
      for (const [method, body] of [["GET"], ["PUT", { userName: `x@${company.domain}`, displayName: "x" }], ["PATCH", patchOf({ op: "replace", path: "active", value: false })], ["DELETE"]] as const) {
        expect([path, method, (await ask(method, path, body, { as: foreign })).status]).toEqual([path, method, 404]);
      }
    }
    expect((await ask("GET", "Users", undefined, { as: foreign })).body.totalResults).toBe(0);
    expect((await ask("POST", "Groups", { displayName: "Mine", members: [{ value: id }] }, { as: foreign })).status).toBe(400);
    expect((await ask("GET", `Users/${id}`)).body).toMatchObject({ active: true });
  });

  it("no token, a wrong one, a revoked one: nothing", async () => {
    const made = await createScimToken(company, { name: "Old" });
    await removeScimToken(company, { tokenId: made.id });
    for (const as of ["", "mls_guess", made.token]) expect((await ask("GET", "ServiceProviderConfig", undefined, { as })).status).toBe(401);
    // One of an earlier release begins as secrets of applications do.
    expect(token).toMatch(/^msc_/);
    const [old, { organizationId }] = ["mls_made-before", company.organization];
    await rawDb().scimToken.create({ data: { id: newId(), organizationId, name: "Before", prefix: "mls_made-", tokenHash: new Uint8Array(hashToken(old)) } });
    expect((await ask("GET", "ServiceProviderConfig", undefined, { as: old })).status).toBe(200);
    expect((await ask("GET", "ServiceProviderConfig")).body).toMatchObject({ patch: { supported: true } });
    expect((await ask("GET", "Schemas/urn:ietf:params:scim:schemas:core:2.0:User")).body).toMatchObject({ name: "User" });
    expect((await ask("GET", "ResourceTypes")).body.totalResults).toBe(2);
  });
});
