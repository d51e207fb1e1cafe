import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT, type KeyLike } from "jose";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { openForeignScope, openTokenScope, openUserScope, type Scope } from "@/server/auth/scope";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { handleRest } from "@/server/rest/dispatch";
import { makePerson, makeScope, makeWorkspace } from "@/server/testing/factories";
import { tick } from "@/server/scheduler/tick";
import { createToken, hashOf, rotateToken } from "@/server/tokens/service";
import type { createdApplicationSchema } from "./contract";
import { createApplication, createIssuer, createServiceAccount, listIssuers, removeServiceAccount, revokeResponse, rotateSecret, setIssuer, tokenResponse, updateServiceAccount } from "./service";
import type { z } from "zod";

vi.hoisted(() => (process.env.MILLRACE_SSRF_ALLOW = "127.0.0.1"));

let admin: Scope;
let account: string;

beforeAll(async () => {
  admin = await makeScope("admin");
  account = (await createServiceAccount({ scope: admin }, { name: "Deploy", description: "", role: { kind: "role", role: "operator" } })).id;
});
afterAll(closeConnections);

const origin = (ip: string) => ({ ip, userAgent: null, requestId: null });
const scopes = ["workflow:read", "run:start"];

describe("service accounts", () => {
  it("hold tokens with their own role, whoever made them", async () => {
    const { token } = await createToken({ scope: admin }, { name: "CI", scopes, expiresInDays: 30, serviceAccountId: account });
    const opened = await openTokenScope(token);
    expect([...opened.permissions].sort()).toEqual(["run:start", "workflow:read"]);
    expect(opened.actor).toMatchObject({ type: "token", name: "Deploy (CI)", userId: null });
    await updateServiceAccount({ scope: admin }, { serviceAccountId: account, role: { kind: "role", role: "viewer" } });
    expect([...(await openTokenScope(token)).permissions]).toEqual(["workflow:read"]);
    await updateServiceAccount({ scope: admin }, { serviceAccountId: account, disabled: true });
    await expect(openTokenScope(token)).rejects.toMatchObject({ kind: "unauthenticated" });
    await updateServiceAccount({ scope: admin }, { serviceAccountId: account, disabled: false, role: { kind: "role", role: "operator" } });
  });

  it("get no more than their role, and no more than the one who gives", async () => {
    await expect(createToken({ scope: admin }, { name: "x", scopes: ["workflow:write"], expiresInDays: 1, serviceAccountId: account })).rejects.toMatchObject({ kind: "invalid_input", data: { field: "scopes[0]" } });
    const builder = await makeScope("builder", admin.workspaceId);
    await expect(createToken({ scope: builder }, { name: "x", scopes, expiresInDays: 1, serviceAccountId: account })).rejects.toMatchObject({ kind: "forbidden" });
    const stranger = await makeScope("admin");
    await expect(createToken({ scope: stranger }, { name: "x", scopes, expiresInDays: 1, serviceAccountId: account })).rejects.toMatchObject({ kind: "not_found" });
  });

  it("make tokens of their own account only, with a token of theirs", async () => {
    const mighty = await createServiceAccount({ scope: admin }, { name: "Keeper", description: "", role: { kind: "role", role: "admin" } });
    const { token } = await createToken({ scope: admin }, { name: "CI", scopes: ["token:write", "token:read"], expiresInDays: 30, serviceAccountId: mighty.id });
    const made = await createToken({ scope: await openTokenScope(token) }, { name: "Next", scopes: ["token:read"], expiresInDays: 1 });
    expect(made.serviceAccount?.id).toBe(mighty.id);
    await expect(createToken({ scope: await openTokenScope(token) }, { name: "Next", scopes: ["run:read"], expiresInDays: 1 })).rejects.toMatchObject({ kind: "invalid_input" });
    await expect(removeServiceAccount({ scope: await makeScope("builder", admin.workspaceId) }, { serviceAccountId: mighty.id })).rejects.toMatchObject({ kind: "invalid_input", data: { field: "role" } });
    await removeServiceAccount({ scope: admin }, { serviceAccountId: mighty.id });
    await expect(openTokenScope(made.token)).rejects.toMatchObject({ kind: "unauthenticated" });
  });
});

