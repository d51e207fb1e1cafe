import type { z } from "zod";
import { rawDb } from "@/server/db/client";
import { DomainError } from "@/server/errors/domain-error";
import type { changePasswordInput, Me } from "./contract";
import { recordAccess } from "./access-audit";
import { hashPassword, verifyPassword } from "./password";
import { mightiest, permissionsOf } from "./permissions";
import { countAttempt, forgetAttempts } from "./rate-limit";
import { revokeOtherSessions, type Session } from "./session";

/** The person, and the workspaces that are theirs. */
export async function viewMe(session: Session): Promise<Me> {
  const found = await rawDb().workspace.findMany({
    where: { deletedAt: null, organization: { deletedAt: null }, memberships: { some: { userId: session.userId } } },
    include: { memberships: { where: { userId: session.userId } } },
    orderBy: { createdAt: "asc" },
  });
  const workspaces = found.map(({ id, slug, name, memberships }) => {
    const roles = memberships.map(({ role }) => role);
    return { id, slug, name, role: mightiest(roles) ?? "viewer", permissions: [...permissionsOf(roles)] };
  });
  return { user: { id: session.userId, email: session.email, name: session.name }, workspaces };
}

export async function changePassword(session: Session, { current, next }: z.output<typeof changePasswordInput>) {
  await countAttempt("signInByEmail", session.email);
  const user = await rawDb().user.findUniqueOrThrow({ where: { id: session.userId } });
  if (!(await verifyPassword(current, user.passwordHash))) {
    throw new DomainError("invalid_input", { field: "current", reason: "is not the current password" });
  }
  await forgetAttempts("signInByEmail", session.email);
  const passwordHash = await hashPassword(next);
  await rawDb().$transaction(async (tx) => {
    await tx.user.update({ where: { id: user.id }, data: { passwordHash } });
    // Whoever knew the old password may have asked for these.
    await tx.signInLink.updateMany({ where: { userId: user.id, usedAt: null }, data: { usedAt: new Date() } });
    await revokeOtherSessions(tx, session);
    await recordAccess(tx, user, { action: "password.changed", resource: { type: "user", id: user.id } });
  });
  return { ok: true as const };
}
