import { createScopedDb, type ScopedDb } from "@/server/db/scoped";
import { rawDb } from "@/server/db/client";
import type { Actor, RequestOrigin } from "@/server/audit/contract";
import { DomainError } from "@/server/errors/domain-error";
import { verifyToken } from "@/server/tokens/service";
import { isPermission, mightiest, type Permission, PERMISSIONS, permissionsOf, type Role } from "./permissions";

interface ScopeParts {
  workspace: ScopeWorkspace;
  actor: Actor;
  role: Role | null;
  permissions: ReadonlySet<Permission>;
  origin: RequestOrigin;
}

export interface ScopeWorkspace {
  readonly id: string;
  readonly organizationId: string;
  readonly slug: string;
  readonly name: string;
  readonly timeZone: string;
}

/**
 * Who acts, in which workspace, with which permissions. The private field makes the type impossible to write by hand:
 * whoever holds a Scope got it from one of the functions below, and so did whoever holds its `db`.
 */
class MintedScope {
  readonly #db: ScopedDb;
  readonly workspace: ScopeWorkspace;
  readonly actor: Actor;
  readonly role: Role | null;
  readonly permissions: ReadonlySet<Permission>;
  readonly origin: RequestOrigin;

  constructor(parts: ScopeParts) {
    this.workspace = parts.workspace;
    this.actor = parts.actor;
    this.role = parts.role;
    this.permissions = parts.permissions;
    this.origin = parts.origin;
    this.#db = createScopedDb({ workspaceId: parts.workspace.id, organizationId: parts.workspace.organizationId });
  }

  get workspaceId(): string {
    return this.workspace.id;
  }

  get organizationId(): string {
    return this.workspace.organizationId;
  }

  get db(): ScopedDb {
    return this.#db;
  }

  /** The person behind it: signed in, or the owner of the token. */
  get userId(): string | null {
    return this.actor.userId ?? null;
  }

  can(permission: Permission): boolean {
    return this.permissions.has(permission);
  }

  require(permission: Permission): void {
    if (!this.can(permission)) throw new DomainError("forbidden", { permission });
  }
}

export type Scope = MintedScope;

export type WorkspaceRef = { id: string } | { slug: string };

const NO_ORIGIN: RequestOrigin = { ip: null, userAgent: null, requestId: null };
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** For a signed-in person. A workspace that is not theirs is as unknown to them as one that does not exist. */
export async function openUserScope(userId: string, workspace: WorkspaceRef, origin: RequestOrigin = NO_ORIGIN): Promise<Scope> {
  if ("id" in workspace && !UUID.test(workspace.id)) throw new DomainError("not_found", { what: "workspace" });
  const found = await rawDb().workspace.findFirst({
    where: { ...workspace, deletedAt: null, organization: { deletedAt: null } },
    include: { memberships: { where: { userId }, include: { user: true } } },
  });
  const user = found?.memberships[0]?.user;
  if (!found || !user || user.disabledAt !== null) throw new DomainError("not_found", { what: "workspace" });
  const roles = found.memberships.map((membership) => membership.role);
  return new MintedScope({
    workspace: found,
    actor: { type: "user", id: user.id, name: user.name ?? user.email, userId: user.id },
    role: mightiest(roles),
    permissions: permissionsOf(roles),
    origin,
  });
}

/** For a program with an API token. It may do what its scopes say and its owner still may. */
export async function openTokenScope(token: string, origin: RequestOrigin = NO_ORIGIN): Promise<Scope> {
  const { id, name, scopes, userId, workspaceId } = await verifyToken(token, origin);
  const found = await rawDb().workspace.findFirst({
    where: { id: workspaceId, deletedAt: null, organization: { deletedAt: null } },
    include: { memberships: { where: { userId: userId ?? undefined, user: { disabledAt: null } } } },
  });
  const roles = userId === null ? [] : (found?.memberships.map((membership) => membership.role) ?? []);
  const ownerMay = userId === null ? new Set<Permission>(PERMISSIONS) : permissionsOf(roles);
  if (!found || ownerMay.size === 0) throw new DomainError("unauthenticated", { reason: "The API token is not valid." });
  return new MintedScope({
    workspace: found,
    actor: { type: "token", id, name, userId },
    role: mightiest(roles),
    permissions: new Set(scopes.filter(isPermission).filter((permission) => ownerMay.has(permission))),
    origin,
  });
}

/** For the installation itself (first start, seeds, sweeps, links that carry their own right): names who acts. */
export async function openSystemScope(
  workspaceId: string,
  actor: Actor = { type: "system", id: null, name: "Millrace" },
  permissions: readonly Permission[] = PERMISSIONS,
): Promise<Scope> {
  const found = await rawDb().workspace.findFirst({ where: { id: workspaceId, deletedAt: null } });
  if (!found) throw new DomainError("not_found", { what: "workspace" });
  return new MintedScope({ workspace: found, actor, role: null, permissions: new Set(permissions), origin: NO_ORIGIN });
}
