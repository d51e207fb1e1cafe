import pg from "pg";
import { sharedPool } from "./client";
import { TENANT_ROLE } from "./roles";
import { DomainError } from "@/server/errors/domain-error";
import { type GrantedPlaces, tenantRoleIsUsable } from "./tenant-lock";
import { inTransaction } from "./transaction";

/**
 * One statement on behalf of a workspace where there is no Scope: for a run that a worker holds. Row-level security holds
 * it to that workspace and to what the workspace shares, should its filter be wrong; and to parts of it, if there are some.
 */
export async function queryAsTenant<Row extends pg.QueryResultRow>(workspaceId: string, query: pg.QueryConfig, granted: GrantedPlaces | null = null): Promise<pg.QueryResult<Row>> {
  const useRole = await tenantRoleIsUsable();
  if (granted !== null && !useRole) throw new DomainError("unavailable", { what: `database role ${TENANT_ROLE}, which access to parts of a workspace rests on,` });
  const begin = beginAs(workspaceId, useRole, granted);
  return inTransaction(sharedPool(), (client) => client.query<Row>(query), begin);
}

/** In one round trip. The organization is read before the role is taken. */
function beginAs(workspaceId: string, useRole: boolean, granted: GrantedPlaces | null): string {
  const id = pg.escapeLiteral(workspaceId);
  const settings = `set_config('app.organization_id', coalesce((select organization_id::text from workspace where id = ${id}), ''), true), set_config('app.workspace_id', ${id}, true)${granted === null ? "" : `, set_config('app.granted', ${pg.escapeLiteral(JSON.stringify(granted))}, true)`}`;
  return `begin; select ${settings}${useRole ? `, set_config('role', '${TENANT_ROLE}', true)` : ""}`;
}
