import { rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { env } from "@/server/env";
import { DomainError } from "@/server/errors/domain-error";
import type { z } from "zod";
import type { linkSignInInput, signInLinkView } from "./contract";
import { recordAccess } from "./access-audit";
import { hashToken, newToken } from "./one-time-token";
import { hashPassword } from "./password";

const LINK_HOURS = 24;
const HOUR_MS = 3_600_000;

export interface SignedInUser {
  id: string;
  email: string;
  name: string;
}

/** A link that signs this person in once, within a day. */
export async function createSignInLink(userId: string, purpose: "first_admin" | "sign_in"): Promise<string> {
  const { token, hash } = newToken();
  await rawDb().signInLink.create({
    data: { id: newId(), userId, purpose, tokenHash: new Uint8Array(hash), expiresAt: new Date(Date.now() + LINK_HOURS * HOUR_MS) },
  });
  return `${env.MILLRACE_URL}/sign-in?token=${token}`;
}

/** For `millrace sign-in-link`: somebody who forgot a password, with access to the machine. */
export async function createSignInLinkFor(email: string | undefined): Promise<string> {
  const user = await rawDb().user.findFirst({
    where: { disabledAt: null, ...(email === undefined ? { memberships: { some: { role: "owner" } } } : { email: email.toLowerCase() }) },
    orderBy: { createdAt: "asc" },
  });
  if (user === null) throw new DomainError("not_found", { what: "person" });
  return createSignInLink(user.id, user.passwordHash === null ? "first_admin" : "sign_in");
}

function openLink(token: string) {
  return rawDb().signInLink.findFirst({
    where: { tokenHash: new Uint8Array(hashToken(token)), usedAt: null, expiresAt: { gt: new Date() }, user: { disabledAt: null } },
    include: { user: true },
  });
}

export async function viewSignInLink(token: string): Promise<z.output<typeof signInLinkView>> {
  const link = await openLink(token);
  if (link === null) return { valid: false, needsPassword: false, email: null };
  const needsPassword = link.user.passwordHash === null;
  return { valid: true, needsPassword, email: needsPassword ? null : link.user.email };
}

/** Uses a link up. On the first sign-in the person says who they are and sets a password. */
export async function redeemSignInLink(input: z.output<typeof linkSignInInput>): Promise<SignedInUser> {
  const link = await openLink(input.token);
  if (link === null) throw new DomainError("link_invalid", { what: "sign-in link" });
  const details = await newDetails(link.user, input);
  return rawDb().$transaction(async (tx) => {
    const { count } = await tx.signInLink.updateMany({ where: { id: link.id, usedAt: null }, data: { usedAt: new Date() } });
    if (count === 0) throw new DomainError("link_invalid", { what: "sign-in link" });
    if (details.passwordHash !== undefined) {
      await tx.signInLink.updateMany({ where: { userId: link.userId, usedAt: null }, data: { usedAt: new Date() } });
      await tx.session.updateMany({ where: { userId: link.userId, revokedAt: null }, data: { revokedAt: new Date() } });
    }
    const user = await tx.user.update({ where: { id: link.userId }, data: details });
    const after = { purpose: link.purpose, passwordSet: details.passwordHash !== undefined };
    await recordAccess(tx, user, { action: "sign_in_link.used", resource: { type: "sign_in_link", id: link.id }, after });
    return { id: user.id, email: user.email, name: user.name ?? user.email };
  });
}

async function newDetails(user: { id: string; passwordHash: string | null }, input: z.output<typeof linkSignInInput>) {
  const first = user.passwordHash === null;
  if (first && input.password === undefined) throw new DomainError("invalid_input", { field: "password", reason: "is needed at the first sign-in" });
  if (first && input.email === undefined) throw new DomainError("invalid_input", { field: "email", reason: "is needed at the first sign-in" });
  if (first && input.email !== undefined && (await rawDb().user.count({ where: { email: input.email, id: { not: user.id } } })) > 0) {
    throw new DomainError("name_taken", { what: "person", name: input.email, field: "email" });
  }
  return {
    ...(first ? { email: input.email, name: input.name ?? null } : {}),
    ...(input.password === undefined ? {} : { passwordHash: await hashPassword(input.password) }),
  };
}
