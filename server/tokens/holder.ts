import { findAccess, type HeldRole, type Rights, rightsOf } from "@/server/auth/access";
import { PERMISSIONS } from "@/server/auth/permissions";
import type { Scope } from "@/server/auth/scope";
import { rawDb } from "@/server/db/client";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";

export interface Holder {
  userId: string | null;
  serviceAccountId: string | null;
}

interface FoundWorkspace {
  id: string;
  organizationId: string;
  slug: string;
  name: string;
  timeZone: string;
}

/** What the holder of a token may do now, token aside; null: nothing any more. */
export async function rightsOfHolder({ userId, serviceAccountId }: Holder, workspaceId: string): Promise<{ workspace: FoundWorkspace; rights: Rights } | null> {
  if (userId !== null) {
    const access = await findAccess(userId, { id: workspaceId });
    return access && { workspace: access.workspace, rights: rightsOf(access) };
  }
  const workspace = await rawDb().workspace.findFirst({ where: { id: workspaceId, deletedAt: null, organization: { deletedAt: null } } });
  if (workspace === null) return null;
  const account = serviceAccountId === null ? null : await rawDb().serviceAccount.findFirst({ where: { id: serviceAccountId, workspaceId, disabledAt: null }, include: { customRole: { select: { permissions: true } } } });
  if (serviceAccountId !== null && account === null) return null;
  // Made at the command line: the installation's own.
  if (account === null) return { workspace, rights: { role: null, permissions: new Set(PERMISSIONS), parts: [] } };
  const held: HeldRole = { role: account.role, permissions: account.customRole?.permissions ?? null, groupId: null, folderId: null, itemId: null };
  return { workspace, rights: rightsOf({ workspace, person: { id: account.id, email: "", name: account.name }, organizationRole: null, held: [held] }) };
}

/** Who holds what is made in a scope: the person, or the service account whose token acts. */
export async function holderIn(tx: Tx, scope: Scope): Promise<Holder> {
  if (scope.userId !== null) return { userId: scope.userId, serviceAccountId: null };
  if (scope.actor.type === "system") return { userId: null, serviceAccountId: null };
  const acting = scope.actor.type === "token" ? await tx.apiToken.findFirst({ where: { id: scope.actor.id ?? "" }, select: { serviceAccountId: true } }) : null;
  if (acting?.serviceAccountId == null) throw new DomainError("forbidden", { permission: "token:write" });
  return { userId: null, serviceAccountId: acting.serviceAccountId };
}
