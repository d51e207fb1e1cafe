import { createHash, randomBytes } from "node:crypto";
import type { Tx } from "@/server/db/scoped";
import { triggerKind } from "@/server/triggers/kinds";
import { activeDataKey, open, openDataKey, seal, type SealedPlace } from "@/server/secrets/service";

const TOKEN_BYTES = 24;

export function hashToken(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash("sha256").update(token).digest());
}

/** A new address: found by its hash, sealed so that it can be shown again. Relays may change the case of a mail address, so that it has no capitals. */
export async function newToken(tx: Tx, workspaceId: string, triggerId: string, kind: string) {
  const token = randomBytes(TOKEN_BYTES).toString(triggerKind(kind)?.address === "mail" ? "hex" : "base64url");
  const { id: tokenKeyId, key } = await activeDataKey(tx, workspaceId);
  return { tokenHash: hashToken(token), tokenSealed: seal(key, Buffer.from(token), bindingOf(workspaceId, triggerId)), tokenKeyId };
}

export async function openToken(tx: Tx, trigger: { id: string; workspaceId: string; tokenSealed: Uint8Array | null; tokenKeyId: string | null }): Promise<string | null> {
  if (trigger.tokenSealed === null || trigger.tokenKeyId === null) return null;
  const key = await tx.dataKey.findFirstOrThrow({ where: { id: trigger.tokenKeyId } });
  return open(openDataKey(key).key, trigger.tokenSealed, bindingOf(trigger.workspaceId, trigger.id)).toString("utf8");
}

export const SEALED_ADDRESSES: SealedPlace = { table: "trigger", sealed: "token_sealed", dataKey: "token_key_id", binding: ({ id, workspaceId }) => bindingOf(workspaceId, id) };

function bindingOf(workspaceId: string, triggerId: string): string {
  return `address of trigger ${triggerId} of workspace ${workspaceId}`;
}
