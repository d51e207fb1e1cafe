import type { RequestOrigin } from "@/server/audit/contract";
import { rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import { recordAccess } from "./access-audit";
import { personOf } from "./account/sessions";
import { queueMail, sendSoon } from "./mail/queue";
import { hashToken, newToken } from "./one-time-token";
import { proveAddress } from "./proven-address";
import { revokeOtherSessions, type Session } from "./session";

const CHANGE_HOURS = 24;
const HOUR_MS = 3_600_000;

type Side = "old" | "new";

const bytes = (hash: Buffer) => new Uint8Array(hash);

/**
 * Whoever signs in by an organization's provider alone keeps an address that it answers for: with another they would come in by a
 * password, and stay after the provider has let them go.
 */
async function requireLeaving(tx: Tx, userId: string, from: string, to: string): Promise<void> {
  const [keeper] = await tx.$queryRaw<{ name: string }[]>`
    SELECT o.name FROM organization_member m JOIN organization o ON o.id = m.organization_id AND o.deleted_at IS NULL
    WHERE m.user_id = ${userId}::uuid
      AND (o.sso_required OR EXISTS (SELECT FROM scim_user s WHERE s.organization_id = o.id AND s.user_id = m.user_id))
      AND EXISTS (SELECT FROM sso_domain d WHERE d.organization_id = o.id AND (d.verified_at IS NOT NULL OR d.lapsed_at IS NOT NULL) AND d.domain = split_part(${from}, '@', 2))
      AND NOT EXISTS (SELECT FROM sso_domain d WHERE d.organization_id = o.id AND d.verified_at IS NOT NULL AND d.domain = split_part(${to}, '@', 2))
    ORDER BY o.name LIMIT 1`;
  if (keeper !== undefined) throw new DomainError("invalid_input", { field: "email", reason: `must stay in a domain of ${keeper.name}, whose provider signs you in` });
}

/** The new address counts once both mailboxes have said yes. Whether somebody else has it shows only to who reads it. */
export async function requestEmailChange(session: Session, newEmail: string, origin: RequestOrigin): Promise<void> {
  if (newEmail === session.email) throw new DomainError("invalid_input", { field: "email", reason: "is your address already" });
  // Until their mails are written, no token opens these.
  const fresh = { newEmail, oldTokenHash: bytes(newToken().hash), newTokenHash: bytes(newToken().hash), oldConfirmedAt: null, newConfirmedAt: null, createdAt: new Date(), expiresAt: new Date(Date.now() + CHANGE_HOURS * HOUR_MS) };
  await rawDb().$transaction(async (tx) => {
    await requireLeaving(tx, session.userId, session.email, newEmail);
    const taken = (await tx.user.count({ where: { email: newEmail } })) > 0;
    await tx.emailChange.upsert({ where: { userId: session.userId }, create: { userId: session.userId, ...fresh }, update: fresh });
    await queueMail(tx, "email_old", session.email, session.userId);
    if (!taken) await queueMail(tx, "email_new", newEmail, session.userId);
    await recordAccess(tx, personOf(session), { action: "email_change.requested", resource: { type: "user", id: session.userId }, after: { email: newEmail } }, origin);
  });
  sendSoon();
}

export async function cancelEmailChange(session: Session, origin: RequestOrigin): Promise<void> {
  await rawDb().$transaction(async (tx) => {
    const { count } = await tx.emailChange.deleteMany({ where: { userId: session.userId } });
    if (count > 0) await recordAccess(tx, personOf(session), { action: "email_change.cancelled", resource: { type: "user", id: session.userId } }, origin);
  });
}

export interface Confirmation {
  /** What is still waited for; null: the address has changed. */
  waitsFor: Side | null;
}

/** One mailbox says yes. Each link once; the second of them changes the address and ends every session. */
export async function confirmEmailChange(token: string, origin: RequestOrigin): Promise<Confirmation> {
  const hash = bytes(hashToken(token));
  return rawDb().$transaction(async (tx) => {
    // The row is locked first, so that two clicks at the same time are one after the other.
    const [locked] = await tx.$queryRaw<{ userId: string }[]>`
      SELECT user_id AS "userId" FROM email_change WHERE (old_token_hash = ${hash} OR new_token_hash = ${hash}) AND expires_at > now() FOR UPDATE`;
    if (locked === undefined) throw new DomainError("link_invalid", { what: "confirmation" });
    const change = await tx.emailChange.findUniqueOrThrow({ where: { userId: locked.userId }, include: { user: true } });
    const side: Side = Buffer.from(change.oldTokenHash).equals(hash) ? "old" : "new";
    if ((side === "old" ? change.oldConfirmedAt : change.newConfirmedAt) !== null) throw new DomainError("link_invalid", { what: "confirmation" });
    await requireLeaving(tx, change.userId, change.user.email, change.newEmail);
    const other = side === "old" ? change.newConfirmedAt : change.oldConfirmedAt;
    if (other === null) {
      await tx.emailChange.update({ where: { userId: change.userId }, data: side === "old" ? { oldConfirmedAt: new Date() } : { newConfirmedAt: new Date() } });
      await recordAccess(tx, change.user, { action: "email_change.confirmed", resource: { type: "user", id: change.userId }, after: { by: side } }, origin);
      return { waitsFor: side === "old" ? "new" : "old" };
    }
    if ((await tx.user.count({ where: { email: change.newEmail } })) > 0) throw new DomainError("link_invalid", { what: "confirmation" });
    await tx.user.update({ where: { id: change.userId }, data: { email: change.newEmail } });
    // Both mailboxes have spoken, and it was asked for in a session of the account: it is theirs as it is.
    await proveAddress(tx, { ...change.user, email: change.newEmail }, "address change", { keeps: true, origin });
    await tx.emailChange.delete({ where: { userId: change.userId } });
    await tx.signInLink.updateMany({ where: { userId: change.userId, usedAt: null }, data: { usedAt: new Date() } });
    await revokeOtherSessions(tx, { userId: change.userId, id: newId() });
    await queueMail(tx, "notice", change.user.email, "email.changed");
    await recordAccess(tx, change.user, { action: "email.changed", resource: { type: "user", id: change.userId }, before: { email: change.user.email }, after: { email: change.newEmail } }, origin);
    return { waitsFor: null };
  });
}
