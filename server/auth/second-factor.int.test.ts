import { randomBytes } from "node:crypto";
import pg from "pg";
import { Secret, TOTP } from "otpauth";
import { afterAll, describe, expect, it, vi } from "vitest";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { env } from "@/server/env";
import { makePerson, makeWorkspace } from "@/server/testing/factories";
import { signInsOf } from "@/server/testing/sign-ins";
import { contextFor } from "@/server/trpc/context";
import { createCaller } from "@/server/trpc/root";
import { confirmTotp, removePasskey, removeTotp, replaceRecoveryCodes } from "./account/factors";
import { endOtherSessions, endSession, listSessions, personOf } from "./account/sessions";
import { confirmSession } from "./doors/confirm";
import { signInByPassword } from "./doors/password";
import { signInExternally, linkAccount } from "./external-identity";
import { beginTotp } from "./factors/totp";
import { readSignInPolicy, setSignInPolicy } from "./organization-policy";
import { openOrganizationScope } from "./organization-scope";
import { FACTOR_RULE } from "./platform";
import { createSession, findAnySession, findSession, type Session } from "./session";
import { createSignInLinkFor } from "./sign-in-links";
import { attemptWith, makeSignInPerson, PASSWORD, sessionOf } from "./testing/person";

afterAll(closeConnections);

const ORIGIN = { ip: "10.0.0.1", userAgent: "test", requestId: "test" };
const PERIOD_MS = 30_000;
/** `steps` away from now, so that one test can show several codes that are new to the server. */
const codeOf = (secret: string, steps = 0) => new TOTP({ issuer: "Millrace", secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * PERIOD_MS });
const actions = async (userId: string) => (await rawDb().auditEvent.findMany({ where: { organizationId: null, actorId: userId }, orderBy: { id: "asc" } })).map(({ action }) => action);
const withPassword = (email: string, token?: string) => signInByPassword({ email, password: PASSWORD }, attemptWith(token));

/** With an authenticator app; its first code was of this step, so the tests show that of the next. */
async function personWithTotp() {
  const person = await makeSignInPerson();
  const session = await sessionOf(await withPassword(person.email));
  const { secret, uri } = await beginTotp(personOf(session));
  const { codes, token } = await confirmTotp(session, codeOf(secret), ORIGIN);
  return { ...person, secret, uri, codes, token };
}

const withPasskey = async (userId: string) => rawDb().passkey.create({ data: { id: newId(), userId, credentialId: randomBytes(16).toString("hex"), publicKey: new Uint8Array(32), rpId: "localhost", name: "Key" } });

