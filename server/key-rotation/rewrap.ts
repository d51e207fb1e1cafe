import { sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import { masterKeyIds, masterKeyOf, type MasterSealedPlace, open, presentMasterKey, seal, SealBroken } from "@/server/secrets/service";
import { crashPoint } from "@/server/testing/crash-points";
import type { Resealed } from "./contract";
import { MASTER_SEALED_PLACES } from "./sealed-places";

const REWRAP_BATCH = 100;
/** The lock of the trigger `master_key_in_use`. */
const MASTER_KEY_LOCK = 72_707_390;

/**
 * Puts everything under the present master key: the data keys, and what belongs to no workspace. Called again after an
 * interruption it does the rest. What is under a key that nobody gave is left; `countUnderMasterKeys` shows it.
 */
export async function rewrapAll(report: (changed: number) => void = () => {}): Promise<Resealed> {
  const all: Resealed = { resealed: 0, broken: [] };
  for (const place of MASTER_SEALED_PLACES) {
    for (let after = ""; ; ) {
      const rows = await rowsUnderOthers(place, after);
      for (const row of rows) {
        if (await resealUnderMaster(place, row)) all.resealed += 1;
        else all.broken.push(`${place.table} ${row.id}`);
        crashPoint("master-row-resealed");
      }
      if (rows.length > 0) report(all.resealed);
      if (rows.length < REWRAP_BATCH) break;
      after = rows.at(-1)!.id;
    }
  }
  return all;
}

interface Row {
  id: string;
  workspaceId: string | null;
  sealed: Uint8Array;
  masterKeyId: string;
}

async function rowsUnderOthers({ table, id, workspaceId, sealed }: MasterSealedPlace, after: string): Promise<Row[]> {
  const others = masterKeyIds().filter((one) => one !== presentMasterKey().id);
  const sql = `SELECT ${id}::text AS id, ${workspaceId ?? "NULL"}::text AS "workspaceId", ${sealed} AS sealed, master_key_id AS "masterKeyId" FROM ${table} WHERE master_key_id = ANY($1) AND ${id}::text > $2 ORDER BY ${id}::text LIMIT ${REWRAP_BATCH}`;
  return (await sharedPool().query<Row>(sql, [others, after])).rows;
}

/** What was changed at the same time stays as it was changed to. False: it does not open. */
async function resealUnderMaster({ table, id, sealed, binding }: MasterSealedPlace, row: Row): Promise<boolean> {
  const present = presentMasterKey();
  try {
    const bound = binding(row);
    const again = seal(present.key, open(masterKeyOf(row.masterKeyId).key, row.sealed, bound), bound);
    await sharedPool().query(`UPDATE ${table} SET ${sealed} = $1, master_key_id = $2 WHERE ${id} = $3 AND ${sealed} = $4`, [again, present.id, row.id, row.sealed]);
    return true;
  } catch (error) {
    if (error instanceof SealBroken) return false;
    throw error;
  }
}

const TABLES = MASTER_SEALED_PLACES.map(({ table }) => table);

/** How much is under which master key, by fingerprint. */
export async function countUnderMasterKeys(): Promise<Map<string, number>> {
  const union = TABLES.map((table) => `SELECT master_key_id AS id FROM ${table} WHERE master_key_id IS NOT NULL`).join(" UNION ALL ");
  const { rows } = await sharedPool().query<{ id: string; count: number }>(`SELECT id, count(*)::int AS count FROM (${union}) AS used GROUP BY id ORDER BY id`);
  return new Map(rows.map(({ id, count }) => [id, count]));
}

/** From now on the database refuses what a process would seal under it. False: something is still under it. */
export async function retireMasterKey(id: string): Promise<boolean> {
  return inTransaction(sharedPool(), async (client) => {
    await client.query("SELECT pg_advisory_xact_lock($1)", [MASTER_KEY_LOCK]);
    const isUsed = TABLES.map((table) => `EXISTS (SELECT FROM ${table} WHERE master_key_id = $1)`).join(" OR ");
    const { rowCount } = await client.query(`INSERT INTO retired_master_key (id) SELECT $1 WHERE NOT (${isUsed}) ON CONFLICT DO NOTHING`, [id]);
    return rowCount === 1;
  });
}
