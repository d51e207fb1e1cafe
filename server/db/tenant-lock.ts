import type pg from "pg";
import { sharedPool } from "./client";
import { DomainError } from "@/server/errors/domain-error";
import type { Prisma } from "@/prisma/generated/client";
import { TENANT_ROLE, WORKER_ROLE } from "./roles";

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

let usable: Promise<boolean> | undefined;

/** Whether scoped transactions can become the tenant role; asked once per process. */
export function tenantRoleIsUsable(): Promise<boolean> {
  usable ??= askForTenantRole().catch((error: unknown) => {
    usable = undefined;
    throw error;
  });
  return usable;
}

async function askForTenantRole(): Promise<boolean> {
  const { rows } = await sharedPool().query<{ usable: boolean }>(
    `select ${memberOf("$1")} as usable`,
    [TENANT_ROLE],
  );
  return rows[0]?.usable === true;
}

/** Until the transaction ends, the connection sees the tenant's rows only. */
export async function becomeTenant(tx: Prisma.TransactionClient, tenant: Tenant, useRole: boolean): Promise<void> {
  const granted = tenant.granted == null ? "" : JSON.stringify(tenant.granted);
  if (useRole) {
    await tx.$queryRaw`select set_config('app.workspace_id', ${tenant.workspaceId}, true), set_config('app.granted', ${granted}, true),
      set_config('app.organization_id', ${tenant.organizationId}, true), set_config('role', ${TENANT_ROLE}, true)`;
  } else {
    // Only row-level security under that role holds a person to parts of a workspace.
    if (granted !== "") throw new DomainError("unavailable", { what: `database role ${TENANT_ROLE}, which access to parts of a workspace rests on,` });
    await tx.$queryRaw`select set_config('app.workspace_id', ${tenant.workspaceId}, true), set_config('app.granted', '', true),
      set_config('app.organization_id', ${tenant.organizationId}, true)`;
  }
}

interface Login {
  name: string;
  tenant: boolean;
  worker: boolean;
  /** Row-level security does not hold for it, even on its own tables. */
  free: boolean;
}

/** For the start of the product: null when every lock is on, else what to tell the operator. */
export async function describeOpenTenantLock(client: Pick<pg.ClientBase, "query"> = sharedPool()): Promise<string | null> {
  const { rows } = await client.query<Login>(
    `select rolname as name, rolsuper or rolbypassrls as free, ${memberOf("$1")} as tenant, ${memberOf("$2")} as worker from pg_roles where rolname = session_user`,
    [TENANT_ROLE, WORKER_ROLE],
  );
  const login = rows[0];
  if (login === undefined || (login.tenant && login.worker)) return null;
  return `${whatIsOpen(login)} To turn it on, let a superuser run: ${remedy(login)}`;
}

function memberOf(parameter: string): string {
  return `exists (select from pg_roles where rolname = ${parameter} and pg_has_role(session_user, oid, 'MEMBER'))`;
}

function whatIsOpen({ name, tenant, free }: Login): string {
  if (tenant) return `The last lock of workers is off: ${name} may not become ${WORKER_ROLE}, so nothing but the code keeps workers from sign-in data.`;
  if (free) return `The last lock is off: one role, ${name}, does everything, and row-level security does not hold for it. Filters in the application still separate workspaces.`;
  return `The last lock is half on: one role, ${name}, does everything. Row-level security holds work for a workspace to that workspace, but nothing but the code keeps workers from sign-in data.`;
}

function remedy({ name }: Login): string {
  const make = [TENANT_ROLE, WORKER_ROLE].map((role) => `CREATE ROLE ${role} NOLOGIN;`).join(" ");
  return `${make} GRANT ${TENANT_ROLE}, ${WORKER_ROLE} TO "${name}"; and then, as the owner of the tables: SELECT grant_millrace_roles();`;
}
