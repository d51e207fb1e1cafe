import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import type { DataKey } from "@/prisma/generated/client";
import { newKey, open, seal } from "./envelope";
import { masterKeyOf, presentMasterKey } from "./master-key/keyring";
import type { MasterSealedPlace } from "./sealed-place";

export interface OpenedKey {
  id: string;
  key: Buffer;
}

export type WrappedKey = Pick<DataKey, "id" | "workspaceId" | "wrapped" | "masterKeyId">;

const REMEMBERED_KEYS = 1_000;
const opened = new Map<string, Buffer>();

/** The key that seals the workspace's secrets now; made at first use. */
export async function activeDataKey(tx: Tx, workspaceId: string): Promise<OpenedKey> {
  const existing = await tx.dataKey.findFirst({ where: { workspaceId, retiredAt: null } });
  if (existing) return openDataKey(existing);
  await insertDataKey(tx, workspaceId);
  return openDataKey(await tx.dataKey.findFirstOrThrow({ where: { workspaceId, retiredAt: null } }));
}

/** The key so far only opens from now on, and another seals. Whoever seals at this moment with the earlier one loses nothing. */
export async function replaceDataKey(tx: Tx, workspaceId: string): Promise<void> {
  await tx.dataKey.updateMany({ where: { workspaceId, retiredAt: null }, data: { retiredAt: new Date() } });
  await insertDataKey(tx, workspaceId);
}

async function insertDataKey(tx: Tx, workspaceId: string): Promise<void> {
  const id = newId();
  const present = presentMasterKey();
  await tx.$executeRaw`
    insert into data_key (id, workspace_id, wrapped, master_key_id)
    values (${id}::uuid, ${workspaceId}::uuid, ${seal(present.key, newKey(), bindingOf({ id, workspaceId }))}, ${present.id})
    on conflict (workspace_id) where retired_at is null do nothing`;
}

export function openDataKey(row: WrappedKey): OpenedKey {
  const remembered = opened.get(row.id);
  if (remembered) return { id: row.id, key: remembered };
  const key = open(masterKeyOf(row.masterKeyId).key, row.wrapped, bindingOf(row));
  if (opened.size >= REMEMBERED_KEYS) opened.clear();
  opened.set(row.id, key);
  return { id: row.id, key };
}

export const WRAPPED_DATA_KEYS: MasterSealedPlace = {
  table: "data_key",
  id: "id",
  workspaceId: "workspace_id",
  sealed: "wrapped",
  binding: ({ id, workspaceId }) => bindingOf({ id, workspaceId: workspaceId ?? "" }),
};

function bindingOf({ id, workspaceId }: { id: string; workspaceId: string }): string {
  return `data key ${id} of workspace ${workspaceId}`;
}