describe("an authenticator app", () => {
  it("counts once its first code was right, and gives the session a new secret", async () => {
    const person = await makeSignInPerson();
    const signedIn = await withPassword(person.email);
    const session = await sessionOf(signedIn);
    const { secret, uri } = await beginTotp(personOf(session));
    expect(uri).toMatch(/^otpauth:\/\/totp\/Millrace:ada-.*secret=/);
    await expect(confirmTotp(session, "000000", ORIGIN)).rejects.toMatchObject({ data: { field: "code" } });
    expect(await findSession((await withPassword(person.email))?.sessionToken)).not.toBeNull();
    const { codes, token } = await confirmTotp(session, codeOf(secret), ORIGIN);
    expect(codes).toHaveLength(10);
    expect(new Set(codes).size).toBe(10);
    expect(await findAnySession(signedIn!.sessionToken)).toBeNull();
    expect(await findSession(token)).toMatchObject({ id: session.id });
    await expect(beginTotp(personOf(session))).rejects.toMatchObject({ kind: "name_taken" });
    const stored = await rawDb().totpFactor.findUniqueOrThrow({ where: { userId: person.id } });
    expect(Buffer.from(stored.sealed).toString("latin1")).not.toContain(secret);
  });

  it("is shown by whoever came in by single sign-on, where something asks for one of their own", async () => {
    const { id, secret } = await personWithTotp();
    const { organizationId } = await makeWorkspace();
    await rawDb().organizationMember.create({ data: { organizationId, userId: id, role: "member" } });
    const token = await createSession(id, ORIGIN, { method: "sso", ssoOrganizationId: organizationId });
    expect(await findSession(token)).toMatchObject({ secondFactorAt: null });
    const shown = await confirmSession({ code: codeOf(secret, 1) }, attemptWith(token));
    expect((await findSession(shown?.sessionToken))?.secondFactorAt).toBeInstanceOf(Date);
  });

  it("is asked for after the password: until then the session does nothing", async () => {
    const { id, email, secret } = await personWithTotp();
    const counted = signInsOf("asked_second_factor", "code_wrong", "signed_in");
    const half = await withPassword(email);
    expect(counted()).toEqual([1, 0, 0]);
    expect(await findSession(half?.sessionToken)).toBeNull();
    expect(await sessionOf(half)).toMatchObject({ stage: "second_factor" });
    const caller = createCaller(contextFor(() => findAnySession(half?.sessionToken), null, { ...ORIGIN }));
    await expect(caller.me.get()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    await expect(caller.account.security()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    expect(await caller.signIn.proofs()).toMatchObject({ code: true, password: false });
    await expect(confirmSession({ password: PASSWORD }, attemptWith(half?.sessionToken))).rejects.toThrow("code_wrong");
    await expect(confirmSession({ code: "000000" }, attemptWith(half?.sessionToken))).rejects.toThrow("code_wrong");
    const whole = await confirmSession({ code: codeOf(secret, 1) }, attemptWith(half?.sessionToken));
    expect(await findSession(whole?.sessionToken)).toMatchObject({ email });
    expect(counted()).toEqual([1, 2, 1]);
    // A fresh look within a session signs nobody in.
    await expect(confirmSession({ code: "000000" }, attemptWith(whole?.sessionToken))).rejects.toThrow("code_wrong");
    expect(counted()).toEqual([1, 2, 1]);
    expect(await findAnySession(half?.sessionToken)).toBeNull();
    expect(await actions(id)).toEqual(expect.arrayContaining(["totp.added", "sign_in.failed", "session.confirmed"]));
  });

  it("attack: a code that was seen is shown again (replay), also many times at once", async () => {
    const { email, secret } = await personWithTotp();
    const code = codeOf(secret, 1);
    const halves = await Promise.all([1, 2, 3, 4].map(() => withPassword(email)));
    const tries = await Promise.allSettled(halves.map((half) => confirmSession({ code }, attemptWith(half?.sessionToken))));
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const again = await withPassword(email);
    await expect(confirmSession({ code }, attemptWith(again?.sessionToken))).rejects.toThrow();
    await expect(confirmSession({ code: codeOf(secret) }, attemptWith(again?.sessionToken))).rejects.toThrow();
  });

  it("attack: one recovery code is used by five requests at once (race), and again later", async () => {
    const { id, email, codes } = await personWithTotp();
    await rawDb().rateLimit.deleteMany({ where: { key: { startsWith: "secondFactorByPerson" } } });
    const halves = await Promise.all(Array.from({ length: 5 }, () => withPassword(email)));
    const tries = await Promise.allSettled(halves.map((half) => confirmSession({ code: codes[0]!.toLowerCase() }, attemptWith(half?.sessionToken))));
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await rawDb().recoveryCode.count({ where: { userId: id, usedAt: null } })).toBe(9);
    await rawDb().rateLimit.deleteMany({ where: { key: { startsWith: "secondFactorByPerson" } } });
    await expect(confirmSession({ code: codes[0] }, attemptWith((await withPassword(email))?.sessionToken))).rejects.toThrow("code_wrong");
    expect((await rawDb().recoveryCode.findMany({ where: { userId: id } })).every(({ codeHash }) => codeHash.length === 32)).toBe(true);
    const fresh = await replaceRecoveryCodes(await sessionOf(await confirmSession({ code: codes[1] }, attemptWith((await withPassword(email))?.sessionToken))), ORIGIN);
    await expect(confirmSession({ code: codes[2] }, attemptWith((await withPassword(email))?.sessionToken))).rejects.toThrow("code_wrong");
    expect(fresh).not.toContain(codes[2]);
  });

  it("attack: guessing codes ends after five, and the lock is in the audit log once", async () => {
    const { id, email, secret } = await personWithTotp();
    const half = await withPassword(email);
    for (let guess = 0; guess < 5; guess += 1) await expect(confirmSession({ code: `00000${guess}` }, attemptWith(half?.sessionToken))).rejects.toThrow("code_wrong");
    for (let guess = 0; guess < 3; guess += 1) await expect(confirmSession({ code: codeOf(secret, 1) }, attemptWith(half?.sessionToken))).rejects.toThrow("rate_limited");
    expect((await actions(id)).filter((action) => action === "sign_in.locked")).toHaveLength(1);
  });

  it("goes only after a fresh proof, and ends with its recovery codes", async () => {
    const { id, token } = await personWithTotp();
    const session = (await findSession(token))!;
    await rawDb().session.update({ where: { id: session.id }, data: { authenticatedAt: new Date(Date.now() - 11 * 60_000) } });
    const caller = createCaller(contextFor(() => findAnySession(token), null, { ...ORIGIN }));
    await expect(caller.account.removeTotp()).rejects.toMatchObject({ code: "FORBIDDEN", cause: { kind: "proof_needed" } });
    await removeTotp(session, ORIGIN);
    expect(await rawDb().recoveryCode.count({ where: { userId: id } })).toBe(0);
    expect(await rawDb().totpFactor.count({ where: { userId: id } })).toBe(0);
  });
});

describe("what the installation asks of its administrators", () => {
  it("attack: a password, or single sign-on, makes no second factor beside the one that there is, and takes none away", async () => {
    const [byPassword, bySso] = [await makeSignInPerson(), await personWithTotp()];
    await withPasskey(byPassword.id);
    const { organizationId } = await makeWorkspace();
    await rawDb().organizationMember.create({ data: { organizationId, userId: bySso.id, role: "member" } });
    await rawDb().platformAdmin.createMany({ data: [{ userId: byPassword.id }, { userId: bySso.id }] });
    const callerOf = (token: string | undefined) => createCaller(contextFor(() => findAnySession(token), null, { ...ORIGIN }));
    const needsProof = { code: "FORBIDDEN", cause: { kind: "proof_needed" } };
    const tokens = [(await withPassword(byPassword.email))?.sessionToken, await createSession(bySso.id, ORIGIN, { method: "sso", ssoOrganizationId: organizationId })] as const;
    expect(await callerOf(tokens[0]).signIn.proofs()).toMatchObject({ password: true });
    await rawDb().installationMark.create({ data: { name: FACTOR_RULE } });
    try {
      for (const token of tokens) {
        const { account, signIn } = callerOf(token);
        expect(await signIn.proofs()).toMatchObject({ password: false });
        for (const change of [() => account.beginTotp(), () => account.confirmTotp({ code: "123456" }), () => account.removeTotp(), () => account.beginPasskey(), () => account.removePasskey({ passkeyId: newId() })]) await expect(change()).rejects.toMatchObject(needsProof);
      }
      const shown = await confirmSession({ code: codeOf(bySso.secret, 1) }, attemptWith(tokens[1]));
      await expect(callerOf(shown?.sessionToken).account.removeTotp()).rejects.toMatchObject({ cause: { kind: "in_use" } });
      // Who has lost them turns to whoever has the machine.
      await createSignInLinkFor(byPassword.email, { resetFactors: true });
      expect(await rawDb().passkey.count({ where: { userId: byPassword.id } })).toBe(0);
      expect((await rawDb().auditEvent.findMany({ where: { action: "person.factors_reset" } })).map(({ resourceId }) => resourceId)).toEqual([byPassword.id]);
      await callerOf(tokens[0]).account.beginTotp();
    } finally {
      await rawDb().installationMark.deleteMany({ where: { name: FACTOR_RULE } });
      await rawDb().platformAdmin.deleteMany({ where: { userId: byPassword.id } });
    }
  });
});

describe("what an organization asks for", () => {
  const setUp = async () => {
    const { organizationId } = await makeWorkspace();
    const admin = await makePerson(organizationId, "owner");
    const person = await makeSignInPerson(organizationId);
    return { organizationId, person, scope: await openOrganizationScope(admin.id, { id: organizationId }) };
  };

  it("a second factor: whoever has none sets one up before anything else, also in a session that is open", async () => {
    const { person, scope } = await setUp();
    const signedIn = await withPassword(person.email);
    expect(await findSession(signedIn?.sessionToken)).not.toBeNull();
    await setSignInPolicy(scope, { secondFactorRequired: true });
    const session = await sessionOf(signedIn);
    expect(session.stage).toBe("enrol");
    expect(await findSession(signedIn?.sessionToken)).toBeNull();
    const caller = createCaller(contextFor(() => findAnySession(signedIn?.sessionToken), null, { ...ORIGIN }));
    expect(await caller.account.security()).toMatchObject({ secondFactorRequired: true, totpSince: null });
    await expect(caller.account.endOtherSessions()).rejects.toMatchObject({ code: "UNAUTHORIZED" });
    const { secret } = await caller.account.beginTotp();
    const { token } = await confirmTotp(session, codeOf(secret), ORIGIN);
    const whole = (await findSession(token))!;
    expect(whole.stage).toBe("full");
    await expect(removeTotp(whole, ORIGIN)).rejects.toMatchObject({ kind: "in_use" });
    // Of two, removed at the same time, one stays.
    const passkey = await withPasskey(person.id);
    const removed = await Promise.allSettled([removeTotp(whole, ORIGIN), removePasskey(whole, passkey.id, ORIGIN)]);
    expect(removed.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(removed.find(({ status }) => status === "rejected")).toMatchObject({ reason: { kind: "in_use" } });
  });

  const withDomain = async (organizationId: string) => {
    const { id: connectionId } = await rawDb().ssoConnection.create({ data: { id: newId(), organizationId, kind: "oidc", name: "Own", mapping: {}, issuer: "https://idp.example.com", clientId: "x", enabled: true } });
    await rawDb().ssoDomain.deleteMany({ where: { domain: "example.com" } });
    await rawDb().ssoDomain.create({ data: { id: newId(), organizationId, domain: "example.com", token: "x", connectionId, verifiedAt: new Date() } });
  };

  it("single sign-on: no other door lets people of its domains in, except owners who show a second factor", async () => {
    const { organizationId, person, scope } = await setUp();
    const before = await withPassword(person.email);
    const owner = await makeSignInPerson(organizationId, "owner");
    const bareOwner = await makeSignInPerson(organizationId, "owner");
    const guest = await makeSignInPerson(organizationId);
    await rawDb().user.update({ where: { id: guest.id }, data: { email: `guest-${guest.id.slice(-12)}@elsewhere.example` } });
    await expect(setSignInPolicy(scope, { ssoRequired: true })).rejects.toMatchObject({ data: { field: "ssoRequired", reason: expect.stringContaining("verified domain") } });
    await withDomain(organizationId);
    await expect(setSignInPolicy(scope, { ssoRequired: true })).rejects.toMatchObject({ data: { field: "ssoRequired", reason: expect.stringContaining("an owner who has a passkey") } });
    await withPasskey(owner.id);
    expect(await setSignInPolicy(scope, { ssoRequired: true })).toMatchObject({ ssoRequired: true, ssoDomains: ["example.com"], ownersWithFactor: 1 });
    expect((await sessionOf(before)).stage).toBe("sso");
    await expect(withPassword(person.email)).rejects.toThrow("sso_required");
    await expect(withPassword(bareOwner.email)).rejects.toThrow("sso_required");
    const half = await withPassword(owner.email);
    expect((await sessionOf(half)).stage).toBe("second_factor");
    expect(await findSession(await createSession(owner.id, {}, { method: "passkey", secondFactor: true }))).not.toBeNull();
    expect(await findSession((await withPassword(`guest-${guest.id.slice(-12)}@elsewhere.example`))?.sessionToken)).not.toBeNull();
    // The sign-in of another organization is none of this one.
    const other = await makeWorkspace();
    expect(await findSession(await createSession(person.id, {}, { method: "sso", ssoOrganizationId: other.organizationId }))).toBeNull();
    expect((await sessionOf(before)).stage).toBe("sso");
    await expect(withPassword(person.email)).rejects.toThrow("sso_required");
  });

  it("ways: a session that began in another one has to begin anew, and no new one does", async () => {
    const { organizationId, person, scope } = await setUp();
    const before = await withPassword(person.email);
    await rawDb().linkedAccount.create({ data: { id: newId(), userId: person.id, provider: "google", subject: person.id, label: "Ada" } });
    expect(await setSignInPolicy(scope, { methods: ["google", "link"] })).toMatchObject({ methods: ["google", "link"] });
    expect((await sessionOf(before)).stage).toBe("other_way");
    await expect(withPassword(person.email)).rejects.toThrow("method_refused");
    expect(await findSession(await createSession(person.id, {}, { method: "link" }))).not.toBeNull();
    expect(await findSession(await createSession(person.id, {}, { method: "sso", ssoOrganizationId: organizationId }))).not.toBeNull();
    await expect(confirmSession({ password: PASSWORD }, attemptWith(before!.sessionToken))).rejects.toThrow("session_missing");
    const owner = await makeSignInPerson(organizationId, "owner");
    await withPasskey(owner.id);
    expect((await sessionOf(await withPassword(owner.email))).stage).toBe("second_factor");
    await expect(rawDb().organization.update({ where: { id: organizationId }, data: { signInMethods: ["magic"] } })).rejects.toThrow("organization_sign_in_methods_known");
    await setSignInPolicy(scope, { methods: null });
    expect(await findSession(before?.sessionToken)).not.toBeNull();
  });

  it("nobody shuts themselves out", async () => {
    const { organizationId } = await makeWorkspace();
    const owner = await makeSignInPerson(organizationId, "owner");
    const admin = await makeSignInPerson(organizationId, "admin");
    await withPasskey(owner.id);
    await withDomain(organizationId);
    const session = await sessionOf(await withPassword(admin.email));
    const scope = await openOrganizationScope(admin.id, { id: organizationId });
    await expect(setSignInPolicy(scope, { methods: ["passkey"] }, session)).rejects.toMatchObject({ data: { field: "methods" } });
    await expect(setSignInPolicy(scope, { ssoRequired: true }, session)).rejects.toMatchObject({ data: { field: "ssoRequired" } });
    expect(await readSignInPolicy(scope)).toMatchObject({ methods: null, ssoRequired: false });
    const bySso = await findSession(await createSession(admin.id, {}, { method: "sso", secondFactor: true, ssoOrganizationId: organizationId }));
    expect(await setSignInPolicy(scope, { ssoRequired: true, methods: ["passkey"] }, bySso)).toMatchObject({ ssoRequired: true });
  });

  it("open streams hear of it", async () => {
    const { scope } = await setUp();
    const heard: string[] = [];
    const client = new pg.Client(env.DATABASE_DIRECT_URL);
    await client.connect();
    client.on("notification", ({ payload = "" }) => heard.push(payload));
    await client.query("listen millrace_access");
    await setSignInPolicy(scope, { secondFactorRequired: true });
    await vi.waitFor(() => expect(heard).toContain("*"), { timeout: 60_000 });
    await client.end();
  });

  it("short sessions: they end by idling and by age, whatever the installation allows", async () => {
    const { person, scope } = await setUp();
    await setSignInPolicy(scope, { sessionIdleMinutes: 30, sessionMaxMinutes: 120 });
    const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
    const token = await createSession(person.id);
    const { id } = (await findSession(token))!;
    await rawDb().session.update({ where: { id }, data: { lastSeenAt: ago(29) } });
    expect(await findSession(token)).not.toBeNull();
    await rawDb().session.update({ where: { id }, data: { lastSeenAt: ago(31) } });
    expect(await findSession(token)).toBeNull();
    await rawDb().session.update({ where: { id }, data: { lastSeenAt: ago(1), createdAt: ago(121) } });
    expect(await findSession(token)).toBeNull();
  });
});

describe("accounts elsewhere", () => {
  it("attack: an account elsewhere with a victim's address does not get into the victim's account", async () => {
    const person = await makeSignInPerson();
    const identity = { provider: "github" as const, subject: "4711", email: person.email, emailVerified: true, name: "Mallory" };
    await expect(signInExternally(identity, attemptWith())).rejects.toThrow("account_unknown");
    await expect(linkAccount({ ...person, name: null }, { ...identity, emailVerified: false }, attemptWith())).rejects.toThrow("email_unverified");
    await linkAccount({ ...person, name: null }, identity, attemptWith());
    expect(await findSession((await signInExternally(identity, attemptWith())).sessionToken)).toMatchObject({ userId: person.id, method: "github" });
    const other = await makeSignInPerson();
    await expect(linkAccount({ ...other, name: null }, identity, attemptWith())).rejects.toThrow("account_taken");
  });
});

describe("the list of sessions", () => {
  it("marks this one, ends another, and all others", async () => {
    const person = await makeSignInPerson();
    const [mine, second, third] = await Promise.all([1, 2, 3].map(async () => sessionOf(await withPassword(person.email)))) as [Session, Session, Session];
    const list = await listSessions(mine);
    expect(list.map(({ id, isCurrent }) => [id, isCurrent]).sort()).toEqual([[mine.id, true], [second.id, false], [third.id, false]].sort());
    expect(list[0]).toMatchObject({ userAgent: "test", method: "password" });
    await endSession(mine, second.id, ORIGIN);
    await expect(endSession(mine, second.id, ORIGIN)).rejects.toMatchObject({ kind: "not_found" });
    expect(await endOtherSessions(mine, ORIGIN)).toBe(1);
    expect(await listSessions(mine)).toHaveLength(1);
  });
});
