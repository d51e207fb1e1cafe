import type { Actor, RequestOrigin } from "@/server/audit/contract";
import { createOrganizationDb, type ScopedDb } from "@/server/db/scoped";
import { rawDb } from "@/server/db/client";
import { DomainError } from "@/server/errors/domain-error";
import { isOrganizationRole, ORGANIZATION_PERMISSIONS, organizationPermissionsOf, type OrganizationPermission, type OrganizationRole } from "./permissions";

export interface ScopeOrganization {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
}

interface ScopeParts {
  organization: ScopeOrganization;
  actor: Actor;
  role: OrganizationRole | null;
  permissions: ReadonlySet<OrganizationPermission>;
  origin: RequestOrigin;
}

/** Who acts in which organization, as such. Its `db` sees people, groups, roles and the list of workspaces, and nothing that is in them. */
class MintedOrganizationScope {
  readonly #db: ScopedDb;
  readonly organization: ScopeOrganization;
  readonly actor: Actor;
  readonly role: OrganizationRole | null;
  readonly permissions: ReadonlySet<OrganizationPermission>;
  readonly origin: RequestOrigin;
  /** What it records in the audit log is of no workspace. */
  readonly workspaceId = null;

  constructor({ organization, actor, role, permissions, origin }: ScopeParts) {
    this.organization = organization;
    this.actor = actor;
    this.role = role;
    this.permissions = permissions;
    this.origin = origin;
    this.#db = createOrganizationDb(organization.id);
  }

  get organizationId(): string {
    return this.organization.id;
  }

  get db(): ScopedDb {
    return this.#db;
  }

  get userId(): string | null {
    return this.actor.userId ?? null;
  }

  can(permission: OrganizationPermission): boolean {
    return this.permissions.has(permission);
  }

  require(permission: OrganizationPermission): void {
    if (!this.can(permission)) throw new DomainError("forbidden", { permission });
  }
}

export type OrganizationScope = MintedOrganizationScope;

/** `deleted`: one that can be restored, and no other. */
export type OrganizationRef = { id: string; deleted?: boolean } | { slug: string } | { workspaceSlug: string };

const NO_ORIGIN: RequestOrigin = { ip: null, userAgent: null, requestId: null };

/** For a signed-in person. An organization that is not theirs is as unknown to them as one that does not exist. */
export async function openOrganizationScope(userId: string, ref: OrganizationRef, origin: RequestOrigin = NO_ORIGIN): Promise<OrganizationScope> {
  const where = "workspaceSlug" in ref ? { workspaces: { some: { slug: ref.workspaceSlug, deletedAt: null } } } : "id" in ref ? { id: ref.id } : ref;
  const deletedAt = "id" in ref && ref.deleted === true ? { not: null } : null;
  const found = await rawDb().organizationMember.findFirst({
    where: { userId, user: { disabledAt: null }, organization: { ...where, deletedAt } },
    include: { organization: true, user: true },
  });
  if (found === null || !isOrganizationRole(found.role)) throw new DomainError("not_found", { what: "organization" });
  const { organization, user, role } = found;
  return new MintedOrganizationScope({
    organization,
    actor: { type: "user", id: user.id, name: user.name ?? user.email, userId: user.id },
    role,
    permissions: new Set(organizationPermissionsOf(role, organization.archivedAt)),
    origin,
  });
}

/** For the installation itself, and for what identity providers say: names who acts. */
export async function openSystemOrganizationScope(
  organizationId: string,
  actor: Actor = { type: "system", id: null, name: "Millrace" },
  permissions: readonly OrganizationPermission[] = ORGANIZATION_PERMISSIONS,
  origin: RequestOrigin = NO_ORIGIN,
): Promise<OrganizationScope> {
  const organization = await rawDb().organization.findFirst({ where: { id: organizationId, deletedAt: null } });
  if (organization === null) throw new DomainError("not_found", { what: "organization" });
  return new MintedOrganizationScope({ organization, actor, role: null, permissions: new Set(permissions), origin });
}
