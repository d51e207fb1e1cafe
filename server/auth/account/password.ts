import { rawDb } from "@/server/db/client";
import { DomainError } from "@/server/errors/domain-error";
import type { RequestOrigin } from "@/server/audit/contract";
import { recordAccess } from "../access-audit";
import { countGuess, guessedRight, guessedWrong } from "../lock-out";
import { queueMail, sendSoon } from "../mail/queue";
import { hashPassword, verifyPassword } from "../password";
import { requireStrongPassword } from "../password-strength";
import { requireRecentProof } from "../recent-proof";
import { revokeOtherSessions, rotateSession, type Session } from "../session";
import { personOf } from "./sessions";

/** Whoever has a password shows it; whoever came otherwise sets the first one. Ends all other sessions. */
export async function changePassword(session: Session, { current, next }: { current: string; next: string }, origin: RequestOrigin): Promise<{ token: string }> {
  const person = personOf(session);
  const { passwordHash: stored } = await rawDb().user.findUniqueOrThrow({ where: { id: person.id } });
  if (stored === null) requireRecentProof(session);
  else {
    await countGuess("signInByEmail", person.email, person, origin);
    if (!(await verifyPassword(current, stored))) {
      await guessedWrong(person, "password", origin);
      throw new DomainError("invalid_input", { field: "current", reason: "is not the current password" });
    }
    await guessedRight("signInByEmail", person.email);
  }
  await requireStrongPassword(next, [person.email, person.name], "next");
  const passwordHash = await hashPassword(next);
  const token = await rawDb().$transaction(async (tx) => {
    await tx.user.update({ where: { id: person.id }, data: { passwordHash } });
    // Whoever knew the old one may have asked for these.
    await tx.signInLink.updateMany({ where: { userId: person.id, usedAt: null }, data: { usedAt: new Date() } });
    await tx.emailChange.deleteMany({ where: { userId: person.id } });
    await revokeOtherSessions(tx, session);
    await queueMail(tx, "notice", person.email, "password.changed");
    await recordAccess(tx, person, { action: stored === null ? "password.set" : "password.changed", resource: { type: "user", id: person.id } }, origin);
    return rotateSession(tx, session.id, { authenticatedAt: new Date(), ...(session.stage === "other_way" ? { method: "password" } : {}) });
  });
  sendSoon();
  return { token };
}
