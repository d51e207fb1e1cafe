import { afterAll, beforeAll, expect, describe, it, vi } from "vitest";
import { grantAdministrator } from "@/server/admin/service";
import { type MailSink, openMailSink } from "@/server/alerts/testing/sinks";
import { closeConnections, rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { accept, inviteToOrganization, register, resend } from "@/server/invitations/service";
import { createAccount } from "@/server/scim/accounts";
import { admit } from "@/server/sso/admit";
import { type Company, makeCompany, routeAll } from "@/server/sso/testing/organization";
import { confirmEmailChange, requestEmailChange } from "./email-change";
import { beginTotp } from "./factors/totp";
import { newRecoveryCodes } from "./factors/recovery-codes";
import { signInByLink } from "./doors/link";
import { signInByPassword } from "./doors/password";
import { ensureFirstAdmin } from "./first-admin";
import { deliverSignInMails } from "./mail/deliver";
import { openPlatformScope } from "./platform";
import { requestMail, resetPassword } from "./reset";
import { createSession, findSession, type Session } from "./session";
import { createLinkToken, createSignInLinkFor } from "./sign-in-links";
import { attemptWith, makeSignInPerson, PASSWORD, sessionOf } from "./testing/person";

const origin = { ip: "10.0.0.9", userAgent: null, requestId: "test" };
let mail: MailSink;
let [mallory, corp] = [null as unknown as Company, null as unknown as Company];

beforeAll(async () => {
  mail = await openMailSink();
  process.env.SMTP_URL = `smtp://127.0.0.1:${mail.port}`;
  [mallory, corp] = [await makeCompany(), await makeCompany()];
});
afterAll(async () => {
  await mail.close();
  await closeConnections();
});

const invite = async ({ organization }: Company, email: string, byMail: boolean) => (await inviteToOrganization({ organization }, { emails: [email], role: "member", days: 7, byMail }))[0]!;
const codeOf = (text: string | null | undefined) => /#([\w-]+)/.exec(text ?? "")![1]!;
const mailedTo = (email: string, what: RegExp) =>
  vi.waitFor(() => mail.mails.filter(({ to, subject }) => (to as { text: string } | undefined)?.text === email && what.test(subject ?? "")).at(-1)?.text ?? expect.fail("no mail yet"), 60_000);
const byPassword = (email: string, password = PASSWORD) => signInByPassword({ email, password }, attemptWith());
let asked = 0;
async function mailedLink(email: string): Promise<string> {
  await requestMail("magic", email, "", { ...origin, ip: `10.7.0.${(asked += 1)}` });
  await deliverSignInMails();
  return /token=([\w-]+)/.exec(await mailedTo(email, /Sign in/))![1]!;
}
async function addFactors(userId: string): Promise<void> {
  await rawDb().passkey.create({ data: { id: newId(), userId, credentialId: newId(), publicKey: new Uint8Array(1), rpId: "localhost", name: "One" } });
  await beginTotp({ id: userId, email: "x@example.com", name: null });
  await rawDb().totpFactor.update({ where: { userId }, data: { confirmedAt: new Date() } });
  await rawDb().$transaction((tx) => newRecoveryCodes(tx, userId));
}
async function factorsOf(userId: string): Promise<number[]> {
  const own = { where: { userId } };
  return [await rawDb().passkey.count(own), await rawDb().totpFactor.count(own), Math.min(1, await rawDb().recoveryCode.count(own))];
}
async function routed(company: Company): Promise<void> {
  const { id } = await rawDb().ssoConnection.create({ data: { id: newId(), organizationId: company.organization.organizationId, kind: "oidc", name: "IdP", mapping: { rules: [] }, issuer: "https://idp.example", clientId: "x", enabled: true } });
  await routeAll(company, id);
}
const account = (id: string) => rawDb().user.findUniqueOrThrow({ where: { id } });

/** Mallory invites somebody else's address to an organization of hers, and registers by the link that she copied. */
async function madeBeforehand({ domain }: Company = corp) {
  const email = `ceo-${newId().slice(-12)}@${domain}`;
  const { url } = await invite(mallory, email, false);
  await register({ origin }, { code: codeOf(url), name: "Ceo", password: PASSWORD });
  const { id } = await rawDb().user.findUniqueOrThrow({ where: { email } });
  return { id, email };
}

describe("attack: an account made by a copied invitation for somebody else's address", () => {
  it("opens by nothing of its maker once its holder came in by mail, before any invitation is accepted", async () => {
    const { id, email } = await madeBeforehand();
    await addFactors(id);
    const theirs = await createSession(id);
    await invite(corp, email, true);
    const code = codeOf(await mailedTo(email, /Invitation/));
    const victim = await sessionOf(await signInByLink({ token: await mailedLink(email) }, attemptWith()));
    expect(victim).toMatchObject({ userId: id, stage: "full" });
    await accept({ session: victim, origin }, code);
    expect(await byPassword(email)).toBeNull();
    expect(await factorsOf(id)).toEqual([0, 0, 0]);
    expect(await findSession(theirs)).toBeNull();
    await deliverSignInMails();
    expect(await mailedTo(email, /shown to be yours/)).toContain("Choose a new password");
    // Whoever answers for where the other one was in under this name hears of it, and of no other organization.
    const told = await mailedTo((await account(mallory.organization.userId!)).email, /taken their account over/);
    expect(told).toContain(email);
    expect(told).not.toContain(corp.organization.organization.name);
    expect(await rawDb().signInMail.findMany({ where: { email, detail: { startsWith: "member.cleared" } } })).toEqual([]);
    expect(await rawDb().auditEvent.findFirst({ where: { action: "address.proven", resourceId: id } })).toMatchObject({ after: { by: "mailed link", dropped: { passwords: 1, passkeys: 1, authenticatorApps: 1, recoveryCodes: 10, sessions: 1 } } });
  });

  it("becomes no administrator and is linked by no provisioning until then; its organization's own sign-in clears it", async () => {
    const { id, email } = await madeBeforehand();
    const administrator = await makeSignInPerson();
    await rawDb().platformAdmin.create({ data: { userId: administrator.id } });
    const platform = await openPlatformScope((await findSession(await createSession(administrator.id)))!, origin);
    await expect(grantAdministrator({ platform }, { email })).rejects.toMatchObject({ kind: "invalid_input", data: { field: "email" } });
    const wanted = { userName: email, externalId: null, email, name: "Ceo", givenName: null, familyName: null, active: true };
    await expect(createAccount(corp.organization, wanted)).rejects.toMatchObject({ status: 409 });
    // A membership that came about in some way changes nothing.
    const { organizationId } = corp.organization;
    await rawDb().organizationMember.create({ data: { organizationId, userId: id } });
    await expect(createAccount(corp.organization, wanted)).rejects.toMatchObject({ status: 409 });
    await addFactors(id);
    const connection = await rawDb().ssoConnection.create({ data: { id: newId(), organizationId, kind: "oidc", name: "IdP", mapping: { rules: [] }, issuer: "https://idp.example", clientId: "x" } });
    expect(await admit(connection, { subject: newId(), email, name: "Ceo", groups: [], emailUnverified: false } as never, origin)).toMatchObject({ id });
    expect(await byPassword(email)).toBeNull();
    expect(await factorsOf(id)).toEqual([0, 0, 0]);
    await createAccount(corp.organization, wanted);
    await grantAdministrator({ platform }, { email });
    expect(await rawDb().platformAdmin.count({ where: { userId: id } })).toBe(1);
  });

  it("is cleared by a reset with its authenticator app and recovery codes, which would shut its holder out", async () => {
    const { id, email } = await madeBeforehand();
    await addFactors(id);
    await resetPassword(await createLinkToken(id, "reset"), "battery staple correct horse", origin);
    expect(await factorsOf(id)).toEqual([0, 0, 0]);
    expect(await sessionOf(await byPassword(email, "battery staple correct horse"))).toMatchObject({ stage: "full" });
  });
});

describe("attack: the mailbox alone", () => {
  it("takes no second factor from whoever registered by a mailed invitation, or proved the address before", async () => {
    const email = `neu-${newId().slice(-12)}@${corp.domain}`;
    const made = await invite(corp, email, true);
    expect(made).toMatchObject({ sent: true, url: null });
    await register({ origin }, { code: codeOf(await mailedTo(email, /Invitation/)), name: "Neu", password: PASSWORD });
    const { id } = await rawDb().user.findUniqueOrThrow({ where: { email } });
    const proven = await makeSignInPerson();
    for (const userId of [id, proven.id]) {
      expect((await account(userId)).emailProvenAt).not.toBeNull();
      await addFactors(userId);
      await resetPassword(await createLinkToken(userId, "reset"), "battery staple correct horse", origin);
      await signInByLink({ token: await createLinkToken(userId, "magic") }, attemptWith());
      expect(await factorsOf(userId)).toEqual([1, 1, 1]);
      expect((await sessionOf(await byPassword((await account(userId)).email, "battery staple correct horse"))).stage).toBe("second_factor");
    }
  });

  it("renewed as a link to copy, an invitation that was mailed proves nothing", async () => {
    const email = `neu-${newId().slice(-12)}@${corp.domain}`;
    const { id: invitationId } = await invite(corp, email, true);
    const { url } = await resend(corp.organization, { invitationId, byMail: false });
    await register({ origin }, { code: codeOf(url), name: "Neu", password: PASSWORD });
    expect((await rawDb().user.findUniqueOrThrow({ where: { email } })).emailProvenAt).toBeNull();
  });
});

describe("whoever registered by a copied link", () => {
  it("proves the address and keeps what they set up by a mailed link in the browser that is signed in, or a mailed invitation", async () => {
    const own = await madeBeforehand();
    await addFactors(own.id);
    const token = await createSession(own.id, {}, { method: "passkey", secondFactor: true });
    await signInByLink({ token: await mailedLink(own.email) }, attemptWith(token));
    const second = await madeBeforehand();
    await addFactors(second.id);
    await invite(corp, second.email, true);
    const session = { ...((await findSession(await createSession(second.id, {}, { method: "passkey", secondFactor: true }))) as Session) };
    await accept({ session, origin }, codeOf(await mailedTo(second.email, /Invitation/)));
    for (const { id, email } of [own, second]) {
      expect((await account(id)).emailProvenAt).not.toBeNull();
      expect(await factorsOf(id)).toEqual([1, 1, 1]);
      expect(await byPassword(email)).not.toBeNull();
    }
  });

  it("proves it also by a link of the machine, where no mail is sent", async () => {
    const { id, email } = await madeBeforehand();
    const link = await createSignInLinkFor(email);
    await signInByLink({ token: /token=([\w-]+)/.exec(link)![1]! }, attemptWith());
    expect(await account(id)).toMatchObject({ emailProvenAt: expect.any(Date), passwordHash: null });
  });
});

describe("a link that would let nobody in", () => {
  it("takes nothing and stays unused where an organization refuses the way, and does its work once it is allowed", async () => {
    const company = await makeCompany();
    const { organizationId } = company.organization;
    const { id } = await madeBeforehand(company);
    await addFactors(id);
    await rawDb().organizationMember.create({ data: { organizationId, userId: id } });
    await rawDb().organization.update({ where: { id: organizationId }, data: { signInMethods: ["password", "passkey"] } });
    const token = await createLinkToken(id, "magic");
    await expect(signInByLink({ token }, attemptWith())).rejects.toThrow("method_refused");
    expect(await account(id)).toMatchObject({ emailProvenAt: null, passwordHash: expect.any(String) });
    expect(await factorsOf(id)).toEqual([1, 1, 1]);
    await rawDb().organization.update({ where: { id: organizationId }, data: { signInMethods: [] } });
    expect(await signInByLink({ token }, attemptWith())).not.toBeNull();
    expect(await account(id)).toMatchObject({ emailProvenAt: expect.any(Date), passwordHash: null });
    expect(await factorsOf(id)).toEqual([0, 0, 0]);
  });

  it("leaves owners the second factor by which they come past a broken provider, by a link of the machine and after a reset", async () => {
    const company = await makeCompany();
    const { organizationId } = company.organization;
    const { id, email } = await madeBeforehand(company);
    await addFactors(id);
    await rawDb().organizationMember.create({ data: { organizationId, userId: id, role: "owner" } });
    await routed(company);
    await rawDb().organization.update({ where: { id: organizationId }, data: { ssoRequired: true } });
    const link = await createSignInLinkFor(email);
    expect(await sessionOf(await signInByLink({ token: /token=([\w-]+)/.exec(link)![1]! }, attemptWith()))).toMatchObject({ userId: id, stage: "second_factor" });
    await resetPassword(await createLinkToken(id, "reset"), "battery staple correct horse", origin);
    expect(await sessionOf(await byPassword(email, "battery staple correct horse"))).toMatchObject({ stage: "second_factor" });
    expect(await factorsOf(id)).toEqual([1, 1, 1]);
    expect((await account(id)).emailProvenAt).toBeNull();
  });
});

describe("an address shown in other ways", () => {
  it("is proven by a change that both mailboxes confirmed, and nothing goes", async () => {
    const { id, email } = await madeBeforehand();
    await addFactors(id);
    const newEmail = `new-${email}`;
    await requestEmailChange((await findSession(await createSession(id, {}, { method: "passkey", secondFactor: true })))!, newEmail, origin);
    await deliverSignInMails();
    const tokenIn = (text: string) => /[?&#](?:token=)?([\w-]{43})/.exec(text)![1]!;
    await confirmEmailChange(tokenIn(await mailedTo(email, /is to change/)), origin);
    expect((await account(id)).emailProvenAt).toBeNull();
    await confirmEmailChange(tokenIn(await mailedTo(newEmail, /Confirm/)), origin);
    expect(await account(id)).toMatchObject({ email: newEmail, emailProvenAt: expect.any(Date), passwordHash: expect.any(String) });
    expect(await factorsOf(id)).toEqual([1, 1, 1]);
  });

  it("is proven by provisioning for members whom the organization's provider can sign in, and for nobody else", async () => {
    const company = await makeCompany();
    const { organization } = company;
    const { id, email } = await madeBeforehand(company);
    await addFactors(id);
    const wanted = { userName: email, externalId: null, email, name: "Ceo", givenName: null, familyName: null, active: true };
    const refused = { status: 409 };
    await routed(company);
    await expect(createAccount(organization, wanted)).rejects.toMatchObject(refused);
    await rawDb().organizationMember.create({ data: { organizationId: organization.organizationId, userId: id } });
    await rawDb().ssoConnection.updateMany({ where: { organizationId: organization.organizationId }, data: { enabled: false } });
    await expect(createAccount(organization, wanted)).rejects.toMatchObject(refused);
    expect(await factorsOf(id)).toEqual([1, 1, 1]);
    await rawDb().ssoConnection.updateMany({ where: { organizationId: organization.organizationId }, data: { enabled: true } });
    expect(await createAccount(organization, wanted)).toBe(id);
    expect(await account(id)).toMatchObject({ emailProvenAt: expect.any(Date), passwordHash: null });
    expect(await factorsOf(id)).toEqual([0, 0, 0]);
  });
});

describe("the first administrator", () => {
  it("counts as proven by the machine's own link", async () => {
    await rawDb().$executeRaw`TRUNCATE user_account, organization CASCADE`;
    const { signInUrl } = (await ensureFirstAdmin())!;
    const email = "first@example.com";
    await signInByLink({ token: /token=([\w-]+)/.exec(signInUrl)![1]!, email, name: "First", password: PASSWORD }, attemptWith());
    expect((await rawDb().user.findUniqueOrThrow({ where: { email } })).emailProvenAt).not.toBeNull();
  });
});
