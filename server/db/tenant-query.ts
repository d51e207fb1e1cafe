import pg from "pg";
import { sharedPool } from "./client";
import { type GrantedPlaces, settingsOf } from "./tenant-lock";
import { inTransaction } from "./transaction";

/**
 * One statement on behalf of a workspace where there is no Scope: for a run that a worker holds. Row-level security holds
 * it to that workspace and to what the workspace shares, should its filter be wrong; and to parts of it, if there are some.
 */
export async function queryAsTenant<Row extends pg.QueryResultRow>(workspaceId: string, query: pg.QueryConfig, granted: GrantedPlaces | null = null): Promise<pg.QueryResult<Row>> {
  const organization = `coalesce((select organization_id::text from workspace where id = ${pg.escapeLiteral(workspaceId)}), '')`;
  const settings = await settingsOf({ workspaceId, granted }, { sql: organization });
  return inTransaction(sharedPool(), (client) => client.query<Row>(query), ["begin", ...settings].join("; "));
}
