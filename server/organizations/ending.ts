import type { z } from "zod";
import type { RequestOrigin } from "@/server/audit/contract";
import { recordAudit } from "@/server/audit/service";
import { openOrganizationScope, openSystemOrganizationScope } from "@/server/auth/organization-scope";
import { isOrganizationRole, organizationPermissionsOf } from "@/server/auth/permissions";
import { requireRecentProof } from "@/server/auth/recent-proof";
import type { Scope } from "@/server/auth/scope";
import type { Session } from "@/server/auth/session";
import { rawDb, sharedPool } from "@/server/db/client";
import { newId } from "@/server/db/id";
import { inTransaction } from "@/server/db/transaction";
import { DomainError } from "@/server/errors/domain-error";
import type { changeOrganizationInput, changeThisWorkspaceInput, OwnOrganizationView } from "./contract";
import { changeWorkspace, purgeTheseWorkspaces, purgeTimeOf, UNTRIED_FIRST, WORKSPACE_KEPT_DAYS } from "./workspaces";

interface Context {
  session: Session;
  origin: RequestOrigin;
}
const done = { ok: true as const };

/** Every organization of a person, also those that were deleted, as long as their owners can restore them. */
export async function listOwnOrganizations({ session: { userId } }: Pick<Context, "session">): Promise<OwnOrganizationView[]> {
  const rows = await rawDb().organizationMember.findMany({
    where: { userId, OR: [{ organization: { deletedAt: null } }, { role: "owner" }] },
    include: { organization: { include: { _count: { select: { members: true, workspaces: { where: { deletedAt: null } } } } } } },
    orderBy: [{ organization: { name: "asc" } }, { organizationId: "asc" }],
  });
  return rows.map(({ role, organization: { id, slug, name, archivedAt, deletedAt, _count } }) => ({
    id, slug, name, role,
    permissions: isOrganizationRole(role) && deletedAt === null ? organizationPermissionsOf(role, archivedAt) : [],
    people: _count.members,
    workspaces: _count.workspaces,
    archivedAt: archivedAt?.toISOString() ?? null,
    deletedAt: deletedAt?.toISOString() ?? null,
    purgeAt: purgeTimeOf(deletedAt),
  }));
}

const CHANGES = {
  archive: () => ({ archivedAt: new Date() }),
  unarchive: () => ({ archivedAt: null }),
  delete: () => ({ deletedAt: new Date() }),
  restore: () => ({ deletedAt: null }),
} as const;
const AUDITED = { archive: "organization.archived", unarchive: "organization.unarchived", delete: "organization.deleted", restore: "organization.restored" } as const;

/** With everything in it. Archived: all can be seen, nothing changed or started. Deleted: gone, but for the time its owners can restore it. */
export async function changeOrganization({ session, origin }: Context, { organizationId, action, name }: z.output<typeof changeOrganizationInput>) {
  const organization = await openOrganizationScope(session.userId, { id: organizationId, deleted: action === "restore" }, origin);
  organization.require("organization:delete");
  if (action === "delete") {
    requireTyped(name, organization.organization.name);
    requireRecentProof(session);
  }
  await rawDb().$transaction(async (tx) => {
    await tx.organization.update({ where: { id: organizationId }, data: CHANGES[action]() });
    await recordAudit(tx, organization, { action: AUDITED[action], resource: { type: "organization", id: organizationId, name: organization.organization.name } });
  });
  return done;
}

/** By an owner of the workspace itself. Whoever manages the organization's workspaces can restore it. */
export async function changeThisWorkspace({ scope }: { scope: Scope }, { action, name }: z.output<typeof changeThisWorkspaceInput>) {
  if (action === "delete") requireTyped(name, scope.workspace.name);
  const organization = await openSystemOrganizationScope(scope.organizationId, scope.actor, ["workspace:manage"], scope.origin);
  return changeWorkspace({ organization }, { workspaceId: scope.workspaceId, action });
}

function requireTyped(typed: string | undefined, name: string): void {
  if (typed?.trim() !== name.trim()) throw new DomainError("invalid_input", { field: "name", reason: `must be “${name}”, typed by hand` });
}

/** Takes organizations that were deleted long enough ago away for good, one at a time. Their audit events stay. */
export async function purgeOrganizations(): Promise<number> {
  const { rows } = await sharedPool().query<{ id: string; name: string }>(
    `select id::text, name from organization where deleted_at < now() - make_interval(days => $1) ${UNTRIED_FIRST} limit 1`,
    [WORKSPACE_KEPT_DAYS],
  );
  for (const { id, name } of rows) {
    await sharedPool().query("update organization set purge_tried_at = clock_timestamp() where id = $1", [id]);
    await purgeTheseWorkspaces(`organization_id = $1 ${UNTRIED_FIRST}`, id);
    await inTransaction(sharedPool(), async (client) => {
      await client.query("delete from organization where id = $1", [id]);
      await client.query(
        "insert into audit_event (id, organization_id, actor_type, actor_name, action, resource_type, resource_id, resource_name) values ($1, $2, 'system', 'Millrace', 'organization.purged', 'organization', $3, $4)",
        [newId(), id, id, name],
      );
    });
  }
  return rows.length;
}