const form = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
  new Request("http://localhost/api/oauth/token", { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded", ...headers }, body: new URLSearchParams(fields) });
type Created = z.output<typeof createdApplicationSchema>;
const basic = ({ id }: Created, secret: string) => ({ authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}` });
interface Answer {
  access_token: string;
  refresh_token?: string;
  scope: string;
  error?: string;
}
const bodyOf = async (response: Response) => (await response.json()) as Answer;

describe("applications", () => {
  const make = (name: string, more: object = {}) => createApplication({ scope: admin }, { name, serviceAccountId: account, scopes, tokenSeconds: 600, refreshDays: null, ...more });

  it("exchange their credentials for a short-lived token, in either way", async () => {
    const application = await make("Shop");
    const response = await tokenResponse(form({ grant_type: "client_credentials" }, basic(application, application.secret)));
    expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-store"]);
    const answer = await bodyOf(response);
    expect(answer).toMatchObject({ token_type: "Bearer", expires_in: 600, scope: "workflow:read run:start" });
    expect(answer.refresh_token).toBeUndefined();
    expect([...(await openTokenScope(answer.access_token)).permissions].sort()).toEqual(["run:start", "workflow:read"]);
    const less = await bodyOf(await tokenResponse(form({ grant_type: "client_credentials", client_id: application.id, client_secret: application.secret, scope: "run:start" })));
    expect([...(await openTokenScope(less.access_token)).permissions]).toEqual(["run:start"]);
    const rest = await handleRest(new Request("http://localhost/api/v1/workflows", { headers: { authorization: `Bearer ${answer.access_token}` } }));
    expect(rest.status).toBe(200);
  });

  it("hear what is wrong as the standard says it", async () => {
    const application = await make("Wrong");
    const ask = async (request: Request) => {
      const response = await tokenResponse(request);
      return [response.status, (await bodyOf(response)).error];
    };
    const sound = basic(application, application.secret);
    expect(await ask(form({ grant_type: "client_credentials" }))).toEqual([401, "invalid_client"]);
    expect(await ask(form({ grant_type: "client_credentials" }, basic(application, `mls_${"A".repeat(43)}`)))).toEqual([401, "invalid_client"]);
    const other = await make("Other");
    expect(await ask(form({ grant_type: "client_credentials" }, basic(application, other.secret)))).toEqual([401, "invalid_client"]);
    expect(await ask(form({ grant_type: "password" }, sound))).toEqual([400, "unsupported_grant_type"]);
    expect(await ask(form({ grant_type: "client_credentials", scope: "settings:write" }, sound))).toEqual([400, "invalid_scope"]);
    expect(await ask(new Request("http://localhost/", { method: "POST", headers: { "content-type": "application/json", ...sound }, body: "{}" }))).toEqual([400, "invalid_request"]);
    const twice = new Request("http://localhost/", { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded", ...sound }, body: "grant_type=client_credentials&grant_type=password" });
    expect(await ask(twice)).toEqual([400, "invalid_request"]);
  });

  it("of a service account that was switched off get no token, and renew none, until it is on again", async () => {
    const application = await make("Switched off", { refreshDays: 1 });
    const ask = async (fields: Record<string, string>) => (await tokenResponse(form(fields, basic(application, application.secret)))).status;
    const { refresh_token: refresh = "" } = await bodyOf(await tokenResponse(form({ grant_type: "client_credentials" }, basic(application, application.secret))));
    await updateServiceAccount({ scope: admin }, { serviceAccountId: account, disabled: true });
    expect(await ask({ grant_type: "client_credentials" })).toBe(401);
    expect(await ask({ grant_type: "refresh_token", refresh_token: refresh })).toBe(401);
    await updateServiceAccount({ scope: admin }, { serviceAccountId: account, disabled: false });
    expect(await ask({ grant_type: "refresh_token", refresh_token: refresh })).toBe(200);
  });

  it("change their secret with an overlap", async () => {
    const application = await make("Rotating");
    const next = await rotateSecret({ scope: admin }, { applicationId: application.id, overlapHours: 1 });
    for (const secret of [application.secret, next.secret]) expect((await tokenResponse(form({ grant_type: "client_credentials" }, basic(application, secret)))).status).toBe(200);
    const last = await rotateSecret({ scope: admin }, { applicationId: application.id, overlapHours: 0 });
    for (const secret of [application.secret, next.secret]) expect((await tokenResponse(form({ grant_type: "client_credentials" }, basic(application, secret)))).status).toBe(401);
    expect((await tokenResponse(form({ grant_type: "client_credentials" }, basic(application, last.secret)))).status).toBe(200);
  });

  it("use a refresh token once; a second use ends all that came of it", async () => {
    const application = await make("Refreshing", { refreshDays: 7 });
    const sound = basic(application, application.secret);
    const first = await bodyOf(await tokenResponse(form({ grant_type: "client_credentials" }, sound)));
    const again = (token: string) => tokenResponse(form({ grant_type: "refresh_token", refresh_token: token }, sound));
    const second = await bodyOf(await again(first.refresh_token!));
    await openTokenScope(second.access_token);
    await expect(openTokenScope(second.refresh_token!)).rejects.toMatchObject({ kind: "unauthenticated" });
    const stolen = await again(first.refresh_token!);
    expect([stolen.status, (await bodyOf(stolen)).error]).toEqual([400, "invalid_grant"]);
    for (const token of [first.access_token, second.access_token]) await expect(openTokenScope(token)).rejects.toMatchObject({ kind: "unauthenticated" });
    expect((await again(second.refresh_token!)).status).toBe(400);
    expect(await rawDb().auditEvent.count({ where: { action: "token.reuse_detected", resourceId: application.id } })).toBeGreaterThan(0);
  });

  it("of two that come with one refresh token at once, let one through at most", async () => {
    const application = await make("Racing", { refreshDays: 7 });
    const sound = basic(application, application.secret);
    const { refresh_token: token } = await bodyOf(await tokenResponse(form({ grant_type: "client_credentials" }, sound)));
    const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await tokenResponse(form({ grant_type: "refresh_token", refresh_token: token! }, sound))).status));
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    // Nobody knows which of them was the thief: what the winner got ends too.
    expect(await rawDb().apiToken.count({ where: { clientId: application.id, revokedAt: null } })).toBe(0);
  });

  it("give their secret to nobody who may do less than they", async () => {
    const application = await make("Mighty");
    const role = await rawDb().customRole.create({ data: { id: newId(), organizationId: admin.organizationId, name: "Keeper of members", permissions: ["member:write", "token:read", "token:write", "settings:write"] } });
    const { id: userId } = await makePerson(admin.organizationId);
    await rawDb().membership.create({ data: { id: newId(), workspaceId: admin.workspaceId, organizationId: admin.organizationId, userId, role: "custom", customRoleId: role.id } });
    const keeper = await openUserScope(userId, { id: admin.workspaceId });
    await expect(rotateSecret({ scope: keeper }, { applicationId: application.id, overlapHours: 0 })).rejects.toMatchObject({ kind: "invalid_input", data: { reason: expect.stringContaining("more than you may") as string } });
    expect((await tokenResponse(form({ grant_type: "client_credentials" }, basic(application, application.secret)))).status).toBe(200);
    const token = await createToken({ scope: admin }, { name: "Of the account", scopes: ["run:start"], expiresInDays: 1, serviceAccountId: application.serviceAccount.id });
    await expect(rotateToken({ scope: keeper }, { tokenId: token.id, overlapHours: 0 })).rejects.toMatchObject({ kind: "invalid_input" });
  });

  it("have no more of a form read than a form may be long", async () => {
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({ pull: (controller) => void ((sent += 4_096), sent > 4_000_000 ? controller.close() : controller.enqueue(new Uint8Array(4_096))) });
    const request = new Request("http://localhost/", { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body, duplex: "half" } as RequestInit);
    expect((await tokenResponse(request)).status).toBe(413);
    expect(sent).toBeLessThan(100_000);
  });

  it("leave no tokens behind that ended long ago", async () => {
    const application = await make("Leaving", { refreshDays: 7 });
    const sound = basic(application, application.secret);
    const [old, fresh] = [await bodyOf(await tokenResponse(form({ grant_type: "client_credentials" }, sound))), await bodyOf(await tokenResponse(form({ grant_type: "client_credentials" }, sound)))];
    await rawDb().apiToken.updateMany({ where: { tokenHash: { in: [old.access_token, old.refresh_token!].map(hashOf) } }, data: { expiresAt: new Date(Date.now() - 2 * 86_400_000) } });
    await tick();
    expect(await rawDb().apiToken.count({ where: { clientId: application.id } })).toBe(2);
    await openTokenScope(fresh.access_token);
  });

  it("revoke their own tokens, and nobody else's", async () => {
    const [mine, other] = [await make("Mine"), await make("Theirs")];
    const { access_token: token } = await bodyOf(await tokenResponse(form({ grant_type: "client_credentials" }, basic(mine, mine.secret))));
    expect((await revokeResponse(form({ token }, basic(other, other.secret)))).status).toBe(200);
    await openTokenScope(token);
    expect((await revokeResponse(form({ token }, basic(mine, mine.secret)))).status).toBe(200);
    await expect(openTokenScope(token)).rejects.toMatchObject({ kind: "unauthenticated" });
  });

  it("work from the addresses that they are allowed only, and so do their tokens", async () => {
    const application = await make("Placed", { allowedAddresses: ["192.0.2.0/24", "2001:db8::/32"] });
    const from = (ip: string) => tokenResponse(form({ grant_type: "client_credentials" }, { ...basic(application, application.secret), "x-forwarded-for": ip }));
    expect((await from("198.51.100.1")).status).toBe(401);
    const { access_token: token } = await bodyOf(await from("2001:db8::7"));
    await openTokenScope(token, origin("192.0.2.44"));
    await expect(openTokenScope(token, origin("198.51.100.1"))).rejects.toMatchObject({ kind: "unauthenticated" });
    await expect(openTokenScope(token)).rejects.toMatchObject({ kind: "unauthenticated" });
  });
});

describe("trusted issuers", () => {
  let issuer: string;
  let keys: { privateKey: KeyLike; kid: string }[];
  let published = 1;
  let close: () => void;

  beforeAll(async () => {
    keys = await Promise.all(["one", "two"].map(async (kid) => ({ kid, ...(await generateKeyPair("ES256", { extractable: true })) })));
    const all = await Promise.all((keys as unknown as { publicKey: KeyLike; kid: string }[]).map(async ({ publicKey, kid }) => ({ ...(await exportJWK(publicKey)), kid, alg: "ES256" })));
    const server = createServer((request, response) => {
      const body = request.url === "/.well-known/openid-configuration" ? { issuer, jwks_uri: `${issuer}/keys` } : { keys: all.slice(0, published) };
      response.setHeader("content-type", "application/json").end(JSON.stringify(body));
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    close = () => server.close();
    await createIssuer({ scope: admin }, { name: "Cluster", issuer, audience: "millrace", keysUrl: null, claim: "realm.roles", roles: [{ value: "ops", role: "operator" }, { value: "look", role: "viewer" }] });
  });
  afterAll(() => close());

  const sign = (claims: Record<string, unknown> = {}, { key = 0, audience = "millrace", endsIn = 300 } = {}) =>
    new SignJWT({ realm: { roles: ["ops"] }, ...claims }).setProtectedHeader({ alg: "ES256", kid: keys[key]!.kid }).setIssuer(issuer).setAudience(audience).setSubject("job-7").setIssuedAt().setExpirationTime(Math.floor(Date.now() / 1_000) + endsIn).sign(keys[key]!.privateKey);

  it("open the workspace that trusts them with the roles of the claim", async () => {
    const scope = await openForeignScope(await sign(), admin.workspace.slug);
    expect([scope.workspaceId, scope.role, scope.can("run:start"), scope.can("workflow:write")]).toEqual([admin.workspaceId, "operator", true, false]);
    expect(scope.actor).toMatchObject({ type: "token", name: "job-7 (Cluster)", userId: null });
    const rest = await handleRest(new Request("http://localhost/api/v1/workflows", { headers: { authorization: `Bearer ${await sign()}`, "x-millrace-workspace": admin.workspace.slug } }));
    expect(rest.status).toBe(200);
  });

  it("make no tokens that outlive theirs", async () => {
    await expect(createToken({ scope: await openForeignScope(await sign(), admin.workspace.slug) }, { name: "x", scopes: ["run:start"], expiresInDays: 1 })).rejects.toMatchObject({ kind: "forbidden" });
  });

  it("open nothing without a role, for another audience, when expired, unsigned, signed by others or altered", async () => {
    const stranger = await generateKeyPair("ES256");
    const foreign = await new SignJWT({ realm: { roles: ["ops"] } }).setProtectedHeader({ alg: "ES256", kid: "one" }).setIssuer(issuer).setAudience("millrace").setIssuedAt().setExpirationTime("5m").sign(stranger.privateKey);
    const symmetric = await new SignJWT({ realm: { roles: ["ops"] } }).setProtectedHeader({ alg: "HS256", kid: "one" }).setIssuer(issuer).setAudience("millrace").setIssuedAt().setExpirationTime("5m").sign(new Uint8Array(32));
    const [header = "", body = ""] = (await sign()).split(".");
    const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${body}.`;
    const altered = `${header}.${Buffer.from(JSON.stringify({ ...(JSON.parse(Buffer.from(body, "base64url").toString()) as object), realm: { roles: ["ops", "look"] } })).toString("base64url")}.${(await sign()).split(".")[2]!}`;
    const bad = [await sign({ realm: { roles: ["else"] } }), await sign({ realm: undefined }), await sign({}, { audience: "elsewhere" }), await sign({}, { endsIn: -300 }), foreign, symmetric, unsigned, altered, "a.b.c"];
    for (const token of bad) await expect(openForeignScope(token, admin.workspace.slug)).rejects.toMatchObject({ kind: "unauthenticated" });
  });

  it("are believed with new keys, and no longer once they are switched off", async () => {
    const other = await makeScope("admin");
    const own = await createIssuer({ scope: other }, { name: "Same", issuer, audience: "elsewhere", keysUrl: `${issuer}/keys?fresh`, claim: "realm.roles", roles: [{ value: "ops", role: "viewer" }] });
    published = 2;
    expect((await openForeignScope(await sign({}, { audience: "elsewhere", key: 1 }), other.workspace.slug)).workspaceId).toBe(other.workspaceId);
    await setIssuer({ scope: other }, { issuerId: own.id, enabled: false });
    await expect(openForeignScope(await sign({}, { audience: "elsewhere" }), other.workspace.slug)).rejects.toMatchObject({ kind: "unauthenticated" });
  });

  it("are changed, and map claims to custom roles with the permissions that these have then", async () => {
    const owner = await makeScope("owner");
    const roleId = newId();
    await rawDb().customRole.create({ data: { id: roleId, organizationId: owner.organizationId, name: "Starters", permissions: ["run:read", "run:start"] } });
    const elsewhere = newId();
    await rawDb().customRole.create({ data: { id: elsewhere, organizationId: (await makeWorkspace()).organizationId, name: "Theirs", permissions: ["run:read"] } });
    const made = await createIssuer({ scope: owner }, { name: "Old", issuer: "https://old.example.com", audience: "old", keysUrl: null, claim: "groups", roles: [{ value: "ops", role: "viewer" }] });
    const roles = [{ value: "ops", role: roleId }];
    await expect(setIssuer({ scope: owner }, { issuerId: made.id, roles: [{ value: "ops", role: elsewhere }] })).rejects.toMatchObject({ kind: "not_found" });
    expect(await setIssuer({ scope: owner }, { issuerId: made.id, name: "New", issuer, audience: "changed", claim: "realm.roles", roles })).toMatchObject({ name: "New", issuer, enabled: true, roles: [{ value: "ops", role: roleId, roleName: "Starters" }] });
    const open = async () => openForeignScope(await sign({}, { audience: "changed" }), owner.workspace.slug);
    const scope = await open();
    expect([scope.can("run:start"), scope.can("run:cancel"), scope.can("workflow:read"), scope.role]).toEqual([true, false, false, null]);
    await rawDb().customRole.update({ where: { id: roleId }, data: { permissions: ["run:read"] } });
    expect((await open()).can("run:start")).toBe(false);
    const { before, after } = await rawDb().auditEvent.findFirstOrThrow({ where: { action: "issuer.changed", resourceId: made.id } });
    expect([before, after]).toMatchObject([{ name: "Old", audience: "old" }, { name: "New", audience: "changed" }]);
    await rawDb().customRole.delete({ where: { id: roleId } });
    await expect(open()).rejects.toMatchObject({ kind: "unauthenticated" });
    expect((await listIssuers({ scope: owner }))[0]).toMatchObject({ roles: [{ roleName: null }] });
    await setIssuer({ scope: owner }, { issuerId: made.id, enabled: false });
  });

  it("attack: nobody takes hold of an issuer that gives more than they may, by its address, its claim or switching it on", async () => {
    const owner = await makeScope("owner");
    const made = await createIssuer({ scope: owner }, { name: "Mighty", issuer, audience: "mighty", keysUrl: null, claim: "realm.roles", roles: [{ value: "ops", role: "admin" }] });
    const person = await makePerson(owner.organizationId);
    const roleId = newId();
    await rawDb().customRole.create({ data: { id: roleId, organizationId: owner.organizationId, name: "Keepers", permissions: ["member:read", "member:write", "token:read"] } });
    await rawDb().membership.create({ data: { id: newId(), organizationId: owner.organizationId, workspaceId: owner.workspaceId, userId: person.id, role: "custom", customRoleId: roleId } });
    const keeper = await openUserScope(person.id, { id: owner.workspaceId });
    await setIssuer({ scope: keeper }, { issuerId: made.id, enabled: false });
    const changes = [{ enabled: true }, { issuer: "https://own.example.com" }, { keysUrl: "https://own.example.com/keys" }, { claim: "sub" }, { audience: "own" }, { enabled: false, claim: "sub" }, { roles: [{ value: "x", role: "builder" as const }] }];
    for (const change of changes) await expect(setIssuer({ scope: keeper }, { issuerId: made.id, ...change }), JSON.stringify(change)).rejects.toMatchObject({ kind: "invalid_input", data: { reason: expect.stringContaining("allows more than you may") as string } });
    await expect(setIssuer({ scope: keeper }, { issuerId: made.id, roles: [{ value: "x", role: roleId }] })).resolves.toMatchObject({ enabled: false });
  });

  it("attack: another tenant that trusts the same issuer neither takes a token over nor switches it off", async () => {
    const second = await makeScope("admin", (await makeWorkspace()).id);
    await createIssuer({ scope: second }, { name: "Same", issuer, audience: "millrace", keysUrl: null, claim: "realm.roles", roles: [{ value: "ops", role: "viewer" }] });
    await expect(openForeignScope(await sign(), null)).rejects.toMatchObject({ message: expect.stringContaining("x-millrace-workspace") as string });
    expect((await openForeignScope(await sign(), second.workspace.slug)).role).toBe("viewer");
    expect(await openForeignScope(await sign(), admin.workspace.slug)).toMatchObject({ workspaceId: admin.workspaceId, role: "operator" });
  });

  it("attack: tokens of anybody's making cost one request, not one each, when the issuer's keys cannot be read", async () => {
    let asked = 0;
    const broken = createServer((_request, response) => {
      asked += 1;
      response.writeHead(500).end();
    });
    await new Promise<void>((listening) => broken.listen(0, "127.0.0.1", listening));
    const at = `http://127.0.0.1:${(broken.address() as AddressInfo).port}`;
    await createIssuer({ scope: admin }, { name: "Broken", issuer: at, audience: "millrace", keysUrl: `${at}/keys`, claim: "realm.roles", roles: [{ value: "ops", role: "viewer" }] });
    const token = await new SignJWT({}).setProtectedHeader({ alg: "ES256", kid: "one" }).setIssuer(at).setAudience("millrace").setIssuedAt().setExpirationTime("5m").sign(keys[0]!.privateKey);
    const ask = () => handleRest(new Request("http://localhost/api/v1/workflows", { headers: { authorization: `Bearer ${token}`, "x-millrace-workspace": admin.workspace.slug, "x-forwarded-for": "10.9.9.9" } }));
    const answers = await Promise.all(Array.from({ length: 5 }, ask));
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503, 503]);
    expect((await ask()).status).toBe(503);
    expect(asked).toBe(1);
    expect(await rawDb().$queryRaw`select count from rate_limit where key = 'badTokenByAddress:10.9.9.9'`).toEqual([{ count: 6 }]);
    broken.close();
  });
});
