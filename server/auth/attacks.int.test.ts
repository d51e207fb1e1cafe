import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import * as argon2 from "@node-rs/argon2";
import { type MailSink, openMailSink } from "@/server/alerts/testing/sinks";
import { closeConnections, rawDb } from "@/server/db/client";
import { contextFor, contextOfRequest } from "@/server/trpc/context";
import { appRouter, createCaller } from "@/server/trpc/root";
import { newId } from "@/server/db/id";
import { makeWorkspace } from "@/server/testing/factories";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { confirmEmailChange, requestEmailChange } from "./email-change";
import { deleteAccount } from "./account/deletion";
import { exportOwnData } from "./account/export";
import { signInByLink } from "./doors/link";
import { signInByPasskey } from "./doors/passkey";
import { signInByPassword } from "./doors/password";
import { deliverSignInMails } from "./mail/deliver";
import { authOptions } from "./next-auth";
import { LIMITS } from "./rate-limit";
import { originOf } from "./request-origin";
import { requestMail, resetPassword, viewReset } from "./reset";
import { createSession, findAnySession, findSession } from "./session";
import { sessionCookieName } from "./session-cookie";
import { attemptWith, makeSignInPerson, PASSWORD, sessionOf } from "./testing/person";

// It works as ever; its calls are counted.
vi.mock("@node-rs/argon2", { spy: true });

const ORIGIN = { ip: "10.0.0.1", userAgent: "test", requestId: "test" };
const BASE = "http://127.0.0.1:3000";
let mail: MailSink;

beforeAll(async () => {
  mail = await openMailSink();
  process.env.SMTP_URL = `smtp://127.0.0.1:${mail.port}`;
});
afterAll(async () => {
  await mail.close();
  await closeConnections();
});

const anonymous = (ip: string) => createCaller(contextFor(() => Promise.resolve(null), null, { ...ORIGIN, ip }));
const withPassword = (email: string, password: string = PASSWORD, token?: string) => signInByPassword({ email, password }, attemptWith(token));
const mailsTo = (email: string) => mail.mails.filter(({ to }) => (to as { text: string } | undefined)?.text === email);
const tokenIn = (text: string | undefined) => /token=([\w-]+)/.exec(text ?? "")![1]!;

/** The mails go out in the background too: whoever is first. */
async function newestMail(email: string, subject: RegExp): Promise<string> {
  await deliverSignInMails();
  return vi.waitFor(() => {
    const found = mailsTo(email).filter((one) => subject.test(one.subject ?? "")).at(-1);
    if (found === undefined) throw new Error("not yet");
    return found.text ?? "";
  }, 60_000);
}

let asked = 0;

async function resetToken(email: string): Promise<string> {
  mail.mails.length = 0;
  await requestMail("reset", email, "", { ...ORIGIN, ip: `10.2.0.${(asked += 1)}` });
  return tokenIn(await newestMail(email, /new password/));
}

describe("session fixation", () => {
  it("a cookie that was planted before the sign-in is not the one after it, and is worth nothing", async () => {
    const { email } = await makeSignInPerson();
    const planted = "planted-by-somebody-else";
    const signedIn = await withPassword(email, PASSWORD, planted);
    expect(signedIn?.sessionToken).not.toBe(planted);
    expect(await findAnySession(planted)).toBeNull();
  });

  it("an attacker's own session in the victim's browser ends with the victim's sign-in", async () => {
    const [attacker, victim] = await Promise.all([makeSignInPerson(), makeSignInPerson()]);
    const planted = (await withPassword(attacker.email))!.sessionToken;
    const signedIn = await withPassword(victim.email, PASSWORD, planted);
    expect(await findAnySession(planted)).toBeNull();
    expect(await findSession(signedIn?.sessionToken)).toMatchObject({ userId: victim.id });
  });

  it("a change of password hands the session a new secret", async () => {
    const { id } = await makeSignInPerson();
    const token = await createSession(id);
    const headers = { cookie: `${sessionCookieName()}=${token}`, "content-type": "application/json", origin: BASE };
    const body = JSON.stringify({ json: { current: PASSWORD, next: "quite another password" }, current: PASSWORD, next: "quite another password" });
    const request = new Request(`${BASE}/api/trpc/account.changePassword`, { method: "POST", headers, body });
    const answer = await fetchRequestHandler({ endpoint: "/api/trpc", req: request, router: appRouter, createContext: ({ resHeaders }) => contextOfRequest(request, resHeaders) });
    expect(answer.status).toBe(200);
    const cookie = answer.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/HttpOnly; SameSite=Lax/);
    const fresh = new RegExp(`${sessionCookieName()}=([^;]+)`).exec(cookie)![1];
    expect(await findSession(token)).toBeNull();
    expect(await findSession(fresh)).toMatchObject({ userId: id });
  });
});

