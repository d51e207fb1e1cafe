import NextAuth from "next-auth";
import { afterAll, beforeAll, expect, it } from "vitest";
import { closeConnections, rawDb } from "@/server/db/client";
import { authOptions } from "./next-auth";
import { createSession, findSession } from "./session";
import { sessionCookieName } from "./session-cookie";
import { makeSignInPerson } from "./testing/person";
import { openProvider, type ProviderWorld } from "./testing/provider-world";

const BASE = "http://127.0.0.1:3000";
let provider: ProviderWorld;

beforeAll(async () => {
  provider = await openProvider("client");
  process.env.NEXTAUTH_URL = BASE;
  process.env.SIGN_IN_GOOGLE = `client:secret@${provider.url}`;
  process.env.SIGN_IN_GITHUB = `client:secret@${provider.url}`;
});
afterAll(async () => {
  await provider.close();
  await closeConnections();
});

/** A browser as far as next-auth sees one: it keeps cookies and says where it was sent. */
class Browser {
  readonly cookies: Record<string, string> = {};

  async call(method: string, nextauth: string[], query: Record<string, string> = {}, body: Record<string, string> = {}): Promise<{ location: string; json: unknown }> {
    const cookie = Object.entries(this.cookies).map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { cookie, host: "127.0.0.1:3000", "x-forwarded-for": "10.7.0.1", "user-agent": "test" };
    const answered = { location: "", json: undefined as unknown };
    const kept: Record<string, unknown> = {};
    const response = {
      setHeader: (name: string, value: unknown) => (kept[name.toLowerCase()] = value),
      getHeader: (name: string) => kept[name.toLowerCase()],
      status: () => response,
      redirect: (to: string) => (answered.location = to),
      json: (value: unknown) => (answered.json = value),
      send: (value: unknown) => (answered.json = value),
      end: () => undefined,
    };
    await (NextAuth as (...given: unknown[]) => Promise<unknown>)({ method, headers, cookies: { ...this.cookies }, query: { nextauth, ...query }, body }, response, authOptions({ headers }));
    for (const line of [kept["set-cookie"] ?? []].flat() as string[]) {
      const [name = "", value = ""] = line.split(";")[0]!.split("=");
      this.cookies[name] = decodeURIComponent(value);
    }
    return { location: answered.location || String(kept.location ?? ""), json: answered.json };
  }

  /** To the provider's page, where the person agrees; gives the way back. */
  async begin(id: string): Promise<string> {
    const { json } = await this.call("GET", ["csrf"]);
    const { location } = await this.call("POST", ["signin", id], {}, { csrfToken: (json as { csrfToken: string }).csrfToken, callbackUrl: `${BASE}/main/runs` });
    return provider.agree(location);
  }

  async comeBack(id: string, address: string): Promise<string> {
    return (await this.call("GET", ["callback", id], Object.fromEntries(new URL(address).searchParams))).location;
  }

  get session(): string | undefined {
    return this.cookies[sessionCookieName()];
  }
}

it.each(["google", "github"])("%s: linked by a person who is signed in, it signs them in afterwards; unlinked it opens nothing", async (id) => {
  const person = await makeSignInPerson();
  provider.person = { sub: String(Date.now()), email: person.email, email_verified: true, name: "Ada" };
  const stranger = new Browser();
  expect(await stranger.comeBack(id, await stranger.begin(id))).toContain("/sign-in?error=account_unknown");
  expect(stranger.session).toBeUndefined();

  const mine = new Browser();
  mine.cookies[sessionCookieName()] = await createSession(person.id);
  expect(await mine.comeBack(id, await mine.begin(id))).toMatch(/\/profile\/security$/);
  expect(await findSession(mine.session)).toMatchObject({ userId: person.id, method: "password" });

  const later = new Browser();
  expect(await later.comeBack(id, await later.begin(id))).toBe(`${BASE}/main/runs`);
  expect(await findSession(later.session)).toMatchObject({ userId: person.id, method: id });
});

it.each(["google", "github"])("attack: %s, an answer is replayed, comes in another browser, or is of another sign-in", async (id) => {
  const person = await makeSignInPerson();
  provider.person = { sub: String(Date.now()), email: person.email, email_verified: true, name: "Ada" };
  await rawDb().linkedAccount.create({ data: { id: crypto.randomUUID(), userId: person.id, provider: id, subject: provider.person.sub, label: "Ada" } });
  const victim = new Browser();
  const way = await victim.begin(id);
  const elsewhere = new Browser();
  expect(await elsewhere.comeBack(id, way)).toContain("error=");
  await elsewhere.begin(id);
  expect(await elsewhere.comeBack(id, way)).toContain("error=");
  expect(elsewhere.session).toBeUndefined();
  const fresh = new Browser();
  const answer = await fresh.begin(id);
  expect(await fresh.comeBack(id, answer)).toBe(`${BASE}/main/runs`);
  const first = fresh.session;
  expect(await fresh.comeBack(id, answer)).toContain("error=");
  expect(fresh.session).toBe(first);
});

it("attack: an id token with another nonce is refused", async () => {
  const browser = new Browser();
  provider.nonce = "of-another-sign-in";
  expect(await browser.comeBack("google", await browser.begin("google"))).toContain("error=");
  provider.nonce = null;
  expect(browser.session).toBeUndefined();
});

it("links neither an unverified address, nor without a fresh proof", async () => {
  const person = await makeSignInPerson();
  const browser = new Browser();
  browser.cookies[sessionCookieName()] = await createSession(person.id);
  provider.person = { sub: String(Date.now()), email: person.email, email_verified: false, name: "Ada" };
  expect(await browser.comeBack("google", await browser.begin("google"))).toContain("/profile/security?error=email_unverified");
  provider.person.email_verified = true;
  await rawDb().session.updateMany({ where: { userId: person.id }, data: { authenticatedAt: new Date(Date.now() - 3_600_000) } });
  expect(await browser.comeBack("google", await browser.begin("google"))).toContain("/profile/security?error=proof_needed");
  expect(await rawDb().linkedAccount.count({ where: { userId: person.id } })).toBe(0);
});
