import { deleteBlob, putBlob, readBlob } from "@/server/blobs/service";
import { rawDb, sharedPool } from "@/server/db/client";
import { inTransaction } from "@/server/db/transaction";
import { activeDataKey, open, openDataKey, seal, type SealedPlace } from "@/server/secrets/service";
import { crashPoint } from "@/server/testing/crash-points";

export const RESEAL_BATCH = 100;

export interface Batch {
  /** Looked at, whether or not they had to be changed any more. */
  seen: number;
  resealed: number;
  /** Ids of rows that do not open: altered, or sealed by somebody else. */
  broken: string[];
  /** Of the last row; null: there are no more. */
  after: string | null;
}

interface SealedRow {
  id: string;
  workspaceId: string;
  sealed: Uint8Array | null;
  blobId: string | null;
  keyId: string;
  wrapped: Uint8Array<ArrayBuffer>;
  masterKeyId: string;
}

const blobOf = ({ blob }: SealedPlace) => (blob === undefined ? "NULL::uuid" : `t.${blob}`);

const rowsOf = (place: SealedPlace) => `
SELECT t.id, t.workspace_id AS "workspaceId", t.${place.sealed} AS sealed, ${blobOf(place)} AS "blobId", k.id AS "keyId", k.wrapped, k.master_key_id AS "masterKeyId"
FROM data_key k JOIN ${place.table} t ON t.${place.dataKey} = k.id AND t.workspace_id = k.workspace_id
WHERE k.retired_at IS NOT NULL AND ($1::uuid IS NULL OR k.workspace_id = $1) AND t.id > coalesce($2::uuid, '00000000-0000-0000-0000-000000000000')
ORDER BY t.id LIMIT ${RESEAL_BATCH}`;

/**
 * Seals the next rows with their workspace's present key. Each row is changed only if it still is what was read, so that what
 * others write at the same time stays; a batch that was cut off has changed some rows wholly and others not at all.
 */
export async function resealBatch(place: SealedPlace, workspaceId: string | null, after: string | null): Promise<Batch> {
  const { rows } = await sharedPool().query<SealedRow>(rowsOf(place), [workspaceId, after]);
  const batch: Batch = { seen: rows.length, resealed: 0, broken: [], after: rows.length < RESEAL_BATCH ? null : rows.at(-1)!.id };
  for (const row of rows) {
    const outcome = await resealRow(place, row);
    if (outcome === "broken") batch.broken.push(row.id);
    if (outcome === "resealed") batch.resealed += 1;
    crashPoint("row-resealed");
  }
  return batch;
}

async function resealRow(place: SealedPlace, row: SealedRow): Promise<"resealed" | "changed" | "broken"> {
  const envelope = row.blobId === null ? row.sealed : await readBlob(row.workspaceId, row.blobId);
  if (envelope === null) return "broken";
  const plain = openOrNull(place, row, envelope);
  if (plain === null) return "broken";
  const { id: keyId, key } = await rawDb().$transaction((tx) => activeDataKey(tx, row.workspaceId));
  const sealed = seal(key, plain, place.binding(row));
  return row.blobId === null ? replaceSealed(place, row, keyId, sealed) : replaceBlob(place, row, row.blobId, keyId, sealed);
}

function openOrNull(place: SealedPlace, row: SealedRow, envelope: Uint8Array): Buffer | null {
  try {
    const { key } = openDataKey({ id: row.keyId, workspaceId: row.workspaceId, wrapped: row.wrapped, masterKeyId: row.masterKeyId });
    return open(key, envelope, place.binding(row));
  } catch {
    return null;
  }
}

async function replaceSealed(place: SealedPlace, row: SealedRow, keyId: string, sealed: Uint8Array): Promise<"resealed" | "changed"> {
  const sql = `UPDATE ${place.table} SET ${place.sealed} = $1, ${place.dataKey} = $2 WHERE id = $3 AND ${place.sealed} = $4 AND ${place.dataKey} = $5`;
  const { rowCount } = await sharedPool().query(sql, [sealed, keyId, row.id, row.sealed, row.keyId]);
  return rowCount === 1 ? "resealed" : "changed";
}

/** The blob so far loses its owner with the same commit; the sweep takes it, after whoever reads it now is done. */
async function replaceBlob(place: SealedPlace, row: SealedRow, blobId: string, keyId: string, sealed: Uint8Array): Promise<"resealed" | "changed"> {
  const { id } = await putBlob({ workspaceId: row.workspaceId, owner: { type: "trigger_event", id: row.id }, contentType: "application/octet-stream" }, sealed);
  const isReplaced = await inTransaction(sharedPool(), async (client) => {
    const { rowCount } = await client.query(`UPDATE ${place.table} SET ${place.blob} = $1, ${place.dataKey} = $2 WHERE id = $3 AND ${place.blob} = $4`, [id, keyId, row.id, blobId]);
    if (rowCount === 1) await client.query("UPDATE blob SET owner_type = NULL, owner_id = NULL WHERE id = $1", [blobId]);
    return rowCount === 1;
  });
  if (!isReplaced) await deleteBlob(row.workspaceId, id);
  return isReplaced ? "resealed" : "changed";
}
