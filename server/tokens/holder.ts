import { findAccess, type HeldRole, type Rights, rightsOf } from "@/server/auth/access";
import { PERMISSIONS } from "@/server/auth/permissions";
import type { Acting, Scope } from "@/server/auth/scope";
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

export interface HolderRights {
  workspace: FoundWorkspace;
  who: Pick<Acting, "type" | "id" | "name">;
  rights: Rights;
}

/** What the holder of a token may do now, token aside; null: nothing any more. */
export async function rightsOfHolder({ userId, serviceAccountId }: Holder, workspaceId: string): Promise<HolderRights | null> {
  if (userId !== null) {
    const access = await findAccess(userId, { id: workspaceId });
    return access && { workspace: access.workspace, who: { type: "user", id: access.person.id, name: access.person.name }, rights: rightsOf(access) };
  }
  const found = await rawDb().workspace.findFirst({ where: { id: workspaceId, deletedAt: null, organization: { deletedAt: null } }, include: { organization: { select: { archivedAt: true } } } });
  if (found === null) return null;
  const workspace = { ...found, archivedAt: found.organization.archivedAt ?? found.archivedAt };
  const account = serviceAccountId === null ? null : await rawDb().serviceAccount.findFirst({ where: { id: serviceAccountId, workspaceId, disabledAt: null }, include: { customRole: { select: { name: true, permissions: true } } } });
  if (serviceAccountId !== null && account === null) return null;
  // Made at the command line: the installation's own.
  if (account === null) return { workspace, who: { type: "system", id: null, name: "Millrace" }, rights: { role: null, permissions: new Set(PERMISSIONS), parts: [] } };
  const held: HeldRole = { role: account.role, permissions: account.customRole?.permissions ?? null, name: account.customRole?.name ?? null, groupId: null, folderId: null, itemId: null };
  return { workspace, who: { type: "service_account", id: account.id, name: account.name }, rights: rightsOf({ workspace, person: { id: account.id, email: "", name: account.name }, organizationRole: null, held: [held] }) };
}

/** Who holds what is made in a scope: the person, or the service account whose token acts. */
export async function holderIn(tx: Tx, scope: Scope): Promise<Holder> {
  if (scope.userId !== null) return { userId: scope.userId, serviceAccountId: null };
  if (scope.actor.type === "system") return { userId: null, serviceAccountId: null };
  const acting = scope.actor.type === "token" ? await tx.apiToken.findFirst({ where: { id: scope.actor.id ?? "" }, select: { serviceAccountId: true } }) : null;
  if (acting?.serviceAccountId == null) throw new DomainError("forbidden", { permission: "token:write" });
  return { userId: null, serviceAccountId: acting.serviceAccountId };
}
