import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import { newId } from "@/server/db/id";
import type { Tx } from "@/server/db/scoped";
import { isUniqueViolation } from "@/server/db/unique-violation";
import { DomainError } from "@/server/errors/domain-error";
import { keepReviews, requireUnlocked } from "@/server/protection/service";
import { type createFolderInput, type DeletedFolder, type Folder, itemTypeSchema, MAX_FOLDER_DEPTH, MAX_FOLDERS, type moveFolderInput, type renameFolderInput } from "./contract";
import { findFolder, findItems, findParents, freeFolderName, lockTree, requireWholeWorkspace, tellTreeChanged } from "./queries";

interface Context {
  scope: Scope;
}
const done = { ok: true as const };

async function refuseTakenName<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (isUniqueViolation(error)) throw new DomainError("name_taken", { what: "folder", name, field: "name" }, { cause: error });
    throw error;
  }
}

const resourceOf = (id: string, name: string) => ({ type: "folder", id, name });

export async function createFolder({ scope }: Context, { name, parentId }: z.output<typeof createFolderInput>): Promise<Folder> {
  const id = newId();
  await refuseTakenName(name, () =>
    scope.db.transaction(async (tx) => {
      await lockTree(tx, scope.workspaceId);
      const parents = await findParents(tx);
      if (parents.length >= MAX_FOLDERS) throw new DomainError("limit_reached", { what: "folders", limit: MAX_FOLDERS });
      if (parentId !== null) await findFolder(tx, parentId);
      else requireWholeWorkspace(scope, "parentId");
      refuseDepth(pathOf(parents, parentId).length + 1);
      await requireUnlocked(tx, scope, { folderIds: parentId === null ? [] : [parentId] });
      await tx.folder.create({ data: { id, workspaceId: scope.workspaceId, name, parentId } });
      await tellTreeChanged(tx);
      await recordAudit(tx, scope, { action: "folder.created", resource: resourceOf(id, name), after: { parentId } });
    }),
  );
  return { id, name, parentId, count: 0 };
}

export async function renameFolder({ scope }: Context, { folderId, name }: z.output<typeof renameFolderInput>) {
  await refuseTakenName(name, () =>
    scope.db.transaction(async (tx) => {
      const folder = await findFolder(tx, folderId);
      await requireUnlocked(tx, scope, { folderIds: [folderId] });
      await tx.folder.update({ where: { id: folderId }, data: { name } });
      await tellTreeChanged(tx);
      await recordAudit(tx, scope, { action: "folder.renamed", resource: resourceOf(folderId, name), before: { name: folder.name }, after: { name } });
    }),
  );
  return done;
}

export async function moveFolder({ scope }: Context, { folderId, parentId }: z.output<typeof moveFolderInput>) {
  const found = { name: "" };
  await scope.db.transaction(async (tx) => {
    await lockTree(tx, scope.workspaceId);
    const folder = await findFolder(tx, folderId);
    found.name = folder.name;
    if (parentId !== null) await findFolder(tx, parentId);
    else requireWholeWorkspace(scope, "parentId");
    const parents = await findParents(tx);
    const above = pathOf(parents, parentId);
    if (above.includes(folderId)) throw new DomainError("invalid_input", { field: "parentId", reason: "is the folder itself or lies in it" });
    refuseDepth(above.length + heightOf(parents, folderId));
    await requireUnlocked(tx, scope, { folderIds: [folderId, ...(parentId === null ? [] : [parentId])] });
    await requireUnlocked(tx, scope, { folderIds: [folderId], below: true });
    const name = folder.parentId === parentId ? folder.name : await freeFolderName(tx, parentId, folder.name, folderId);
    await keepReviews(tx, scope, { folderIds: [folderId] }, () => tx.folder.update({ where: { id: folderId }, data: { parentId, name } }));
    await tellTreeChanged(tx);
    await recordAudit(tx, scope, { action: "folder.moved", resource: resourceOf(folderId, name), before: { parentId: folder.parentId }, after: { parentId } });
  });
  return done;
}