describe("cross-site requests (CSRF)", () => {
  const post = async (token: string, headers: Record<string, string>) => {
    const request = new Request(`${BASE}/api/trpc/account.endOtherSessions`, { method: "POST", headers: { cookie: `${sessionCookieName()}=${token}`, "content-type": "application/json", ...headers } });
    return (await fetchRequestHandler({ endpoint: "/api/trpc", req: request, router: appRouter, createContext: () => contextOfRequest(request) })).status;
  };

  it.each([
    ["another site", { "sec-fetch-site": "cross-site", origin: "https://evil.example" }],
    ["a neighbouring subdomain", { "sec-fetch-site": "same-site", origin: "https://evil.millrace.example" }],
    ["a browser that says only where it is", { origin: "https://evil.example" }],
    ["a sandboxed frame", { origin: "null" }],
    ["another site, of which only that much is said", { "sec-fetch-site": "cross-site" }],
    ["a neighbouring subdomain, of which only that much is said", { "sec-fetch-site": "same-site" }],
  ])("a mutation sent by a page of %s is refused", async (_who, headers) => {
    const token = await createSession((await makeSignInPerson()).id);
    expect(await post(token, headers)).toBe(403);
    expect(await post(token, { "sec-fetch-site": "same-origin", origin: BASE })).toBe(200);
    expect(await post(token, {})).toBe(200);
  });

  it("no mutation is done by a GET, whatever the method override", async () => {
    const token = await createSession((await makeSignInPerson()).id);
    const request = new Request(`${BASE}/api/trpc/account.endOtherSessions`, { headers: { cookie: `${sessionCookieName()}=${token}` } });
    expect((await fetchRequestHandler({ endpoint: "/api/trpc", req: request, router: appRouter, allowMethodOverride: true, createContext: () => contextOfRequest(request) })).status).toBe(405);
  });
});

describe("open redirect after sign-in", () => {
  it.each(["https://evil.example/", "//evil.example", "/\\evil.example"])("next-auth's own callback address is not followed to %s", async (url) => {
    const redirect = authOptions().callbacks?.redirect;
    expect(redirect).toBeTypeOf("function");
    const to = await redirect!({ url, baseUrl: BASE });
    expect(new URL(to, BASE).origin).toBe(BASE);
  });

  it("next-auth goes on to pages of ours", async () => {
    const redirect = authOptions().callbacks!.redirect!;
    for (const url of ["/main/runs?page=2", `${BASE}/main/runs?page=2`]) expect(await redirect({ url, baseUrl: BASE })).toBe(`${BASE}/main/runs?page=2`);
  });

  it("a link that came by mail leads inside", async () => {
    const { email } = await makeSignInPerson();
    await requestMail("magic", email, "https://evil.example/", { ...ORIGIN, ip: "10.3.0.1" });
    expect(await newestMail(email, /^Sign in/)).not.toContain("evil.example");
  });
});

