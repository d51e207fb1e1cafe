import { rawDb } from "@/server/db/client";
import { DomainError } from "@/server/errors/domain-error";
import { isFactorRequired, isPlatformAdmin } from "./platform";
import { requireRecentProof } from "./recent-proof";
import type { Session } from "./session";

/** The installation asks this person for a second factor. */
export async function isAskedForFactor(userId: string): Promise<boolean> {
  return (await isFactorRequired()) && (await isPlatformAdmin(userId));
}

/** They have one, and have not shown it in this session: neither a password nor single sign-on makes another in its place, or takes it away. */
export async function owesFactor({ userId, secondFactorAt }: Pick<Session, "userId" | "secondFactorAt">): Promise<boolean> {
  if (secondFactorAt !== null || !(await isAskedForFactor(userId))) return false;
  return (await rawDb().user.count({ where: { id: userId, OR: [{ passkeys: { some: {} } }, { totpFactor: { confirmedAt: { not: null } } }] } })) > 0;
}

/** For what changes how a person signs in. */
export async function requireOwnProof(session: Session): Promise<void> {
  requireRecentProof(session);
  if (await owesFactor(session)) throw new DomainError("proof_needed", {});
}
