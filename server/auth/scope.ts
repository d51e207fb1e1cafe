import { createScopedDb, type ScopedDb } from "@/server/db/scoped";
import { rawDb } from "@/server/db/client";
import type { GrantedPlaces, Tenant } from "@/server/db/tenant-lock";
import type { Actor, RequestOrigin } from "@/server/audit/contract";
import { DomainError } from "@/server/errors/domain-error";
import { verifyForeignToken } from "@/server/foreign-tokens/service";
import { verifyToken } from "@/server/tokens/service";
import { looksLikeRunToken, verifyRunToken } from "./acting/run-token";
import { type Access, findAccess, placesOf, type Rights, rightsOf, type WorkspaceRef } from "./access";
import type { Session } from "./session";
import { mightiest, type Permission, PERMISSIONS, type Role } from "./permissions";

interface ScopeParts {
  workspace: ScopeWorkspace;
  actor: Actor;
  rights: Rights;
  origin: RequestOrigin;
  acting: Acting;
  /** Holds the database to these places; null: to the workspace. */
  places?: GrantedPlaces | null;
  /** The scope that this one is a part of. */
  whole?: Scope;
}

/** Whom runs that are started here act for: the person, service account or issuer behind a token, with all that they may do. */
export interface Acting {
  readonly type: "user" | "service_account" | "issuer" | "system";
  readonly id: string | null;
  readonly name: string;
  readonly rights: Rights;
  /** Of a step that calls Millrace: who started its run, null: nobody in person. */
  readonly starterId?: string | null;
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
  readonly #tenant: Tenant;
  #db: ScopedDb | undefined;
  readonly #rights: Rights;
  readonly #whole: Scope;
  readonly workspace: ScopeWorkspace;
  readonly actor: Actor;
  readonly origin: RequestOrigin;
  readonly acting: Acting;
  /** The folders and things that it is held to; null: the whole workspace. */
  readonly places: GrantedPlaces | null;

  constructor({ workspace, actor, rights, origin, acting, places = null, whole }: ScopeParts) {
    this.workspace = workspace;
    this.actor = actor;
    this.#rights = rights;
    this.#whole = whole ?? this;
    this.origin = origin;
    this.acting = acting;
    this.places = places;
    this.#tenant = { workspaceId: workspace.id, organizationId: workspace.organizationId, granted: places, person: actor.userId ?? null };
  }

  get workspaceId(): string {
    return this.workspace.id;
  }

  get organizationId(): string {
    return this.workspace.organizationId;
  }

  get db(): ScopedDb {
    return (this.#db ??= createScopedDb(this.#tenant));
  }

  get role(): Role | null {
    return this.#rights.role;
  }

  /** What is allowed, and where. */
  get rights(): Rights {
    return this.#rights;
  }

  /** The rights of the scope that this one is a part of. */
  get wholeRights(): Rights {
    return this.#whole.rights;
  }

  /** What is allowed wherever this scope reaches. */
  get permissions(): ReadonlySet<Permission> {
    return this.#rights.permissions;
  }

  /** What is allowed somewhere in the workspace, if not everywhere. */
  get permissionsSomewhere(): ReadonlySet<Permission> {
    return new Set([...this.#rights.permissions, ...this.#rights.parts.flatMap(({ permissions }) => [...permissions])]);
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

  /** As far as another permission reaches, which may be further or less far than this scope; null: it is allowed nowhere. */
  reach(permission: Permission): Scope | null {
    const whole = this.#whole;
    return whole.permissionsSomewhere.has(permission) ? whole.for(permission) : null;
  }

  /**
   * The scope in which to do what needs `permission`: this one if it is allowed in the whole workspace; else one that is held
   * to the folders and things where it is, for which nothing else of the workspace exists.
   */
  for(permission: Permission): Scope {
    if (this.can(permission)) return this;
    const parts = this.#rights.parts.filter(({ permissions }) => permissions.has(permission));
    if (parts.length === 0) throw new DomainError("forbidden", { permission });
    const { workspace, actor, origin, acting } = this;
    const everywhereThere = PERMISSIONS.filter((one) => this.can(one) || parts.every(({ permissions }) => permissions.has(one)));
    return new MintedScope({ workspace, actor, origin, acting, whole: this.#whole, rights: { role: this.role, permissions: new Set(everywhereThere), parts }, places: placesOf(parts) });
  }
}

export type Scope = MintedScope;
export type { WorkspaceRef } from "./access";

const NO_ORIGIN: RequestOrigin = { ip: null, userAgent: null, requestId: null };
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** For a signed-in person. A workspace that is not theirs is as unknown to them as one that does not exist. */
export async function openUserScope(userId: string, workspace: WorkspaceRef, origin: RequestOrigin = NO_ORIGIN): Promise<Scope> {
  return scopeOfAccess("id" in workspace && !UUID.test(workspace.id) ? null : await findAccess(userId, workspace), origin);
}

/** For whoever a session is of, in the workspace that the request names. */
export function openSessionScope({ userId, access }: Session, slug: string, origin: RequestOrigin): Promise<Scope> | Scope {
  return access?.slug === slug ? scopeOfAccess(access.found, origin) : openUserScope(userId, { slug }, origin);
}

function scopeOfAccess(access: Access | null, origin: RequestOrigin): Scope {
  if (access === null) throw new DomainError("not_found", { what: "workspace" });
  const { person } = access;
  const rights = rightsOf(access);
  return new MintedScope({
    workspace: access.workspace,
    actor: { type: "user", id: person.id, name: person.name, userId: person.id },
    acting: { type: "user", id: person.id, name: person.name, rights },
    rights,
    origin,
  });
}

/** For a program with an API token, or a step with its run's. It may do what its scopes say and its holder still may, where its holder may. */
export async function openTokenScope(token: string, origin: RequestOrigin = NO_ORIGIN): Promise<Scope> {
  const { id, name, userId, workspace, rights, acting } = looksLikeRunToken(token) ? await verifyRunToken(token) : await verifyToken(token, origin);
  return new MintedScope({ workspace, actor: { type: "token", id, name, userId }, acting, rights, origin });
}

/** For a program with a token of an issuer that a workspace trusts. It has the roles that its claims are mapped to. */
export async function openForeignScope(token: string, workspaceSlug: string | null, origin: RequestOrigin = NO_ORIGIN): Promise<Scope> {
  const { id, name, workspace, roles, permissions } = await verifyForeignToken(token, workspaceSlug, origin);
  const rights: Rights = { role: mightiest(roles), permissions, parts: [], roles };
  return new MintedScope({ workspace, actor: { type: "token", id, name, userId: null }, acting: { type: "issuer", id, name, rights }, rights, origin });
}

/** For the installation itself (first start, seeds, sweeps, links that carry their own right): names who acts. */
export async function openSystemScope(
  workspaceId: string,
  actor: Actor = { type: "system", id: null, name: "Millrace" },
  permissions: readonly Permission[] = PERMISSIONS,
  origin: RequestOrigin = NO_ORIGIN,
): Promise<Scope> {
  const found = await rawDb().workspace.findFirst({ where: { id: workspaceId, deletedAt: null } });
  if (!found) throw new DomainError("not_found", { what: "workspace" });
  const rights: Rights = { role: null, permissions: new Set(permissions), parts: [] };
  return new MintedScope({ workspace: found, actor, acting: { type: "system", id: null, name: actor.name, rights }, rights, origin });
}
