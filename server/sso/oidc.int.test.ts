import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

vi.hoisted(() => (process.env.MILLRACE_SSRF_ALLOW = "127.0.0.1"));

import { policyOf } from "@/server/auth/policy";
import { findSession } from "@/server/auth/session";
import { sessionCookieName } from "@/server/auth/session-cookie";
import { closeConnections, rawDb } from "@/server/db/client";
import { env } from "@/server/env";
import { makeMember, makePerson } from "@/server/testing/factories";
import { signInsOf } from "@/server/testing/sign-ins";
import { mappingSchema, oidcInput } from "./contract";
import { addDomain, createConnection, enableConnection, findSso, recheckDomains, removeConnection, removeDomain, routeDomain, updateConnection, verifyDomain, viewTrial } from "./service";
import { Browser } from "./testing/browser";
import { type OpenIdProvider, startOpenIdProvider } from "./testing/openid-provider";
import { type Company, makeCompany, proveDomain, routeAll } from "./testing/organization";

const redirects: string[] = ["http://127.0.0.1/none"];
const client = { id: "millrace", secret: "a-secret-of-the-provider" };
let provider: OpenIdProvider;
let company: Company;
let connectionId: string;
let staff: string;

const settings = (more: object = {}) => oidcInput.parse({ kind: "oidc", name: "Company", issuer: provider.issuer, clientId: client.id, clientSecret: client.secret, ...more });
const isCallback = ({ pathname }: URL) => pathname.endsWith("/callback");
const start = (next = "/sales/runs?status=failed") => `/api/sso/${connectionId}/start?${new URLSearchParams({ next }).toString()}`;
const sessionOf = (browser: Browser) => findSession(browser.cookie(sessionCookieName()));
const refusals = async () => (await rawDb().auditEvent.findMany({ where: { organizationId: company.organization.organizationId, action: "sso.refused" }, orderBy: [{ at: "asc" }, { id: "asc" }] })).map(({ after }) => (after as { reason: string }).reason);

async function connect(): Promise<string> {
  const { id } = await createConnection(company, settings({ mapping: mappingSchema.parse({ rules: [{ group: "staff", groupId: staff }, { group: "chiefs", role: "admin" }] }) }));
  redirects.push(`${(await import("./addresses")).addressesOf(id).callback}`);
  provider.changeKeys();
  await enableConnection(company, { connectionId: id, enabled: true });
  return id;
}

const ada = (more: Record<string, unknown> = {}) => ({ sub: "ada", claims: { email: `Ada@${company.domain}`, email_verified: true, name: "Ada", groups: ["staff"], ...more } });

beforeAll(async () => {
  provider = await startOpenIdProvider(client, () => redirects);
  company = await makeCompany();
  staff = await company.group("Staff here");
  connectionId = await connect();
  await routeAll(company, connectionId);
  provider.account = ada();
});
afterAll(async () => {
  await provider.stop();
  await closeConnections();
});

