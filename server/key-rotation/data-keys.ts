import { rawDb, sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import { replaceDataKey } from "@/server/secrets/service";
import { SEALED_PLACES } from "./sealed-places";

/** Whoever took the key just before it was replaced has sealed with it by then. */
const KEEP_RETIRED_HOURS = 1;

/** Workspaces whose key is older than that, and that are not in the middle of a change already. Null: of all workspaces. */
export async function findWorkspacesToRotate(workspaceId: string | null, newerThan: Date): Promise<string[]> {
  const sql = `
    SELECT k.workspace_id AS id FROM data_key k
    WHERE k.retired_at IS NULL AND k.created_at < $2 AND ($1::uuid IS NULL OR k.workspace_id = $1) ORDER BY 1`;
  const { rows } = await sharedPool().query<{ id: string }>(sql, [workspaceId, newerThan]);
  return rows.map(({ id }) => id);
}

export async function rotateDataKey(workspaceId: string): Promise<void> {
  await rawDb().$transaction((tx) => replaceDataKey(tx, workspaceId));
}

const SPENT = `
SELECT id FROM data_key k WHERE retired_at < now() - make_interval(hours => ${KEEP_RETIRED_HOURS})
  AND NOT (${SEALED_PLACES.map(({ table, dataKey }) => `EXISTS (SELECT FROM ${table} WHERE ${dataKey} = k.id)`).join(" OR ")})`;

/** Keys that nothing is sealed with any more. The lock keeps new references out between the question and the answer. */
export function removeSpentDataKeys(): Promise<number> {
  return inTransaction(sharedPool(), async (client) => {
    const { rows } = await client.query<{ id: string }>(`${SPENT} FOR UPDATE SKIP LOCKED`);
    const ids = rows.map(({ id }) => id);
    if (ids.length === 0) return 0;
    const { rowCount } = await client.query(`DELETE FROM data_key WHERE id = ANY($1::uuid[]) AND id IN (${SPENT})`, [ids]);
    return rowCount ?? 0;
  });
}
