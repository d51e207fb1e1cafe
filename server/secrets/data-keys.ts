import { createHash } from "node:crypto";
import { rawDb } from "@/server/db/client";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { env } from "@/server/env";
import type { DataKey } from "@/prisma/generated/client";
import { newKey, open, seal } from "./envelope";

export interface OpenedKey {
  id: string;
  key: Buffer;
}

type WrappedKey = Pick<DataKey, "id" | "workspaceId" | "wrapped" | "masterKeyId">;

export class MasterKeyMismatch extends Error {
  constructor(needed: string, present: string) {
    super(`The secrets were sealed under the master key ${needed}, but MILLRACE_MASTER_KEY is ${present} (fingerprints).`);
    this.name = "MasterKeyMismatch";
  }
}

const REMEMBERED_KEYS = 1_000;
const opened = new Map<string, Buffer>();

/** Tells keys apart without giving them away. */
export function masterKeyFingerprint(masterKey: Uint8Array): string {
  return createHash("sha256").update("millrace master key\n").update(masterKey).digest("hex").slice(0, 16);
}

/** The key that seals the workspace's secrets now; made at first use. */
export async function activeDataKey(tx: Tx, workspaceId: string): Promise<OpenedKey> {
  const existing = await tx.dataKey.findFirst({ where: { workspaceId, retiredAt: null } });
  if (existing) return openDataKey(existing);
  const id = newId();
  const wrapped = wrap(newKey(), env.MILLRACE_MASTER_KEY, { id, workspaceId });
  await tx.$executeRaw`
    insert into data_key (id, workspace_id, wrapped, master_key_id)
    values (${id}::uuid, ${workspaceId}::uuid, ${wrapped}, ${masterKeyFingerprint(env.MILLRACE_MASTER_KEY)})
    on conflict (workspace_id) where retired_at is null do nothing`;
  return openDataKey(await tx.dataKey.findFirstOrThrow({ where: { workspaceId, retiredAt: null } }));
}

export function openDataKey(row: WrappedKey): OpenedKey {
  const remembered = opened.get(row.id);
  if (remembered) return { id: row.id, key: remembered };
  const present = masterKeyFingerprint(env.MILLRACE_MASTER_KEY);
  if (row.masterKeyId !== present) throw new MasterKeyMismatch(row.masterKeyId, present);
  const key = unwrap(row, env.MILLRACE_MASTER_KEY);
  if (opened.size >= REMEMBERED_KEYS) opened.clear();
  opened.set(row.id, key);
  return { id: row.id, key };
}

/** Changes the master key: every data key is wrapped again under the present one. Secrets themselves stay as they are. */
export async function rewrapDataKeys(previousMasterKey: Uint8Array): Promise<number> {
  const masterKeyId = masterKeyFingerprint(env.MILLRACE_MASTER_KEY);
  const old = await rawDb().dataKey.findMany({ where: { masterKeyId: masterKeyFingerprint(previousMasterKey) } });
  for (const row of old) {
    const wrapped = wrap(unwrap(row, previousMasterKey), env.MILLRACE_MASTER_KEY, row);
    await rawDb().dataKey.update({ where: { id: row.id }, data: { wrapped, masterKeyId } });
  }
  return old.length + (await resealFactors(previousMasterKey));
}

/** Secrets of authenticator apps belong to people, so no data key stands between. */
async function resealFactors(previousMasterKey: Uint8Array): Promise<number> {
  const masterKeyId = masterKeyFingerprint(env.MILLRACE_MASTER_KEY);
  const old = await rawDb().totpFactor.findMany({ where: { masterKeyId: masterKeyFingerprint(previousMasterKey) } });
  for (const { userId, sealed } of old) {
    const binding = `totp:${userId}`;
    const again = seal(env.MILLRACE_MASTER_KEY, open(previousMasterKey, sealed, binding), binding);
    await rawDb().totpFactor.update({ where: { userId }, data: { sealed: again, masterKeyId } });
  }
  return old.length;
}

function wrap(key: Uint8Array, masterKey: Uint8Array, place: { id: string; workspaceId: string }) {
  return seal(masterKey, key, bindingOf(place));
}

function unwrap(row: WrappedKey, masterKey: Uint8Array): Buffer {
  return open(masterKey, row.wrapped, bindingOf(row));
}

function bindingOf({ id, workspaceId }: { id: string; workspaceId: string }): string {
  return `data key ${id} of workspace ${workspaceId}`;
}
