import { afterAll, describe, expect, it } from "vitest";
import { newId } from "@/server/db/id";
import { closeConnections, rawDb } from "@/server/db/client";
import { webMetrics } from "@/server/web-counts/service";
import { ensureFirstAdmin } from "./first-admin";
import { signInByLink } from "./doors/link";
import { signInByPassword } from "./doors/password";
import { authOptions } from "./next-auth";
import { LIMITS } from "./rate-limit";
import { createSession, findSession, revokeSession } from "./session";
import { changePassword } from "./account/password";
import { viewMe } from "./service";
import { createSignInLinkFor, viewSignInLink } from "./sign-in-links";

afterAll(closeConnections);

const from = (ip: string) => ({ headers: { "x-forwarded-for": ip, "user-agent": "test" } });
const tokenOf = (url: string | undefined) => new URL(url ?? "").searchParams.get("token") ?? "";
const ORIGIN = { ip: "10.0.0.1", userAgent: "test", requestId: "test" };
const PASSWORD = "a good long password";
/** As `/metrics` tells. */
const signIns = (outcome: string) => webMetrics().find(({ name }) => name === "millrace_sign_ins_total")!.values.find(({ labels }) => labels.outcome === outcome)?.value;

describe("the first start", () => {
  it("gives a link until somebody has signed in with it, then never again", async () => {
    const first = await ensureFirstAdmin();
    const second = await ensureFirstAdmin();
    expect(first?.signInUrl).toMatch(/\/sign-in\?token=[\w-]{43}$/);
    expect(second?.signInUrl).not.toBe(first?.signInUrl);
    expect(await rawDb().workspace.count()).toBe(1);
    expect(await rawDb().workflow.count({ where: { publishedVersionId: { not: null } } })).toBeGreaterThanOrEqual(4);

    const token = tokenOf(second?.signInUrl);
    expect(await viewSignInLink(token)).toEqual({ valid: true, needsPassword: true, email: null });
    const details = { token, email: "Ada@Example.com", name: "Ada", password: PASSWORD };
    await expect(signInByLink({ token, email: "", password: "" }, from("1"))).rejects.toThrow("details_missing");
    await expect(signInByLink({ ...details, password: "short" }, from("1"))).rejects.toThrow("details_missing");

    const both = await Promise.allSettled([signInByLink(details, from("1")), signInByLink(details, from("1"))]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    await expect(signInByLink(details, from("1"))).rejects.toThrow("link_invalid");
    await expect(signInByLink({ ...details, token: tokenOf(first?.signInUrl) }, from("1"))).rejects.toThrow("link_invalid");
    expect(await ensureFirstAdmin()).toBeNull();
  });

  it("makes the first person owner of the first workspace", async () => {
    const user = await signInByPassword({ email: "ada@example.com", password: PASSWORD }, from("2"));
    const session = await findSession(user?.sessionToken);
    expect(session).toMatchObject({ email: "ada@example.com", name: "Ada" });
    const me = await viewMe(session!);
    expect(me.workspaces).toMatchObject([{ slug: "main", role: "owner" }]);
    expect(me.workspaces[0]?.permissions).toContain("settings:write");
  });
});

describe("sessions", () => {
  it("end when they are revoked, expire, or the person is disabled", async () => {
    const { id: userId } = await rawDb().user.findUniqueOrThrow({ where: { email: "ada@example.com" } });
    const tokens = await Promise.all([createSession(userId), createSession(userId), createSession(userId)]);
    const [revoked, expired, disabled] = tokens;
    await revokeSession((await findSession(revoked))!.id, {});
    expect(await findSession(revoked)).toBeNull();
    await rawDb().session.update({ where: { id: (await findSession(expired))!.id }, data: { expiresAt: new Date(Date.now() - 1) } });
    expect(await findSession(expired)).toBeNull();
    // Somebody has to stay.
    const { organizationId } = await rawDb().organizationMember.findFirstOrThrow({ where: { userId } });
    await rawDb().user.create({ data: { id: newId(), email: "second@example.com", organizations: { create: { organizationId, role: "owner" } }, platformAdmin: { create: {} } } });
    await rawDb().user.update({ where: { id: userId }, data: { disabledAt: new Date() } });
    expect(await findSession(disabled)).toBeNull();
    await rawDb().user.update({ where: { id: userId }, data: { disabledAt: null } });
    expect(await findSession(disabled)).not.toBeNull();
    expect(await findSession("")).toBeNull();
    expect(await findSession("unknown")).toBeNull();
  });

  it("travel through next-auth as a bare token and end with sign-out", async () => {
    const user = await signInByPassword({ email: "ada@example.com", password: PASSWORD }, from("3"));
    const { callbacks, jwt, events } = authOptions();
    const token = await callbacks!.jwt!({ token: {}, user: user!, account: null } as never);
    const cookie = await jwt!.encode!({ token, secret: "" });
    expect(cookie).toBe(user?.sessionToken);
    const decoded = await jwt!.decode!({ token: cookie, secret: "" });
    expect(decoded).toMatchObject({ email: "ada@example.com" });
    await events!.signOut!({ token: decoded!, session: undefined as never });
    expect(await jwt!.decode!({ token: cookie, secret: "" })).toBeNull();
  });

  it("of others end with a change of password", async () => {
    const { id: userId } = await rawDb().user.findUniqueOrThrow({ where: { email: "ada@example.com" } });
    const [mine, other] = [await createSession(userId), await createSession(userId)];
    const session = (await findSession(mine))!;
    await expect(changePassword(session, { current: "wrong", next: "another long password" }, ORIGIN)).rejects.toMatchObject({ data: { field: "current" } });
    const { token } = await changePassword(session, { current: PASSWORD, next: "another long password" }, ORIGIN);
    expect(await findSession(mine)).toBeNull();
    expect(await findSession(token)).toMatchObject({ id: session.id });
    expect(await findSession(other)).toBeNull();
    await changePassword(session, { current: "another long password", next: PASSWORD }, ORIGIN);
  });
});

describe("signing in", () => {
  it("answers a wrong password like an unknown person", async () => {
    expect(await signInByPassword({ email: "ada@example.com", password: "wrong" }, from("4"))).toBeNull();
    expect(await signInByPassword({ email: "nobody@example.com", password: "wrong" }, from("4"))).toBeNull();
    expect(await signInByPassword({ email: "not an address", password: "wrong" }, from("4"))).toBeNull();
    expect(signIns("CredentialsSignin")).toBeGreaterThanOrEqual(3);
  });

  it("is limited by person and by address", async () => {
    const attempt = (email: string, ip: string) => signInByPassword({ email, password: "wrong" }, from(ip), () => Promise.resolve());
    for (let count = 0; count < LIMITS.signInByEmail.attempts; count += 1) await attempt("limited@example.com", `10.0.0.${count}`);
    await expect(attempt("limited@example.com", "10.0.1.1")).rejects.toThrow("rate_limited");
    expect(signIns("rate_limited")).toBeGreaterThanOrEqual(1);
    await rawDb().rateLimit.create({ data: { key: "signInByAddress:10.9.9.9", count: LIMITS.signInByAddress.attempts, expiresAt: new Date(Date.now() + 60_000) } });
    await expect(attempt("fresh@example.com", "10.9.9.9")).rejects.toThrow("rate_limited");
    await rawDb().rateLimit.update({ where: { key: "signInByAddress:10.9.9.9" }, data: { expiresAt: new Date(Date.now() - 1) } });
    expect(await attempt("fresh@example.com", "10.9.9.9")).toBeNull();
  });

  it("by a later link may set a new password, which ends all sessions", async () => {
    const { id: userId } = await rawDb().user.findUniqueOrThrow({ where: { email: "ada@example.com" } });
    const old = await createSession(userId);
    const token = tokenOf(await createSignInLinkFor("ADA@example.com"));
    expect(await viewSignInLink(token)).toEqual({ valid: true, needsPassword: false, email: "ada@example.com" });
    const user = await signInByLink({ token, password: "brand new password" }, from("5"));
    expect(await findSession(user?.sessionToken)).toMatchObject({ email: "ada@example.com" });
    expect(await findSession(old)).toBeNull();
    expect(await signInByPassword({ email: "ada@example.com", password: PASSWORD }, from("5"))).toBeNull();
    await expect(createSignInLinkFor("nobody@example.com")).rejects.toMatchObject({ kind: "not_found" });
  });
});

describe("the record of access", () => {
  it("tells of sessions, links and passwords", async () => {
    const { id } = await rawDb().user.findUniqueOrThrow({ where: { email: "ada@example.com" } });
    const started = Date.now();
    const unused = tokenOf(await createSignInLinkFor("ada@example.com"));
    const user = await signInByLink({ token: tokenOf(await createSignInLinkFor("ada@example.com")) }, from("192.0.2.7"));
    const session = (await findSession(user?.sessionToken))!;
    await changePassword(session, { current: "brand new password", next: PASSWORD }, ORIGIN);
    await revokeSession(session.id, {});
    const events = await rawDb().auditEvent.findMany({ where: { organizationId: null, actorId: id, at: { gte: new Date(started) } }, orderBy: { id: "asc" } });
    expect(events.map(({ action }) => action)).toEqual(["sign_in_link.used", "session.started", "password.changed", "session.ended"]);
    expect(events[1]).toMatchObject({ ip: "192.0.2.7", resourceId: session.id, organizationId: null, actorName: "Ada" });
    expect(JSON.stringify(events)).not.toContain(user?.sessionToken);
    expect(await viewSignInLink(unused)).toMatchObject({ valid: false });
  });
});