describe("password-reset token", () => {
  it("null, empty, short and unknown tokens open nothing", async () => {
    const caller = anonymous("10.4.0.1");
    for (const token of [null, undefined, "", "null", "undefined", "A".repeat(43)]) {
      await expect(caller.signIn.resetPassword({ token: token as string, password: "quite another password" })).rejects.toThrow();
    }
    expect(await viewReset("null")).toEqual({ email: null });
  });

  it("works once, also for two at the same time, ends every session and other links, and is no way to sign in", async () => {
    const { id, email } = await makeSignInPerson();
    const open = await createSession(id);
    const [first, token] = [await resetToken(email), await resetToken(email)];
    await expect(signInByLink({ token }, attemptWith())).rejects.toThrow("link_invalid");
    await expect(resetPassword(token, "password123", ORIGIN)).rejects.toMatchObject({ kind: "invalid_input" });
    const tries = await Promise.allSettled([1, 2].map((n) => resetPassword(token, `quite another password ${n}`, ORIGIN)));
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const used of [token, first]) await expect(resetPassword(used, "quite another password 3", ORIGIN)).rejects.toMatchObject({ kind: "link_invalid" });
    expect(await findSession(open)).toBeNull();
    expect(await withPassword(email)).toBeNull();
    expect(await newestMail(email, /was reset/)).toContain("/profile/security");
  });

  it("a sign-in link sets no password, and one that is too old does nothing", async () => {
    const { id, email } = await makeSignInPerson();
    await requestMail("magic", email, "/main/runs", { ...ORIGIN, ip: "10.3.0.2" });
    const text = await newestMail(email, /^Sign in/);
    expect(text).toContain("callbackUrl=%2Fmain%2Fruns");
    await expect(resetPassword(tokenIn(text), "quite another password", ORIGIN)).rejects.toMatchObject({ kind: "link_invalid" });
    await rawDb().signInLink.updateMany({ where: { userId: id }, data: { expiresAt: new Date(Date.now() - 1) } });
    await expect(signInByLink({ token: tokenIn(text) }, attemptWith())).rejects.toThrow("link_invalid");
    await requestMail("magic", email, "", { ...ORIGIN, ip: "10.3.0.2" });
    mail.mails.length = 0;
    const signedIn = await signInByLink({ token: tokenIn(await newestMail(email, /^Sign in/)), password: "stolen by the mailbox" }, attemptWith());
    expect(await findSession(signedIn?.sessionToken)).toMatchObject({ userId: id, method: "link" });
    expect(await withPassword(email)).not.toBeNull();
  });
});

describe("e-mail case and unicode confusables", () => {
  it("another spelling is the same person; another alphabet is nobody, also in the database", async () => {
    const { id, email } = await makeSignInPerson();
    for (const spelling of [email.toUpperCase(), ` ${email}`, email.replace("e", "\uff45"), email.replace("@", "\uff20")]) {
      expect(await findSession((await withPassword(spelling))?.sessionToken)).toMatchObject({ userId: id });
    }
    const cyrillic = email.replace("a", "\u0430");
    await expect(anonymous("10.5.0.1").signIn.requestReset({ email: cyrillic })).rejects.toMatchObject({ code: "BAD_REQUEST" });
    for (const lookalike of [cyrillic, email.replace("example", "ex\u0430mple"), email.replace("ada", "\u212ada")]) {
      expect(await withPassword(lookalike)).toBeNull();
      await expect(rawDb().user.create({ data: { id: crypto.randomUUID(), email: lookalike } })).rejects.toThrow();
    }
  });
});