describe("signing in with an OpenID provider", () => {
  it("makes an account of the first sign-in, with a session of its own, and leads where the person wanted", async () => {
    const browser = new Browser();
    const end = await browser.go(start());
    expect(end.pathname + end.search).toBe("/sales/runs?status=failed");
    const session = await sessionOf(browser);
    expect(session).toMatchObject({ email: `ada@${company.domain}`, name: "Ada", stage: "full", method: "sso" });
    const member = await rawDb().organizationMember.findFirstOrThrow({ where: { userId: session!.userId }, include: { groups: true } });
    expect([member.role, member.groups.map(({ groupId }) => groupId)]).toEqual(["member", [staff]]);
    const asked = new URL(browser.visited.find((url) => url.includes("code_challenge"))!).searchParams;
    expect([asked.get("code_challenge_method"), asked.get("response_type"), asked.get("redirect_uri")]).toEqual(["S256", "code", redirects.at(-1)]);
    expect(browser.cookie(`millrace-sso-${asked.get("state")!.slice(0, 10)}`)).toBeUndefined();
  });

  it("gives at every sign-in the role and groups of that moment, and takes them again", async () => {
    provider.account = ada({ groups: ["chiefs"] });
    const browser = new Browser();
    await browser.go(start());
    const { userId } = (await sessionOf(browser))!;
    const member = () => rawDb().organizationMember.findFirstOrThrow({ where: { userId }, include: { groups: true } });
    expect([(await member()).role, (await member()).groups]).toEqual(["admin", []]);
    provider.account = ada();
    await new Browser().go(start());
    expect([(await member()).role, (await member()).groups.length]).toEqual(["member", 1]);
  });

  it("begins from the address that somebody types, and from the provider's own page", async () => {
    const { start: found } = await findSso(`someone@${company.domain}`, "/work");
    expect(found).toMatch(new RegExp(`^/api/sso/${connectionId}/start\\?next=%2Fwork&login_hint=someone`));
    expect(await findSso("someone@elsewhere.example", "/work")).toEqual({ start: null });
    const browser = new Browser();
    await browser.go(`/api/sso/${connectionId}/start?iss=${encodeURIComponent(provider.issuer)}&target_link_uri=${encodeURIComponent("http://localhost:3000/elsewhere")}`);
    expect((await sessionOf(browser))?.method).toBe("sso");
    expect((await new Browser().go(`/api/sso/${connectionId}/start?iss=https%3A%2F%2Fother.example`)).search).toBe("?error=sso_failed");
  });

  it("follows when the provider changes its keys", async () => {
    provider.changeKeys();
    const browser = new Browser();
    await browser.go(start());
    expect(await sessionOf(browser)).not.toBeNull();
  });

  it("links an account that was there before, by its address in a verified domain", async () => {
    const person = await makePerson(company.organization.organizationId);
    const email = `bea@${company.domain}`;
    await rawDb().user.update({ where: { id: person.id }, data: { email } });
    provider.account = { sub: "bea", claims: { email, email_verified: true } };
    const browser = new Browser();
    await browser.go(start());
    expect((await sessionOf(browser))?.userId).toBe(person.id);
    provider.account = ada();
  });

  it("attack: another issuer does not get the secret of the earlier one", async () => {
    const elsewhere = oidcInput.parse({ ...settings(), issuer: "https://evil.example", clientSecret: undefined });
    const before = await rawDb().ssoConnection.findUniqueOrThrow({ where: { id: connectionId } });
    await expect(updateConnection(company, { connectionId, connection: elsewhere })).rejects.toMatchObject({ kind: "invalid_input", data: { field: "connection.clientSecret" } });
    expect(await rawDb().ssoConnection.findUniqueOrThrow({ where: { id: connectionId } })).toEqual(before);
  });

  it("shows an administrator what the provider says and what it would come to, and signs nobody in", async () => {
    const { createSession } = await import("@/server/auth/session");
    const owner = company.organization.userId!;
    const browser = new Browser();
    const token = await createSession(owner);
    browser.setCookie(sessionCookieName(), token);
    provider.account = { sub: "trial", claims: { email: `trial@${company.domain}`, groups: ["staff", "chiefs"] } };
    const end = await browser.go(`/api/sso/${connectionId}/test?next=/sales/settings/single-sign-on`);
    expect(end.pathname).toBe("/sales/settings/single-sign-on");
    const testId = end.searchParams.get("trial")!;
    expect(await viewTrial(company, { testId })).toMatchObject({ problem: null, email: `trial@${company.domain}`, role: "admin", joins: ["Staff here"], groups: ["staff", "chiefs"] });
    expect(browser.cookie(sessionCookieName())).toBe(token);
    expect(await rawDb().user.count({ where: { email: `trial@${company.domain}` } })).toBe(0);
    await expect(viewTrial(await makeCompany(), { testId })).rejects.toMatchObject({ kind: "not_found" });
    await expect(new Browser().go(`/api/sso/${connectionId}/test`)).rejects.toMatchObject({ kind: "unauthenticated" });
    provider.account = ada();
  });
});

