import type { AuditSource, RequestOrigin } from "@/server/audit/contract";
import { recordAudit } from "@/server/audit/service";
import { rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { env } from "@/server/env";
import { DomainError } from "@/server/errors/domain-error";
import type { z } from "zod";
import type { linkSignInInput, signInLinkView } from "./contract";
import { type Person, recordAccess } from "./access-audit";
import { queueMail, sendSoon } from "./mail/queue";
import { hashToken, newToken } from "./one-time-token";
import { hashPassword } from "./password";
import { requireStrongPassword } from "./password-strength";
import { linkLetsAdd } from "./other-way";
import { letsInWithoutFactors } from "./policy";
import { proveAddress } from "./proven-address";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;

const NOBODY_HOST = "@millrace.invalid";
/** Stands for the first administrator until the first sign-in says who that is. */
export const NOBODY_YET = `administrator${NOBODY_HOST}`;

const isNobodyYet = (email: string) => email.endsWith(NOBODY_HOST);

/** For signing in: who the installation's first person is, somebody with access to the machine, whoever reads this mailbox. */
type SignInPurpose = "first_admin" | "sign_in" | "magic";
export type LinkPurpose = SignInPurpose | "reset";

export const LINK_MINUTES: Readonly<Record<LinkPurpose, number>> = { first_admin: DAY_MINUTES, sign_in: DAY_MINUTES, magic: 15, reset: 30 };
/** The machine's own links are its operator's word. */
const PROVES: Readonly<Record<SignInPurpose, string>> = { first_admin: "first start", sign_in: "link of the machine", magic: "mailed link" };
const SIGNS_IN: SignInPurpose[] = ["first_admin", "sign_in", "magic"];

/** Something that only this person gets to know, for one use. */
export async function createLinkToken(userId: string, purpose: LinkPurpose): Promise<string> {
  const { token, hash } = newToken();
  await rawDb().signInLink.create({
    data: { id: newId(), userId, purpose, tokenHash: new Uint8Array(hash), expiresAt: new Date(Date.now() + LINK_MINUTES[purpose] * MINUTE_MS) },
  });
  return token;
}

/** A link that signs this person in once. */
export async function createSignInLink(userId: string, purpose: SignInPurpose): Promise<string> {
  return `${env.MILLRACE_URL}/sign-in?token=${await createLinkToken(userId, purpose)}`;
}

/** For `millrace sign-in-link`: somebody who forgot a password, or has lost what shows that it is them (`resetFactors`), with access to the machine. */
export async function createSignInLinkFor(email: string | undefined, { resetFactors = false } = {}): Promise<string> {
  const user = await rawDb().user.findFirst({
    where: { disabledAt: null, ...(email === undefined ? { memberships: { some: { role: "owner" } } } : { email: email.toLowerCase() }) },
    orderBy: { createdAt: "asc" },
  });
  if (user === null) throw new DomainError("not_found", { what: "person" });
  if (resetFactors) await takeFactors(user);
  return createSignInLink(user.id, isNobodyYet(user.email) ? "first_admin" : "sign_in");
}

async function takeFactors({ id: userId, name, email }: { id: string; name: string | null; email: string }): Promise<void> {
  await rawDb().$transaction(async (tx) => {
    const apps = await tx.totpFactor.deleteMany({ where: { userId } });
    await tx.recoveryCode.deleteMany({ where: { userId } });
    const passkeys = await tx.passkey.deleteMany({ where: { userId } });
    const source: AuditSource = { organizationId: null, workspaceId: null, actor: { type: "system", id: null, name: "Command line" } };
    await recordAudit(tx, source, { action: "person.factors_reset", resource: { type: "user", id: userId, name: name ?? email }, before: { apps: apps.count, passkeys: passkeys.count } });
    await queueMail(tx, "notice", email, "factors.reset");
  });
  sendSoon();
}

export function openLink(token: string, purposes: readonly LinkPurpose[] = SIGNS_IN) {
  return rawDb().signInLink.findFirst({
    where: { tokenHash: new Uint8Array(hashToken(token)), purpose: { in: [...purposes] }, usedAt: null, expiresAt: { gt: new Date() }, user: { disabledAt: null } },
    include: { user: true },
  });
}

export async function viewSignInLink(token: string): Promise<z.output<typeof signInLinkView>> {
  const link = await openLink(token);
  if (link === null) return { valid: false, needsPassword: false, email: null };
  const needsPassword = link.purpose === "first_admin";
  return { valid: true, needsPassword, email: needsPassword ? null : link.user.email };
}

/**
 * Uses a link up. On the first sign-in the person says who they are and sets a password. Whoever is signed in to the account already
 * (`signedInAs`) keeps what it opens by when the link proves its address.
 */
export async function redeemSignInLink(input: z.output<typeof linkSignInInput>, signedInAs: string | null, origin: RequestOrigin): Promise<Person> {
  const link = await openLink(input.token);
  if (link === null) throw new DomainError("link_invalid", { what: "sign-in link" });
  const details = await newDetails(link, input);
  const keeps = link.userId === signedInAs;
  const proves = keeps || (await letsInWithoutFactors(link.userId, "link")) || (await linkLetsAdd(link.userId));
  const person = await rawDb().$transaction(async (tx) => {
    const { count } = await tx.signInLink.updateMany({ where: { id: link.id, usedAt: null }, data: { usedAt: new Date() } });
    if (count === 0) throw new DomainError("link_invalid", { what: "sign-in link" });
    if (proves) await proveAddress(tx, link.user, PROVES[link.purpose as SignInPurpose], { keeps, origin });
    if (details.passwordHash !== undefined) {
      await tx.signInLink.updateMany({ where: { userId: link.userId, usedAt: null }, data: { usedAt: new Date() } });
      await tx.session.updateMany({ where: { userId: link.userId, revokedAt: null }, data: { revokedAt: new Date() } });
    }
    const user = await tx.user.update({ where: { id: link.userId }, data: details });
    const after = { purpose: link.purpose, passwordSet: details.passwordHash !== undefined };
    await recordAccess(tx, user, { action: "sign_in_link.used", resource: { type: "sign_in_link", id: link.id }, after }, origin);
    return { id: user.id, email: user.email, name: user.name };
  });
  sendSoon();
  return person;
}

async function newDetails({ user, purpose }: { user: Person; purpose: string }, input: z.output<typeof linkSignInInput>) {
  // Whoever merely reads the mailbox signs in; a new password wants a link that was asked for as one.
  if (purpose === "magic") return {};
  const first = purpose === "first_admin";
  if (first && input.password === undefined) throw new DomainError("invalid_input", { field: "password", reason: "is needed at the first sign-in" });
  if (first && input.email === undefined) throw new DomainError("invalid_input", { field: "email", reason: "is needed at the first sign-in" });
  if (first && input.email !== undefined && (await rawDb().user.count({ where: { email: input.email, id: { not: user.id } } })) > 0) {
    throw new DomainError("name_taken", { what: "person", name: input.email, field: "email" });
  }
  if (input.password !== undefined) await requireStrongPassword(input.password, [input.email ?? user.email, input.name ?? user.name ?? ""]);
  return {
    ...(first ? { email: input.email, name: input.name ?? null } : {}),
    ...(input.password === undefined ? {} : { passwordHash: await hashPassword(input.password) }),
  };
}
