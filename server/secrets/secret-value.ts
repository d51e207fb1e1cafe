import type { Tx } from "@/server/db/scoped";
import { activeDataKey, openDataKey } from "./data-keys";
import { open, seal } from "./envelope";
import type { SealedSecret } from "./queries";
import type { SealedPlace } from "./sealed-place";
import { KeptValues } from "./stores/kept-values";
import { openStore } from "./stores/open-store";
import { StoreRefused } from "./stores/port";
import { openCredential, readConfig } from "./stores/rows";

export async function sealValue(tx: Tx, workspaceId: string, secretId: string, value: string) {
  const { id: dataKeyId, key } = await activeDataKey(tx, workspaceId);
  return { dataKeyId, sealed: seal(key, Buffer.from(value, "utf8"), bindingOf(workspaceId, secretId)) };
}

/** Names the secret and why; never a value. Steps may try again. */
export class SecretUnreadable extends Error {
  override name = "SecretUnreadable";
  readonly code = "secret_unreadable";

  constructor(secret: string, store: string, reason: string) {
    super(`the secret ${secret} cannot be read from the store ${store}: ${reason}`);
  }
}

const kept = new KeptValues();

/** The value, opened here or read from the store in which it lies. */
export async function openValue(workspaceId: string, secret: SealedSecret): Promise<string> {
  const wrapped = { id: secret.dataKeyId, workspaceId, wrapped: secret.wrapped, masterKeyId: secret.masterKeyId };
  if (secret.store === null) return open(openDataKey(wrapped).key, secret.sealed, bindingOf(workspaceId, secret.id)).toString("utf8");
  const { id, name, kind, config, cacheSeconds, revision, ref } = secret.store;
  const openIt = () => openStore(readConfig(kind, config), openCredential({ id, workspaceId }, secret.sealed, wrapped));
  return kept.read(`${id} ${revision}`, openIt, ref, cacheSeconds).catch((error: unknown) => {
    throw error instanceof StoreRefused ? new SecretUnreadable(secret.name, name, error.message) : error;
  });
}

export const SEALED_SECRETS: SealedPlace = { table: "secret", sealed: "sealed", dataKey: "data_key_id", binding: ({ id, workspaceId }) => bindingOf(workspaceId, id) };

function bindingOf(workspaceId: string, secretId: string): string {
  return `secret ${secretId} of workspace ${workspaceId}`;
}
