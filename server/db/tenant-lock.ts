import pg from "pg";
import { sharedPool } from "./client";
import { DomainError } from "@/server/errors/domain-error";
import { PARTS_ROLE, TENANT_ROLE, WORKER_ROLE } from "./roles";

export interface Tenant {
  readonly workspaceId: string;
  readonly organizationId: string;
  /** The parts of the workspace that the tenant is held to; null or absent: all of it. */
  readonly granted?: GrantedPlaces | null;
  /** Who is held to them, and is told of what happens there. */
  readonly person?: string | null;
}

/** Folders (with all below them) and single things. */
export interface GrantedPlaces {
  readonly folders: readonly string[];
  readonly items: readonly string[];
}

const ASK_AGAIN_MS = 30_000;

interface UsableRoles {
  tenant: boolean;
  parts: boolean;
}

let usable: Promise<UsableRoles> | undefined;

/** Which roles scoped transactions can become in this database; asked again after a while until it is all of them. */
function usableRoles(): Promise<UsableRoles> {
  usable ??= askForRoles().then((roles) => {
    if (!roles.tenant || !roles.parts) setTimeout(() => (usable = undefined), ASK_AGAIN_MS).unref();
    return roles;
  }, (error: unknown) => {
    usable = undefined;
    throw error;
  });
  return usable;
}

async function askForRoles(): Promise<UsableRoles> {
  const { rows } = await sharedPool().query<UsableRoles>(`select ${memberOf("$1")} as tenant, ${memberOf("$2")} as parts`, [TENANT_ROLE, PARTS_ROLE]);
  return { tenant: rows[0]?.tenant === true, parts: rows[0]?.parts === true && (await arePartsHeld(sharedPool())) };
}

/** Roles are the server's, policies the database's: this one may not have been migrated, or lack some after a restore. */
async function arePartsHeld(client: Pick<pg.ClientBase, "query">): Promise<boolean> {
  const { rows: [known] } = await client.query<{ known: boolean }>("select to_regprocedure('parts_are_held()') is not null as known");
  if (known?.known !== true) return false;
  const { rows: [held] } = await client.query<{ held: boolean }>("select parts_are_held() as held");
  return held?.held === true;
}

/**
 * SQL statements, each complete by itself, that make a transaction see the tenant's rows only, until it ends. A SET is not planned: together they cost
 * an eighth of a SELECT of the same settings. `organization`: an id, or, where only the database knows it, an expression that is read before the role is taken.
 */
export async function settingsOf({ workspaceId, granted = null, person = null }: Omit<Tenant, "organizationId">, organization: string | { sql: string }): Promise<string[]> {
  const { tenant, parts } = await usableRoles();
  // Only row-level security under that role holds a person to parts of a workspace.
  if (granted !== null && !parts) throw new DomainError("unavailable", { what: `database role ${PARTS_ROLE}, which access to parts of a workspace rests on,` });
  const role = granted !== null ? PARTS_ROLE : tenant ? TENANT_ROLE : null;
  const set = (name: string, value: string) => `SET LOCAL ${name} = ${pg.escapeLiteral(value)}`;
  return [
    typeof organization === "string" ? set("app.organization_id", organization) : `SELECT set_config('app.organization_id', ${organization.sql}, true)`,
    set("app.workspace_id", workspaceId),
    set("app.granted", granted === null ? "" : JSON.stringify({ ...granted, person })),
    ...(role === null ? [] : [set("role", role)]),
  ];
}

interface Login {
  name: string;
  tenant: boolean;
  parts: boolean;
  worker: boolean;
  /** Which of our roles exist. */
  made: string[];
  /** Row-level security does not hold for it, even on its own tables. */
  free: boolean;
}

/** For the start of the product: null when every lock is on, else what to tell the operator. */
export async function describeOpenTenantLock(client: Pick<pg.ClientBase, "query"> = sharedPool()): Promise<string | null> {
  const { rows } = await client.query<Login>(
    `select rolname as name, rolsuper or rolbypassrls as free, ${memberOf("$1")} as tenant, ${memberOf("$2")} as worker, ${memberOf("$3")} as parts,
      array(select rolname::text from pg_roles where rolname in ($1, $2, $3)) as made from pg_roles where rolname = session_user`,
    [TENANT_ROLE, WORKER_ROLE, PARTS_ROLE],
  );
  const [login] = rows;
  if (login === undefined) return null;
  const isHeld = login.parts && (await arePartsHeld(client));
  if (login.tenant && login.worker && isHeld) return null;
  return `${whatIsOpen(login)} To turn it on, let a superuser run: ${remedy(login)}`;
}

function memberOf(parameter: string): string {
  return `exists (select from pg_roles where rolname = ${parameter} and pg_has_role(session_user, oid, 'MEMBER'))`;
}

function whatIsOpen({ name, tenant, worker, free }: Login): string {
  if (tenant && worker) return `People with access to parts of a workspace are refused: ${name} may not become ${PARTS_ROLE}, or that role is not held to what is granted.`;
  if (tenant) return `The last lock of workers is off: ${name} may not become ${WORKER_ROLE}, so nothing but the code keeps workers from sign-in data.`;
  if (free) return `The last lock is off: one role, ${name}, does everything, and row-level security does not hold for it. Filters in the application still separate workspaces.`;
  return `The last lock is half on: one role, ${name}, does everything. Row-level security holds work for a workspace to that workspace, but nothing but the code keeps workers from sign-in data.`;
}

/** What is missing of it. Sent in one go, none of it fails because a part is there. */
function remedy({ name, tenant, worker, parts, made }: Login): string {
  const wanted = [...(tenant ? [] : [TENANT_ROLE]), ...(worker ? [] : [WORKER_ROLE]), ...(parts ? [] : [PARTS_ROLE])];
  const make = wanted.filter((role) => !made.includes(role)).map((role) => `CREATE ROLE ${role} NOLOGIN; `).join("");
  const join = wanted.length === 0 ? "" : `GRANT ${wanted.join(", ")} TO "${name}"; `;
  return `${make}GRANT ${TENANT_ROLE} TO ${PARTS_ROLE}; ${join}and then, as the owner of the tables: SELECT grant_millrace_roles();`;
}
