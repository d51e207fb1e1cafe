import type { Tx } from "@/server/db/scoped";
import { activeDataKey, openDataKey, type WrappedKey } from "../data-keys";
import { open, seal } from "../envelope";
import type { SealedPlace } from "../sealed-place";
import { type StoreConfig, storeConfigSchema } from "@/server/secret-stores/contract";

interface Place {
  id: string;
  workspaceId: string;
}

export async function sealCredential(tx: Tx, place: Place, credential: string) {
  const { id: dataKeyId, key } = await activeDataKey(tx, place.workspaceId);
  return { dataKeyId, sealed: seal(key, Buffer.from(credential, "utf8"), bindingOf(place)) };
}

export function openCredential(place: Place, sealed: Uint8Array, key: WrappedKey): string {
  return open(openDataKey(key).key, sealed, bindingOf(place)).toString("utf8");
}

export function readConfig(kind: string, config: unknown): StoreConfig {
  return storeConfigSchema.parse({ ...(config as object), kind });
}

export const SEALED_STORES: SealedPlace = { table: "secret_store", sealed: "sealed", dataKey: "data_key_id", binding: bindingOf };

function bindingOf({ id, workspaceId }: Place): string {
  return `secret store ${id} of workspace ${workspaceId}`;
}
