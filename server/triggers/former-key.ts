import { sharedPool } from "@/server/db/client";
import { decodeUntrusted } from "@/server/expressions/decoding";
import { readContent, type StoredEvent } from "@/server/triggers/event-value";

const FIND = `
SELECT id, workspace_id AS "workspaceId", received_at AS "receivedAt", meta::text AS meta, headers::text AS headers, content_type AS "contentType", body, body_blob_id AS "bodyBlobId", data_key_id AS "dataKeyId"
FROM trigger_event WHERE trigger_id = $1 AND dedupe_key = $2`;

type Row = Omit<StoredEvent, "meta" | "headers"> & { meta: string; headers: string };

/** Of those keys the one that an event of the trigger has with the same content: keys of earlier releases do not tell that. */
export async function findRecordedKey(triggerId: string, keys: readonly string[], body: Uint8Array | null): Promise<string | undefined> {
  for (const key of keys) if (await isRecordedAs(triggerId, key, body)) return key;
  return undefined;
}

async function isRecordedAs(triggerId: string, key: string, body: Uint8Array | null): Promise<boolean> {
  const { rows } = await sharedPool().query<Row>(FIND, [triggerId, key]);
  if (rows[0] === undefined) return false;
  const { meta, headers, ...row } = rows[0];
  const known = await readContent({ ...row, meta: decodeUntrusted(meta) as StoredEvent["meta"], headers: decodeUntrusted(headers) as StoredEvent["headers"] });
  return Buffer.compare(known.body ?? Buffer.alloc(0), body ?? Buffer.alloc(0)) === 0;
}