/** Its folders and things move to the folder above. */
export function deleteFolder({ scope }: Context, { folderId }: { folderId: string }): Promise<DeletedFolder> {
  return scope.db.transaction(async (tx) => {
    await lockTree(tx, scope.workspaceId);
    const folder = await findFolder(tx, folderId);
    // What it holds goes to the folder above, which has to be within reach.
    if (folder.parentId === null) requireWholeWorkspace(scope, "folderId");
    else await findFolder(tx, folder.parentId);
    await requireUnlocked(tx, scope, { folderIds: [folderId], below: true });
    // A rule goes with its folder: what lies in it goes to the folder above.
    const above = folder.parentId === null ? [] : [folder.parentId];
    await keepReviews(tx, scope, { folderIds: [folderId] }, async () => void (await tx.folder.update({ where: { id: folderId }, data: { deletedAt: new Date() } })), { folderIds: above });
    const children = await tx.folder.findMany({ where: { parentId: folderId, deletedAt: null }, select: { id: true, name: true } });
    for (const child of children) await place(tx, child, folder.parentId);
    const items = await tx.folderItem.findMany({ where: { folderId } });
    if (folder.parentId === null) await tx.folderItem.deleteMany({ where: { folderId } });
    else await tx.folderItem.updateMany({ where: { folderId }, data: { folderId: folder.parentId } });
    await tellTreeChanged(tx);
    await recordAudit(tx, scope, { action: "folder.deleted", resource: resourceOf(folderId, folder.name), before: { parentId: folder.parentId, folders: children.length, items: items.length } });
    return { folderId, folderIds: children.map(({ id }) => id), items: items.map(({ itemType, itemId }) => ({ itemType: itemTypeSchema.parse(itemType), itemId })) };
  });
}

/** Undoes a deletion: takes back what lies where the deletion had put it. Names that are taken meanwhile get a number. */
export async function restoreFolder({ scope }: Context, { folderId, folderIds, items }: DeletedFolder) {
  await scope.db.transaction(async (tx) => {
    await lockTree(tx, scope.workspaceId);
    const folder = await tx.folder.findFirst({ where: { id: folderId, deletedAt: { not: null } } });
    if (folder === null) throw new DomainError("not_found", { what: "folder", id: folderId });
    const parent = folder.parentId === null ? null : await tx.folder.findFirst({ where: { id: folder.parentId, deletedAt: null } });
    const parentId = parent?.id ?? null;
    await requireUnlocked(tx, scope, { folderIds: [folderId, ...folderIds, ...(parentId === null ? [] : [parentId])], workflowIds: items.map(({ itemId }) => itemId), below: true });
    const name = await freeFolderName(tx, parentId, folder.name, folderId);
    await tx.folder.update({ where: { id: folderId }, data: { deletedAt: null, parentId, name } });
    const children = await tx.folder.findMany({ where: { id: { in: folderIds }, parentId, deletedAt: null }, select: { id: true, name: true } });
    for (const child of children) await place(tx, child, folderId);
    const known = await findItems(tx, "workflow", items.map(({ itemId }) => itemId));
    for (const { itemType, itemId } of items) {
      if (!known.has(itemId)) continue;
      const now = await tx.folderItem.findFirst({ where: { itemType, itemId } });
      if ((now?.folderId ?? null) !== parentId) continue;
      if (now === null) await tx.folderItem.create({ data: { workspaceId: scope.workspaceId, itemType, itemId, folderId } });
      else await tx.folderItem.updateMany({ where: { itemType, itemId }, data: { folderId } });
    }
    await tellTreeChanged(tx);
    await recordAudit(tx, scope, { action: "folder.restored", resource: resourceOf(folderId, name) });
  });
  return done;
}

async function place(tx: Tx, folder: { id: string; name: string }, parentId: string | null): Promise<void> {
  await tx.folder.update({ where: { id: folder.id }, data: { parentId, name: await freeFolderName(tx, parentId, folder.name, folder.id) } });
}

type Parents = readonly { id: string; parentId: string | null }[];

/** The folder and all above it. */
function pathOf(parents: Parents, id: string | null): string[] {
  const parentOf = new Map(parents.map((folder) => [folder.id, folder.parentId]));
  const path: string[] = [];
  for (let at = id; at !== null; at = parentOf.get(at) ?? null) path.push(at);
  return path;
}

function heightOf(parents: Parents, id: string): number {
  return 1 + Math.max(0, ...parents.filter(({ parentId }) => parentId === id).map((child) => heightOf(parents, child.id)));
}

function refuseDepth(depth: number): void {
  if (depth > MAX_FOLDER_DEPTH) throw new DomainError("limit_reached", { what: "folders in each other", limit: MAX_FOLDER_DEPTH });
}
