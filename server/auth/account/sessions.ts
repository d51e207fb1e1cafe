import type { RequestOrigin } from "@/server/audit/contract";
import { rawDb } from "@/server/db/client";
import { DomainError } from "@/server/errors/domain-error";
import { recordAccess } from "../access-audit";
import { policyOf } from "../policy";
import { revokeOtherSessions, type Session } from "../session";
import { expiryOf } from "../session-lifetime";

export async function listSessions(session: Session) {
  const { id: current, userId } = session;
  const [rows, policy] = await Promise.all([
    rawDb().session.findMany({ where: { userId, revokedAt: null, expiresAt: { gt: new Date() } }, orderBy: { lastSeenAt: "desc" } }),
    policyOf(userId, session),
  ]);
  return rows
    .map((row) => ({ ...row, expiresAt: expiryOf(row.createdAt, row.lastSeenAt, policy) }))
    .filter(({ expiresAt }) => expiresAt > new Date())
    .map(({ id, method, ip, userAgent, createdAt, lastSeenAt, expiresAt }) => ({
      id, method, ip, userAgent, isCurrent: id === current,
      createdAt: createdAt.toISOString(), lastSeenAt: lastSeenAt.toISOString(), expiresAt: expiresAt.toISOString(),
    }));
}

/** Ends one session of the same person. Somebody else's is as unknown as none. */
export async function endSession(session: Session, sessionId: string, origin: RequestOrigin): Promise<void> {
  await rawDb().$transaction(async (tx) => {
    const { count } = await tx.session.updateMany({ where: { id: sessionId, userId: session.userId, revokedAt: null }, data: { revokedAt: new Date() } });
    if (count === 0) throw new DomainError("not_found", { what: "session" });
    await recordAccess(tx, personOf(session), { action: "session.revoked", resource: { type: "session", id: sessionId } }, origin);
  });
}

/** Everywhere but here; the number that ended. */
export function endOtherSessions(session: Session, origin: RequestOrigin): Promise<number> {
  return rawDb().$transaction(async (tx) => {
    const ended = await revokeOtherSessions(tx, session);
    await recordAccess(tx, personOf(session), { action: "session.others_revoked", resource: { type: "user", id: session.userId }, after: { ended } }, origin);
    return ended;
  });
}

export function personOf({ userId, email, name }: Session) {
  return { id: userId, email, name };
}
