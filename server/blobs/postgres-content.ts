import type pg from "pg";
import { type BlobContent, inPieces } from "./content";

const CHUNK_BYTES = 512 * 1024;

/** Chunks in the database: nothing else to set up, and in every backup. */
export function postgresContent(pool: pg.Pool): BlobContent {
  return {
    async write({ workspaceId, blobId }, chunks) {
      let index = 0;
      for await (const data of inPieces(chunks, CHUNK_BYTES)) {
        await pool.query({
          name: "blob-chunk-write",
          text: `insert into blob_chunk (blob_id, index, workspace_id, data) values ($1, $2, $3, $4)
            on conflict (blob_id, index) do update set data = excluded.data`,
          values: [blobId, index++, workspaceId, data],
        });
      }
      await pool.query("delete from blob_chunk where blob_id = $1 and workspace_id = $2 and index >= $3", [blobId, workspaceId, index]);
    },

    async *read({ workspaceId, blobId }) {
      for (let index = 0; ; index++) {
        const { rows } = await pool.query<{ data: Buffer }>({
          name: "blob-chunk-read",
          text: "select data from blob_chunk where blob_id = $1 and index = $2 and workspace_id = $3",
          values: [blobId, index, workspaceId],
        });
        if (rows[0] === undefined) return;
        yield rows[0].data;
      }
    },

    async remove(places) {
      await pool.query("delete from blob_chunk where blob_id = any($1::uuid[])", [places.map(({ blobId }) => blobId)]);
    },
  };
}
