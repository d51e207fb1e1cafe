import pg from "pg";
import { sharedPool } from "./client";
import { TENANT_ROLE } from "./roles";
import { tenantRoleIsUsable } from "./tenant-lock";
import { inTransaction } from "./transaction";

/**
 * One statement on behalf of a workspace where there is no Scope: for a run that a worker holds. Row-level security holds
 * it to that workspace and to what the workspace shares, should its filter be wrong.
 */
export async function queryAsTenant<Row extends pg.QueryResultRow>(workspaceId: string, query: pg.QueryConfig): Promise<pg.QueryResult<Row>> {
  const begin = beginAs(workspaceId, await tenantRoleIsUsable());
  return inTransaction(sharedPool(), (client) => client.query<Row>(query), begin);
}

/** In one round trip. The organization is read before the role is taken. */
function beginAs(workspaceId: string, useRole: boolean): string {
  const id = pg.escapeLiteral(workspaceId);
  const settings = `set_config('app.organization_id', coalesce((select organization_id::text from workspace where id = ${id}), ''), true), set_config('app.workspace_id', ${id}, true)`;
  return `begin; select ${settings}${useRole ? `, set_config('role', '${TENANT_ROLE}', true)` : ""}`;
}
