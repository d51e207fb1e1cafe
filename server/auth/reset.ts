import { rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { DomainError } from "@/server/errors/domain-error";
import { recordAccess } from "./access-audit";
import { canSendMail, queueMail, sendSoon } from "./mail/queue";
import { hashPassword } from "./password";
import { requireStrongPassword } from "./password-strength";
import { letsInWithoutFactors } from "./policy";
import { proveAddress } from "./proven-address";
import { countAttempt } from "./rate-limit";
import { revokeOtherSessions } from "./session";
import { openLink } from "./sign-in-links";
import type { RequestOrigin } from "@/server/audit/contract";

/** Mails a link. The same answer after the same work for everybody: who has an account shows in the mailbox alone. */
export async function requestMail(kind: "magic" | "reset", email: string, next: string, origin: RequestOrigin & { ip: string }): Promise<void> {
  if (!canSendMail()) throw new DomainError("unavailable", { what: "mail server" });
  await countAttempt("mailByAddress", origin.ip);
  await countAttempt("mailToEmail", email);
  await rawDb().$transaction((tx) => queueMail(tx, kind, email, next));
  sendSoon();
}

export async function viewReset(token: string): Promise<{ email: string | null }> {
  return { email: (await openLink(token, ["reset"]))?.user.email ?? null };
}

/** A new password by a link that came by mail, once. Whoever knew the old one is out. */
export async function resetPassword(token: string, password: string, origin: RequestOrigin): Promise<void> {
  const link = await openLink(token, ["reset"]);
  if (link === null) throw new DomainError("link_invalid", { what: "link" });
  const { user } = link;
  await requireStrongPassword(password, [user.email, user.name ?? ""]);
  const passwordHash = await hashPassword(password);
  const proves = await letsInWithoutFactors(user.id, "password");
  await rawDb().$transaction(async (tx) => {
    const { count } = await tx.signInLink.updateMany({ where: { id: link.id, usedAt: null }, data: { usedAt: new Date() } });
    if (count === 0) throw new DomainError("link_invalid", { what: "link" });
    if (proves) await proveAddress(tx, user, "password reset", { origin });
    await tx.user.update({ where: { id: user.id }, data: { passwordHash } });
    await tx.signInLink.updateMany({ where: { userId: user.id, usedAt: null }, data: { usedAt: new Date() } });
    await tx.emailChange.deleteMany({ where: { userId: user.id } });
    await revokeOtherSessions(tx, { userId: user.id, id: newId() });
    await tx.rateLimit.deleteMany({ where: { key: `signInByEmail:${user.email}` } });
    await queueMail(tx, "notice", user.email, "password.reset");
    await recordAccess(tx, user, { action: "password.reset", resource: { type: "user", id: user.id } }, origin);
  });
  sendSoon();
}
