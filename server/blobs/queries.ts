import type pg from "pg";
import { sharedPool } from "@/server/db/client";
import type { Tx } from "@/server/db/scoped";
import { queryAsTenant } from "@/server/db/tenant-query";
import type { BlobInfo, BlobOwner, BlobPlace, BlobStoreName, NewBlob } from "./contract";

interface BlobRow {
  id: string;
  workspace_id: string;
  store: BlobStoreName;
  size: string;
  content_type: string;
  name: string | null;
  created_at: Date;
}

export interface StoredBlob extends BlobInfo {
  store: BlobStoreName;
}

/** False: there is one of that id. */
export async function insertBlob(id: string, blob: NewBlob, store: BlobStoreName): Promise<boolean> {
  const { rowCount } = await queryAsTenant(blob.workspaceId, {
    name: "blob-insert",
    text: `insert into blob (id, workspace_id, store, content_type, name, owner_type, owner_id)
      values ($1, $2, $3, coalesce($4, 'application/octet-stream'), $5, $6, $7) on conflict (id) do nothing`,
    values: [id, blob.workspaceId, store, blob.contentType, blob.name, blob.owner?.type, blob.owner?.id],
  });
  return rowCount === 1;
}

/** The size of one that is there, which from now on is as young as one that was stored just now; null: there is none. */
export async function usedAgain({ workspaceId, blobId }: BlobPlace): Promise<number | null> {
  const { rows } = await queryAsTenant<{ size: string }>(workspaceId, {
    name: "blob-used-again",
    text: "update blob set created_at = now() where id = $1 and workspace_id = $2 and state = 'ready' and owner_type is not null returning size",
    values: [blobId, workspaceId],
  });
  return rows[0] === undefined ? null : Number(rows[0].size);
}

export async function markReady({ workspaceId, blobId }: BlobPlace, size: number, sha256: Uint8Array): Promise<void> {
  await queryAsTenant(workspaceId, {
    name: "blob-ready",
    text: "update blob set state = 'ready', size = $3, sha256 = $4 where id = $1 and workspace_id = $2",
    values: [blobId, workspaceId, size, sha256],
  });
}

export async function findOwned(workspaceId: string, owner: BlobOwner): Promise<string[]> {
  const { rows } = await queryAsTenant<{ id: string }>(workspaceId, {
    name: "blob-find-owned",
    text: "select id from blob where owner_type = $2 and owner_id = $3 and workspace_id = $1 order by id",
    values: [workspaceId, owner.type, owner.id],
  });
  return rows.map(({ id }) => id);
}

export async function findBlob({ workspaceId, blobId }: BlobPlace): Promise<StoredBlob | null> {
  const { rows } = await queryAsTenant<BlobRow>(workspaceId, {
    name: "blob-find",
    text: `select id, workspace_id, store, size, content_type, name, created_at from blob
      where id = $1 and workspace_id = $2 and state = 'ready'`,
    values: [blobId, workspaceId],
  });
  return rows[0] === undefined ? null : toStored(rows[0]);
}

export function findBlobsOf(owner: BlobOwner["type"], ids: readonly string[], limit: number, exceptIn: readonly BlobStoreName[]): Promise<StoredBlob[]> {
  return select(`where owner_type = $1 and owner_id = any($2::uuid[]) and store <> all($4::text[]) and not ${sharedBy("share.run_id <> all($2::uuid[])")} limit $3`, [owner, ids, limit, exceptIn]);
}

export function findBlobsOfWorkspace(workspaceId: string, limit: number, exceptIn: readonly BlobStoreName[]): Promise<StoredBlob[]> {
  return select("where workspace_id = $1 and store <> all($3::text[]) limit $2", [workspaceId, limit, exceptIn]);
}

/** Whether a run that is there reads the blob although it is another's. */
function sharedBy(which: string): string {
  return `exists (select from blob_share share join run on run.id = share.run_id where share.blob_id = blob.id and ${which})`;
}

