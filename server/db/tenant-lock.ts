import pg from "pg";
import { sharedPool } from "./client";
import { DomainError } from "@/server/errors/domain-error";
import { PARTS_ROLE, TENANT_ROLE, WORKER_ROLE } from "./roles";

export interface Tenant {
  readonly workspaceId: string;
  readonly organizationId: string;
  /** The parts of the workspace that the tenant is held to; null or absent: all of it. */
  readonly granted?: GrantedPlaces | null;
}

/** Folders (with all below them) and single things. */
export interface GrantedPlaces {
  readonly folders: readonly string[];
  readonly items: readonly string[];
}

interface UsableRoles {
  tenant: boolean;
  parts: boolean;
}

let usable: Promise<UsableRoles> | undefined;

/** Which roles scoped transactions can become; asked once per process. */
function usableRoles(): Promise<UsableRoles> {
  usable ??= askForRoles().catch((error: unknown) => {
    usable = undefined;
    throw error;
  });
  return usable;
}

async function askForRoles(): Promise<UsableRoles> {
  const { rows } = await sharedPool().query<UsableRoles>(`select ${memberOf("$1")} as tenant, ${memberOf("$2")} as parts`, [TENANT_ROLE, PARTS_ROLE]);
  return { tenant: rows[0]?.tenant === true, parts: rows[0]?.parts === true };
}

/** SQL of the settings that make a transaction see the tenant's rows only, until it ends. `organization`: SQL that is read before the role is taken. */
export async function settingsOf({ workspaceId, granted = null }: Pick<Tenant, "workspaceId" | "granted">, organization: string): Promise<string> {
  const { tenant, parts } = await usableRoles();
  // Only row-level security under that role holds a person to parts of a workspace.
  if (granted !== null && !parts) throw new DomainError("unavailable", { what: `database role ${PARTS_ROLE}, which access to parts of a workspace rests on,` });
  const role = granted !== null ? PARTS_ROLE : tenant ? TENANT_ROLE : null;
  const settings = [
    ["app.organization_id", organization],
    ["app.workspace_id", pg.escapeLiteral(workspaceId)],
    ["app.granted", pg.escapeLiteral(granted === null ? "" : JSON.stringify(granted))],
    ...(role === null ? [] : [["role", pg.escapeLiteral(role)]]),
  ];
  return `select ${settings.map(([name, value]) => `set_config('${name}', ${value}, true)`).join(", ")}`;
}

interface Login {
  name: string;
  tenant: boolean;
  parts: boolean;
  worker: boolean;
  /** Row-level security does not hold for it, even on its own tables. */
  free: boolean;
}

/** For the start of the product: null when every lock is on, else what to tell the operator. */
export async function describeOpenTenantLock(client: Pick<pg.ClientBase, "query"> = sharedPool()): Promise<string | null> {
  const { rows } = await client.query<Login>(
    `select rolname as name, rolsuper or rolbypassrls as free, ${memberOf("$1")} as tenant, ${memberOf("$2")} as worker, ${memberOf("$3")} as parts from pg_roles where rolname = session_user`,
    [TENANT_ROLE, WORKER_ROLE, PARTS_ROLE],
  );
  const login = rows[0];
  if (login === undefined || (login.tenant && login.worker && login.parts)) return null;
  return `${whatIsOpen(login)} To turn it on, let a superuser run: ${remedy(login)}`;
}

function memberOf(parameter: string): string {
  return `exists (select from pg_roles where rolname = ${parameter} and pg_has_role(session_user, oid, 'MEMBER'))`;
}

function whatIsOpen({ name, tenant, worker, free }: Login): string {
  if (tenant && worker) return `People with access to parts of a workspace are refused: ${name} may not become ${PARTS_ROLE}.`;
  if (tenant) return `The last lock of workers is off: ${name} may not become ${WORKER_ROLE}, so nothing but the code keeps workers from sign-in data.`;
  if (free) return `The last lock is off: one role, ${name}, does everything, and row-level security does not hold for it. Filters in the application still separate workspaces.`;
  return `The last lock is half on: one role, ${name}, does everything. Row-level security holds work for a workspace to that workspace, but nothing but the code keeps workers from sign-in data.`;
}

function remedy({ name }: Login): string {
  const make = [TENANT_ROLE, WORKER_ROLE, PARTS_ROLE].map((role) => `CREATE ROLE ${role} NOLOGIN;`).join(" ");
  return `${make} GRANT ${TENANT_ROLE} TO ${PARTS_ROLE}; GRANT ${TENANT_ROLE}, ${WORKER_ROLE}, ${PARTS_ROLE} TO "${name}"; and then, as the owner of the tables: SELECT grant_millrace_roles();`;
}
