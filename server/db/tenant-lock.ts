import { rawDb, sharedPool } from "./client";
import type { Prisma } from "@/prisma/generated/client";

export interface Tenant {
  readonly workspaceId: string;
  readonly organizationId: string;
}

/** The role under which row-level security applies. The login role owns the tables and is not subject to it. */
const TENANT_ROLE = "millrace_app";

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
    `select exists (select from pg_roles where rolname = $1 and pg_has_role(current_user, oid, 'MEMBER')) as usable`,
    [TENANT_ROLE],
  );
  return rows[0]?.usable === true;
}

/** Until the transaction ends, the connection sees the tenant's rows only. */
export async function becomeTenant(tx: Prisma.TransactionClient, tenant: Tenant, useRole: boolean): Promise<void> {
  if (useRole) {
    await tx.$queryRaw`select set_config('app.workspace_id', ${tenant.workspaceId}, true),
      set_config('app.organization_id', ${tenant.organizationId}, true), set_config('role', ${TENANT_ROLE}, true)`;
  } else {
    await tx.$queryRaw`select set_config('app.workspace_id', ${tenant.workspaceId}, true),
      set_config('app.organization_id', ${tenant.organizationId}, true)`;
  }
}

/** For the start of a process: null when row-level security is in force, else what to tell the operator. */
export async function describeOpenTenantLock(): Promise<string | null> {
  if (await tenantRoleIsUsable()) return null;
  const [login] = await rawDb().$queryRaw<{ name: string }[]>`select current_user::text as name`;
  return (
    `Row-level security is off: the role ${TENANT_ROLE} is missing or ${login?.name ?? "the login role"} may not become it. ` +
    `Filters in the application still separate workspaces. To turn the last lock on, let a superuser run: ` +
    `CREATE ROLE ${TENANT_ROLE} NOLOGIN; CREATE ROLE millrace_worker NOLOGIN; ` +
    `GRANT ${TENANT_ROLE}, millrace_worker TO ${login?.name ?? "…"}; and then, as the owner: SELECT grant_millrace_roles();`
  );
}