describe("rate limits", () => {
  it("are not passed by headers that a client writes itself", async () => {
    const person = await makeSignInPerson();
    for (let guess = 0; guess < LIMITS.signInByEmail.attempts; guess += 1) {
      const forged = { "x-forwarded-for": `203.0.113.${guess}`, "x-real-ip": `198.51.100.${guess}`, forwarded: `for=192.0.2.${guess}`, "true-client-ip": `192.0.2.${guess}`, "cf-connecting-ip": `192.0.2.${guess}` };
      expect(await signInByPassword({ email: guess % 2 ? person.email : person.email.toUpperCase(), password: "wrong" }, attemptWith(undefined, forged), () => Promise.resolve())).toBeNull();
    }
    await expect(withPassword(person.email)).rejects.toThrow("rate_limited");
    const actions = (await rawDb().auditEvent.findMany({ where: { organizationId: null, actorId: person.id } })).map(({ action }) => action);
    expect(actions.filter((action) => action === "sign_in.failed")).toHaveLength(LIMITS.signInByEmail.attempts);
    expect(actions.filter((action) => action === "sign_in.locked")).toHaveLength(1);
    expect(originOf(new Headers({ "x-real-ip": "1.2.3.4", forwarded: "for=1.2.3.4", "x-forwarded-for": "10.0.0.9" })).ip).toBe("10.0.0.9");
  });

  it("let a person who is locked in by another way", async () => {
    const { id, email } = await makeSignInPerson();
    await rawDb().rateLimit.create({ data: { key: `signInByEmail:${email}`, count: 1_000, expiresAt: new Date(Date.now() + 60_000) } });
    await expect(withPassword(email)).rejects.toThrow("rate_limited");
    await resetPassword(await resetToken(email), "quite another password", ORIGIN);
    expect(await findSession((await withPassword(email, "quite another password"))?.sessionToken)).toMatchObject({ userId: id });
  });
});

describe("user enumeration", () => {
  it("known, unknown and password-less addresses cost the same look at a password", async () => {
    const [{ email }, bare] = [await makeSignInPerson(), await makeSignInPerson()];
    await rawDb().user.update({ where: { id: bare.id }, data: { passwordHash: null } });
    // The first one of a process makes the hash that nobody has.
    await withPassword("nobody-yet@example.com", "wrong");
    const verify = vi.mocked(argon2.verify);
    const looks: number[] = [];
    // What is recorded of a known person takes its time too: all wait for the same moment.
    const paused: number[] = [];
    const pause = (ms: number) => Promise.resolve(paused.push(ms));
    for (const address of [email, "nobody-at-all@example.com", bare.email]) {
      verify.mockClear();
      expect(await signInByPassword({ email: address, password: "wrong" }, attemptWith(), pause)).toBeNull();
      looks.push(verify.mock.calls.length);
    }
    expect([looks, paused.length]).toEqual([[1, 1, 1], 3]);
  });

  it("known and unknown addresses get the same answers after the same work", async () => {
    const { email } = await makeSignInPerson();
    mail.mails.length = 0;
    for (const address of [email, "nobody-at-all@example.com"]) {
      expect(await anonymous("10.6.0.1").signIn.requestReset({ email: address })).toEqual({ ok: true });
      expect(await anonymous("10.6.0.1").signIn.requestLink({ email: address })).toEqual({ ok: true });
      expect(await withPassword(address, "wrong")).toBeNull();
    }
    await newestMail(email, /new password/);
    await vi.waitFor(async () => expect(await rawDb().signInMail.count({ where: { doneAt: null } })).toBe(0), 60_000);
    expect(mailsTo("nobody-at-all@example.com")).toEqual([]);
    expect(await rawDb().signInMail.count({ where: { email: "nobody-at-all@example.com" } })).toBe(2);
  });
});

