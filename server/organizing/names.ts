import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import { requireUnlocked } from "@/server/protection/service";
import { MAX_FOLDER_DEPTH } from "./contract";
import { lockTree } from "./queries";

/** Names from the outermost folder to this one, as files say it. */
export async function pathOfFolder(tx: Tx, folderId: string | null): Promise<string[]> {
  const names: string[] = [];
  for (let id = folderId; id !== null; ) {
    const folder = await tx.folder.findFirst({ where: { id, deletedAt: null } });
    if (folder === null) break;
    names.unshift(folder.name);
    id = folder.parentId;
  }
  return names;
}

/** The folder with this path below another one; what is missing of it is made. */
export async function ensureFolder(tx: Tx, scope: Scope, names: readonly string[], below: string | null): Promise<string | null> {
  if (names.length > MAX_FOLDER_DEPTH) throw new DomainError("limit_reached", { what: "folders in each other", limit: MAX_FOLDER_DEPTH });
  if (names.length > 0) await lockTree(tx, scope.workspaceId);
  let parentId = below;
  for (const name of names) {
    const found = await tx.folder.findFirst({ where: { name, parentId, deletedAt: null } });
    const id: string = found?.id ?? newId();
    if (found === null) {
      await requireUnlocked(tx, scope, { folderIds: parentId === null ? [] : [parentId] });
      await tx.folder.create({ data: { id, workspaceId: scope.workspaceId, name, parentId } });
      await recordAudit(tx, scope, { action: "folder.created", resource: { type: "folder", id, name }, after: { parentId } });
    }
    parentId = id;
  }
  return parentId;
}

/** The ids of the tags with these names; missing ones are made. */
export async function ensureTags(tx: Tx, scope: Scope, names: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const name of new Set(names)) {
    const found = await tx.tag.findFirst({ where: { name } });
    const id = found?.id ?? newId();
    if (found === null) {
      await tx.tag.create({ data: { id, workspaceId: scope.workspaceId, name, color: "gray" } });
      await recordAudit(tx, scope, { action: "tag.created", resource: { type: "tag", id, name }, after: { color: "gray" } });
    }
    ids.push(id);
  }
  return ids;
}