/** A re-run reads what the first run has stored, and what that one shares itself. */
export async function insertShares(tx: Tx, workspaceId: string, fromRunId: string, toRunId: string): Promise<void> {
  await tx.$executeRaw`
    insert into blob_share (blob_id, run_id, workspace_id)
    select id, ${toRunId}::uuid, workspace_id from blob where owner_type = 'run' and owner_id = ${fromRunId}::uuid and workspace_id = ${workspaceId}::uuid
    union select blob_id, ${toRunId}::uuid, workspace_id from blob_share where run_id = ${fromRunId}::uuid and workspace_id = ${workspaceId}::uuid
    on conflict do nothing`;
}

/** Answers how many of the blobs are there. */
export async function insertRunShares(workspaceId: string, runId: string, ids: readonly string[]): Promise<number> {
  const { rows } = await queryAsTenant<{ count: number }>(workspaceId, {
    name: "blob-run-shares",
    text: `with there as (select id from blob where id = any($3::uuid[]) and workspace_id = $1 and state = 'ready' for key share),
      shared as (insert into blob_share (blob_id, run_id, workspace_id) select id, $2, $1 from there on conflict do nothing)
      select count(*)::int as count from there`,
    values: [workspaceId, runId, ids],
  });
  return rows[0]?.count ?? 0;
}

/** Never finished, or nobody's; those of removed runs and events are marked so. By `blob_loose_idx`. */
export function findLooseBlobs(limit: number, exceptIn: readonly BlobStoreName[]): Promise<StoredBlob[]> {
  return select(`where (state = 'writing' or owner_type is null) and created_at < now() - interval '1 day' and store <> all($2::text[]) and not ${sharedBy("true")} limit $1`, [limit, exceptIn]);
}

/** Those among the next blobs after `after` whose run or event is gone without a mark, and where to go on; null: that was the last one. */
export async function findLeftBehind(after: string, limit: number): Promise<{ orphans: StoredBlob[]; next: string | null }> {
  const { rows } = await sharedPool().query<BlobRow & { orphan: boolean }>(
    `select id, workspace_id, store, size, content_type, name, created_at,
       created_at < now() - interval '1 day' and owner_type in ('run', 'trigger_event') and not exists (select from run where run.id = blob.owner_id)
         and not exists (select from trigger_event e where e.id = blob.owner_id) and not ${sharedBy("true")} as orphan
     from blob where id > $1 order by id limit $2`,
    [after, limit],
  );
  return { orphans: rows.filter(({ orphan }) => orphan).map(toStored), next: rows.length < limit ? null : (rows.at(-1)?.id ?? null) };
}

/** Large rows are removed one by one elsewhere; this removes the rows that say what they were. */
export async function deleteBlobRows(ids: readonly string[], client: Pick<pg.Pool, "query"> = sharedPool()): Promise<void> {
  await client.query("delete from blob where id = any($1::uuid[])", [ids]);
}

export async function setOwner({ workspaceId, blobId }: BlobPlace, owner: BlobOwner): Promise<boolean> {
  const { rowCount } = await queryAsTenant(workspaceId, {
    text: "update blob set owner_type = $3, owner_id = $4 where id = $1 and workspace_id = $2",
    values: [blobId, workspaceId, owner.type, owner.id],
  });
  return rowCount === 1;
}

async function select(condition: string, values: unknown[]): Promise<StoredBlob[]> {
  const { rows } = await sharedPool().query<BlobRow>(
    `select id, workspace_id, store, size, content_type, name, created_at from blob ${condition}`,
    values,
  );
  return rows.map(toStored);
}

function toStored(row: BlobRow): StoredBlob {
  const { id, store, name } = row;
  return { id, store, name, workspaceId: row.workspace_id, size: Number(row.size), contentType: row.content_type, createdAt: row.created_at };
}
