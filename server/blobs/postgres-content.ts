import { sharedPool } from "@/server/db/client";
import { queryAsTenant } from "@/server/db/tenant-query";
import type { BlobContent } from "./contract";
import { inPieces } from "./pieces";

const CHUNK_BYTES = 512 * 1024;

/** Chunks in the database: nothing else to set up, and in every backup. */
export function postgresContent(): BlobContent {
  return {
    async write({ workspaceId, blobId }, chunks) {
      let index = 0;
      for await (const data of inPieces(chunks, CHUNK_BYTES)) {
        await queryAsTenant(workspaceId, {
          name: "blob-chunk-write",
          text: `insert into blob_chunk (blob_id, index, workspace_id, data) values ($1, $2, $3, $4)
            on conflict (blob_id, index) do update set data = excluded.data`,
          values: [blobId, index++, workspaceId, data],
        });
      }
      const text = "delete from blob_chunk where blob_id = $1 and workspace_id = $2 and index >= $3";
      await queryAsTenant(workspaceId, { text, values: [blobId, workspaceId, index] });
    },

    async *read({ workspaceId, blobId }) {
      for (let index = 0; ; index++) {
        const { rows } = await queryAsTenant<{ data: Buffer }>(workspaceId, {
          name: "blob-chunk-read",
          text: "select data from blob_chunk where blob_id = $1 and index = $2 and workspace_id = $3",
          values: [blobId, index, workspaceId],
        });
        if (rows[0] === undefined) return;
        yield rows[0].data;
      }
    },

    async remove(places) {
      await sharedPool().query("delete from blob_chunk where blob_id = any($1::uuid[])", [places.map(({ blobId }) => blobId)]);
    },
  };
}
