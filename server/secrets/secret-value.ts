import type { Tx } from "@/server/db/scoped";
import { activeDataKey, openDataKey } from "./data-keys";
import { open, seal } from "./envelope";
import type { SealedSecret } from "./queries";
import type { SealedPlace } from "./sealed-place";

export async function sealValue(tx: Tx, workspaceId: string, secretId: string, value: string) {
  const { id: dataKeyId, key } = await activeDataKey(tx, workspaceId);
  return { dataKeyId, sealed: seal(key, Buffer.from(value, "utf8"), bindingOf(workspaceId, secretId)) };
}

export function openValue(workspaceId: string, secret: SealedSecret): string {
  const { key } = openDataKey({ id: secret.dataKeyId, workspaceId, wrapped: secret.wrapped, masterKeyId: secret.masterKeyId });
  return open(key, secret.sealed, bindingOf(workspaceId, secret.id)).toString("utf8");
}

export const SEALED_SECRETS: SealedPlace = { table: "secret", sealed: "sealed", dataKey: "data_key_id", binding: ({ id, workspaceId }) => bindingOf(workspaceId, id) };

function bindingOf(workspaceId: string, secretId: string): string {
  return `secret ${secretId} of workspace ${workspaceId}`;
}