describe("attacks on the way of a code", () => {
  it("code replay: an answer is taken once", async () => {
    const browser = new Browser();
    const callback = await browser.go(start(), isCallback);
    const copy = new Browser();
    for (const name of [`millrace-sso-${callback.searchParams.get("state")!.slice(0, 10)}`]) copy.setCookie(name, browser.cookie(name)!);
    await browser.go(callback.href);
    expect(await sessionOf(browser)).not.toBeNull();
    expect((await copy.go(callback.href)).search).toBe("?error=sso_expired");
    expect(await sessionOf(copy)).toBeNull();
  });

  it("state replay: an answer counts in the browser that asked, and in no other", async () => {
    const attacker = new Browser();
    const callback = await attacker.go(start(), isCallback);
    const victim = new Browser();
    expect((await victim.go(callback.href)).search).toBe("?error=sso_expired");
    await victim.go(start(), isCallback);
    expect((await victim.go(callback.href)).search).toBe("?error=sso_expired");
    // Nor with a cookie of its own making, which takes nothing from the one that asked.
    victim.setCookie(`millrace-sso-${callback.searchParams.get("state")!.slice(0, 10)}`, "made-up");
    expect((await victim.go(callback.href)).search).toBe("?error=sso_expired");
    expect(await sessionOf(victim)).toBeNull();
    await attacker.go(callback.href);
    expect(await sessionOf(attacker)).not.toBeNull();
  });

  it("forged ID token: one that no key of the provider has signed is refused, although it comes from its own address", async () => {
    const browser = new Browser();
    const callback = await browser.go(start(), isCallback);
    provider.publishesOtherKeys = true;
    try {
      expect((await browser.go(callback.href)).search).toBe("?error=sso_failed");
    } finally {
      provider.publishesOtherKeys = false;
    }
    expect((await refusals()).at(-1)).toMatch(/signature/i);
    expect(await sessionOf(browser)).toBeNull();
  });

  it("nonce replay: a code of another sign-in is refused, also with one's own state", async () => {
    const other = new Browser();
    const stolen = await other.go(start(), isCallback);
    const browser = new Browser();
    const own = await browser.go(start(), isCallback);
    own.searchParams.set("code", stolen.searchParams.get("code")!);
    const counted = signInsOf("sso_failed", "signed_in");
    expect((await browser.go(own.href)).search).toBe("?error=sso_failed");
    expect(counted()).toEqual([1, 0]);
    expect(await sessionOf(browser)).toBeNull();
  });

  it("mix-up: an answer of one provider is not taken for that of another", async () => {
    const second = await connect();
    const browser = new Browser();
    const callback = await browser.go(start(), isCallback);
    const elsewhere = callback.href.replace(connectionId, second);
    expect((await browser.go(elsewhere)).search).toBe("?error=sso_expired");
    callback.searchParams.set("iss", "https://honest.example");
    expect((await browser.go(callback.href)).search).toBe("?error=sso_failed");
    expect((await refusals()).at(-1)).toMatch(/iss/);
    expect(await sessionOf(browser)).toBeNull();
  });

  it("open redirect: whatever is wanted, the way ends on a page of ours", async () => {
    for (const next of ["https://evil.example/", "//evil.example/", "/\\evil.example", "/.//evil.example", "javascript:alert(1)"]) {
      const end = await new Browser().go(start(next));
      expect([next, end.href]).toEqual([next, new URL("/", end).href]);
      expect(end.hostname).not.toContain("evil");
    }
  });

  it("claims of an unverified domain: neither a new nor an old account, whatever the provider says", async () => {
    const victim = await makePerson((await makeCompany()).organization.organizationId, "owner");
    for (const claims of [{ email: victim.email, email_verified: true }, { email: `new@${company.domain}.evil.example` }, { email: `new@sub.${company.domain}` }, { email: `ada2@${company.domain}`, email_verified: false }, {}]) {
      provider.account = { sub: `attack-${JSON.stringify(claims)}`, claims };
      const browser = new Browser();
      expect([claims, (await browser.go(start())).search]).toEqual([claims, "?error=sso_not_admitted"]);
      expect(await sessionOf(browser)).toBeNull();
    }
    const pending = await addDomain(company, { domain: "example.com" });
    await expect(verifyDomain(company, { domainId: pending.id }, () => Promise.resolve([["millrace-domain=guess"]]))).rejects.toMatchObject({ kind: "invalid_input" });
    provider.account = { sub: "again", claims: { email: victim.email, email_verified: true } };
    expect((await new Browser().go(start())).search).toBe("?error=sso_not_admitted");
    provider.account = ada();
  });

  it("a domain that was given up: whoever was linked through it is not signed in any more", async () => {
    const other = await makeCompany();
    const { id } = await createConnection(other, settings());
    redirects.push((await import("./addresses")).addressesOf(id).callback);
    provider.changeKeys();
    await enableConnection(other, { connectionId: id, enabled: true });
    provider.account = { sub: "cy", claims: { email: `cy@${other.domain}` } };
    const go = async () => (await new Browser().go(`/api/sso/${id}/start`)).search;
    expect(await go()).toBe("");
    const [domain] = await other.organization.db.ssoDomain.findMany();
    await removeDomain(other, { domainId: domain!.id });
    expect(await go()).toBe("?error=sso_not_admitted");
    provider.account = ada();
  });

  it("while single sign-on is required, nothing closes the door of a domain's people", async () => {
    const other = await makeCompany();
    const { id } = await createConnection(other, settings());
    await enableConnection(other, { connectionId: id, enabled: true });
    const [domain] = await other.organization.db.ssoDomain.findMany();
    await routeDomain(other, { domainId: domain!.id, connectionId: id });
    const { organizationId } = other.organization;
    await rawDb().organization.update({ where: { id: organizationId }, data: { ssoRequired: true } });
    const changes = [() => enableConnection(other, { connectionId: id, enabled: false }), () => removeConnection(other, { connectionId: id }), () => routeDomain(other, { domainId: domain!.id, connectionId: null }), () => removeDomain(other, { domainId: domain!.id })];
    for (const change of changes) await expect(change()).rejects.toMatchObject({ kind: "in_use", message: expect.stringContaining(`the people of ${other.domain}`) as string });
    expect((await findSso(`a@${other.domain}`, "/")).start).toContain(id);
    await rawDb().organization.update({ where: { id: organizationId }, data: { ssoRequired: false } });
    for (const change of changes) await change();
  });

  it("attack on availability: a further verified domain shuts nobody out before it leads to a provider that is on", async () => {
    const other = await makeCompany();
    const { organizationId } = other.organization;
    const { id } = await createConnection(other, settings());
    await enableConnection(other, { connectionId: id, enabled: true });
    await routeAll(other, id);
    await rawDb().organization.update({ where: { id: organizationId }, data: { ssoRequired: true } });
    const further = `more-${other.domain}`;
    const person = await makePerson(organizationId, "member");
    await rawDb().user.update({ where: { id: person.id }, data: { email: `ada@${further}` } });
    const isRequired = async () => (await policyOf(person.id, { method: "password" })).ssoRequired;
    const domainId = await proveDomain(other, further);
    expect(await isRequired()).toBe(false);
    const { id: off } = await createConnection(other, settings());
    await routeDomain(other, { domainId, connectionId: off });
    expect(await isRequired()).toBe(false);
    await routeDomain(other, { domainId, connectionId: id });
    expect(await isRequired()).toBe(true);
  });

  it("a change of domains waits for a change of the rule", async () => {
    const other = await makeCompany();
    const { id } = await createConnection(other, settings());
    await enableConnection(other, { connectionId: id, enabled: true });
    await routeAll(other, id);
    const { id: domainId } = await other.organization.db.ssoDomain.findFirstOrThrow();
    const { token } = await rawDb().ssoDomain.findUniqueOrThrow({ where: { id: domainId } });
    const settled: string[] = [];
    const changes = await rawDb().$transaction(async (tx) => {
      await tx.organization.update({ where: { id: other.organization.organizationId }, data: { ssoRequired: true } });
      const started = [routeDomain(other, { domainId, connectionId: null }), verifyDomain(other, { domainId }, () => Promise.resolve([[`millrace-domain=${token}`]]))].map((change) => change.then(() => "done", ({ kind }: { kind: string }) => kind).finally(() => settled.push("one")));
      await vi.waitFor(async () => expect((await rawDb().$queryRaw<{ n: bigint }[]>`select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query ilike '%sso_required%for update%'`)[0]!.n).toBe(2n), 60_000);
      expect(settled).toEqual([]);
      return started;
    }, { timeout: 120_000 });
    expect(await Promise.all(changes)).toEqual(["in_use", "done"]);
  });

  it("a verified domain is asked for its record once a day, and without it for a week counts as nobody's", async () => {
    const other = await makeCompany();
    const owner = await makePerson(other.organization.organizationId, "owner");
    const only = await rawDb().workspace.findFirstOrThrow({ where: { organizationId: other.organization.organizationId }, orderBy: [{ createdAt: "asc" }, { id: "asc" }] });
    const chief = await makeMember(only.id, "admin");
    const heard: string[] = [];
    const listener = new pg.Client(env.DATABASE_DIRECT_URL);
    await listener.connect();
    listener.on("notification", ({ payload = "" }) => heard.push(payload));
    await listener.query("listen millrace_alert");
    const { id, token } = await other.organization.db.ssoDomain.findFirstOrThrow();
    const { id: connection } = await createConnection(other, settings());
    await enableConnection(other, { connectionId: connection, enabled: true });
    await routeAll(other, connection);
    const row = () => rawDb().ssoDomain.findUniqueOrThrow({ where: { id } });
    const ago = (column: "checked_at" | "missing_since", days: number) => rawDb().$executeRawUnsafe(`update sso_domain set ${column} = now() - interval '${days} days' where id = '${id}'`);
    const asked: string[] = [];
    const check = async (answer: () => Promise<string[][]>) => {
      await ago("checked_at", 2);
      await recheckDomains((name) => (asked.push(name), name === `_millrace.${other.domain}` ? answer() : Promise.reject(Object.assign(new Error(), { code: "ESERVFAIL" }))));
    };
    const gone = () => Promise.resolve([["something else"]]);
    await check(() => Promise.reject(Object.assign(new Error("no answer"), { code: "ETIMEOUT" })));
    expect(await row()).toMatchObject({ verifiedAt: expect.any(Date) as Date, missingSince: null });
    await check(gone);
    await check(gone);
    expect(await row()).toMatchObject({ verifiedAt: expect.any(Date) as Date, missingSince: expect.any(Date) as Date });
    await check(() => Promise.resolve([[`millrace-domain=${token}`]]));
    expect((await row()).missingSince).toBeNull();
    await check(gone);
    await ago("missing_since", 8);
    await check(gone);
    // Days without an answer are no proof.
    expect((await row()).verifiedAt).not.toBeNull();
    await check(gone);
    expect(await row()).toMatchObject({ verifiedAt: null, missingSince: null, lapsedAt: expect.any(Date) as Date });
    // Somebody else may have the mailbox by now: what was required of its people stays.
    await rawDb().organization.update({ where: { id: other.organization.organizationId }, data: { ssoRequired: true } });
    const person = await makePerson(other.organization.organizationId, "member");
    await rawDb().user.update({ where: { id: person.id }, data: { email: `ada@${other.domain}` } });
    expect(await policyOf(person.id, { method: "link" })).toMatchObject({ ssoRequired: true });
    await rawDb().organization.update({ where: { id: other.organization.organizationId }, data: { ssoRequired: false } });
    const times = asked.filter((name) => name === `_millrace.${other.domain}`).length;
    await check(gone);
    expect(asked.filter((name) => name === `_millrace.${other.domain}`)).toHaveLength(times);
    const told = await rawDb().notification.findMany({ where: { items: { some: { userId: owner.id } } }, select: { event: true }, orderBy: { createdAt: "asc" } });
    expect(told.map(({ event }) => event)).toEqual(["domain.missing", "domain.lost"]);
    // Open pages hear of it; who leads a workspace alone does not look after the organization.
    await vi.waitFor(() => expect(heard.some((payload) => payload.startsWith(only.id))).toBe(true), { timeout: 60_000 });
    expect(await rawDb().inboxItem.count({ where: { userId: chief.id } })).toBe(0);
    await listener.end();
    const events = await rawDb().auditEvent.findMany({ where: { organizationId: other.organization.organizationId, resourceId: id }, select: { action: true }, orderBy: [{ at: "asc" }, { id: "asc" }] });
    expect(events.map(({ action }) => action).filter((action) => /missing|found|lost/.test(action))).toEqual(["domain.missing", "domain.found_again", "domain.missing", "domain.lost"]);
  });

  it("a domain belongs to one organization", async () => {
    const other = await makeCompany();
    const { id, record } = await addDomain(other, { domain: company.domain });
    await expect(verifyDomain(other, { domainId: id }, () => Promise.resolve([[record.value]]))).rejects.toMatchObject({ kind: "name_taken" });
  });

  it("admits nobody new where the organization makes no accounts, nobody who is switched off, and nobody through a connection that is", async () => {
    await updateConnection(company, { connectionId, connection: settings({ provisions: false }) });
    provider.account = { sub: "dan", claims: { email: `dan@${company.domain}` } };
    expect((await new Browser().go(start())).search).toBe("?error=sso_not_admitted");
    provider.account = ada();
    expect((await new Browser().go(start("/"))).search).toBe("");
    await rawDb().user.updateMany({ where: { email: `ada@${company.domain}` }, data: { disabledAt: new Date() } });
    expect((await new Browser().go(start())).search).toBe("?error=sso_not_admitted");
    await rawDb().user.updateMany({ where: { email: `ada@${company.domain}` }, data: { disabledAt: null } });
    await enableConnection(company, { connectionId, enabled: false });
    expect((await new Browser().go(start())).search).toBe("?error=sso_not_admitted");
  });
});