describe("a change of address", () => {
  it("wants both mailboxes, each link once, and ends every session", async () => {
    const { id, email } = await makeSignInPerson();
    const session = (await findSession(await createSession(id)))!;
    const newEmail = `new-${email}`;
    mail.mails.length = 0;
    await requestEmailChange(session, newEmail, ORIGIN);
    const fromOld = tokenIn(await newestMail(email, /is to change/));
    const fromNew = tokenIn(await newestMail(newEmail, /Confirm/));
    expect(await confirmEmailChange(fromNew, ORIGIN)).toEqual({ waitsFor: "old" });
    await expect(confirmEmailChange(fromNew, ORIGIN)).rejects.toMatchObject({ kind: "link_invalid" });
    expect(await rawDb().user.findUnique({ where: { email: newEmail } })).toBeNull();
    expect(await confirmEmailChange(fromOld, ORIGIN)).toEqual({ waitsFor: null });
    expect(await rawDb().user.findUniqueOrThrow({ where: { email: newEmail } })).toMatchObject({ id });
    expect(await rawDb().session.count({ where: { userId: id, revokedAt: null } })).toBe(0);
  });

  it("attack: leaves no domain whose organization signs its people in itself, also when that was set meanwhile", async () => {
    const { id, email } = await makeSignInPerson();
    const session = (await findSession(await createSession(id)))!;
    const { organizationId } = await makeWorkspace();
    await rawDb().organizationMember.create({ data: { organizationId, userId: id } });
    const domain = email.split("@")[1]!;
    await rawDb().ssoDomain.deleteMany({ where: { domain } });
    mail.mails.length = 0;
    await requestEmailChange(session, "away@elsewhere.example", ORIGIN);
    const fromOld = tokenIn(await newestMail(email, /is to change/));
    const fromNew = tokenIn(await newestMail("away@elsewhere.example", /Confirm/));
    await confirmEmailChange(fromOld, ORIGIN);
    await rawDb().ssoDomain.create({ data: { id: newId(), organizationId, domain, token: "x", verifiedAt: new Date() } });
    await rawDb().organization.update({ where: { id: organizationId }, data: { ssoRequired: true } });
    const refused = { kind: "invalid_input", data: { field: "email" } };
    await expect(confirmEmailChange(fromNew, ORIGIN)).rejects.toMatchObject(refused);
    await expect(requestEmailChange(session, "away@elsewhere.example", ORIGIN)).rejects.toMatchObject(refused);
    await requestEmailChange(session, `other-${email}`, ORIGIN);
    expect((await rawDb().user.findUniqueOrThrow({ where: { id } })).email).toBe(email);
    await rawDb().ssoDomain.deleteMany({ where: { domain } });
  });

  it("to somebody else's address tells neither that it is taken nor that person of a token", async () => {
    const [mine, theirs] = await Promise.all([makeSignInPerson(), makeSignInPerson()]);
    mail.mails.length = 0;
    await requestEmailChange((await findSession(await createSession(mine.id)))!, theirs.email, ORIGIN);
    expect(await confirmEmailChange(tokenIn(await newestMail(mine.email, /is to change/)), ORIGIN)).toEqual({ waitsFor: "new" });
    expect(mailsTo(theirs.email)).toEqual([]);
  });
});

describe("log injection", () => {
  it("line breaks in what a client sends write no lines of their own", async () => {
    expect(originOf(new Headers({ "x-request-id": "a b" })).requestId).not.toContain(" ");
    await expect(signInByLink({ token: "A".repeat(43), name: "Ada\nlevel=fatal" }, attemptWith())).rejects.toThrow("details_missing");
    const { id } = await makeSignInPerson();
    const session = (await findSession(await createSession(id)))!;
    const caller = createCaller(contextFor(() => Promise.resolve(session), null, ORIGIN));
    await expect(caller.account.rename({ name: "Ada\r\nBcc: all@example.com" })).rejects.toMatchObject({ code: "BAD_REQUEST" });
    expect(await withPassword("ada@example.com\nBcc: all@example.com")).toBeNull();
  });
});

describe("passkeys", () => {
  it.each([undefined, "", "null", "{}", "[]", "{", JSON.stringify({ id: "x".repeat(40) }), JSON.stringify({ id: 1 })])("an answer that is %j signs nobody in", async (response) => {
    await expect(signInByPasskey({ response }, attemptWith(undefined, { host: "localhost:3000" }))).rejects.toThrow("passkey_unknown");
  });
});

describe("an account that is deleted", () => {
  it("gives its data first, is anonymous afterwards, and cannot leave a workspace without an owner", async () => {
    const person = await makeSignInPerson();
    const session = await sessionOf(await withPassword(person.email));
    const data = JSON.stringify(await exportOwnData(session, ORIGIN));
    expect(data).toContain(person.email);
    expect(data).not.toContain("argon2id");
    await deleteAccount(session, ORIGIN);
    expect(await rawDb().user.findUniqueOrThrow({ where: { id: person.id } })).toMatchObject({ email: `deleted-${person.id}@millrace.invalid`, name: null, passwordHash: null });
    expect(await rawDb().session.count({ where: { userId: person.id, revokedAt: null } })).toBe(0);
    expect(await withPassword(person.email)).toBeNull();
  });
});
