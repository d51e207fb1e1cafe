import { rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import type { RequestOrigin } from "@/server/audit/contract";
import { recordAccess } from "../access-audit";
import { keepingAnAdministrator } from "../platform";
import { revokeOtherSessions, type Session } from "../session";
import { personOf } from "./sessions";

/**
 * Takes away everything personal and every right. The row stays without name and address, so that runs and the audit log still say
 * that it was one and the same person. What they made for the workspace stays the workspace's.
 */
export async function deleteAccount(session: Session, origin: RequestOrigin): Promise<void> {
  const person = personOf(session);
  const { id: userId } = person;
  await keepingAnAdministrator(() => rawDb().$transaction(async (tx) => {
    await requireOtherOwners(tx, userId);
    await recordAccess(tx, person, { action: "account.deleted", resource: { type: "user", id: userId } }, origin);
    const own = { where: { userId } };
    await tx.organizationMember.deleteMany(own);
    await tx.platformAdmin.deleteMany(own);
    await tx.apiToken.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt: new Date() } });
    await tx.passkey.deleteMany(own);
    await tx.totpFactor.deleteMany(own);
    await tx.recoveryCode.deleteMany(own);
    await tx.linkedAccount.deleteMany(own);
    await tx.emailChange.deleteMany(own);
    await tx.signInLink.deleteMany(own);
    await tx.savedView.deleteMany(own);
    await tx.bulkJob.deleteMany(own);
    await tx.favorite.deleteMany(own);
    await tx.inboxItem.deleteMany(own);
    await tx.notificationPreference.deleteMany(own);
    await revokeOtherSessions(tx, { userId, id: newId() });
    await tx.session.updateMany({ where: { userId }, data: { ip: null, userAgent: null } });
    await tx.user.update({ where: { id: userId }, data: { email: `deleted-${userId}@millrace.invalid`, name: null, passwordHash: null, disabledAt: new Date(), disabledByOrganizationId: null } });
  }));
}

/** What nobody else could govern any more; the memberships of its workspaces go with that of the organization. */
async function requireOtherOwners(tx: Tx, userId: string): Promise<void> {
  const others = { role: "owner", userId: { not: userId }, user: { disabledAt: null } };
  const [organizations, workspaces] = await Promise.all([
    tx.organization.findMany({ where: { deletedAt: null, members: { some: { userId, role: "owner" }, none: others } }, select: { name: true } }),
    tx.workspace.findMany({ where: { deletedAt: null, memberships: { some: { userId, role: "owner" }, none: others } }, select: { name: true } }),
  ]);
  const usedBy = [...organizations.map(({ name }) => `the organization ${name}`), ...workspaces.map(({ name }) => `the workspace ${name}`)];
  if (usedBy.length > 0) throw new DomainError("in_use", { what: "account", id: userId, usedBy: usedBy.map((what) => `${what}, which has no other owner`) });
}
