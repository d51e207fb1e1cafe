import type { z } from "zod";
import { recordAudit } from "@/server/audit/service";
import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import { keepReviews, requireUnlocked } from "@/server/protection/service";
import type { ItemType, movedItemsSchema, moveItemsInput, setFavoriteInput } from "./contract";
import { findFolder, requireItems, requireWholeWorkspace, tellTreeChanged } from "./queries";

interface Context {
  scope: Scope;
}

/** Into a folder, or out of all of them. Answers where everything was. */
export function moveItems({ scope }: Context, { itemType, itemIds, folderId }: z.output<typeof moveItemsInput>): Promise<z.output<typeof movedItemsSchema>> {
  return scope.db.transaction(async (tx) => {
    const ids = [...new Set(itemIds)];
    await requireItems(tx, itemType, ids);
    if (folderId !== null) await findFolder(tx, folderId);
    else requireWholeWorkspace(scope, "folderId");
    const where = { itemType, itemId: { in: ids } };
    const places = new Map((await tx.folderItem.findMany({ where })).map((item) => [item.itemId, item.folderId]));
    if (itemType === "workflow") await requireUnlocked(tx, scope, { workflowIds: ids, folderIds: folderId === null ? [] : [folderId] });
    await keepReviews(tx, scope, { workflowIds: itemType === "workflow" ? ids : [] }, async () => {
      await tx.folderItem.deleteMany({ where });
      if (folderId !== null) await tx.folderItem.createMany({ data: ids.map((itemId) => ({ workspaceId: scope.workspaceId, itemType, itemId, folderId })) });
    });
    const before = ids.map((itemId) => ({ itemId, folderId: places.get(itemId) ?? null }));
    await tellTreeChanged(tx);
    for (const { itemId, folderId: from } of before) {
      if (from !== folderId) await recordAudit(tx, scope, { action: `${itemType}.moved`, resource: { type: itemType, id: itemId }, before: { folderId: from }, after: { folderId } });
    }
    return { before };
  });
}

/** A person's own; others do not see it, and the audit log does not say it. */
export async function setFavorite({ scope }: Context, { itemType, itemId, favorite }: z.output<typeof setFavoriteInput>) {
  const { userId, workspaceId } = scope;
  if (userId === null) throw new DomainError("invalid_input", { field: "favorite", reason: "is of a person, and this token belongs to none" });
  await scope.db.transaction(async (tx) => {
    await requireItems(tx, itemType, [itemId]);
    await tx.favorite.deleteMany({ where: { userId, itemType, itemId } });
    if (favorite) await tx.favorite.createMany({ data: [{ workspaceId, userId, itemType, itemId }], skipDuplicates: true });
  });
  return { ok: true as const };
}

/** Gives one thing the tags of another. */
export async function copyTags(tx: Tx, scope: Scope, itemType: ItemType, fromId: string, toId: string): Promise<void> {
  await arrange(tx, scope, itemType, toId, null, (await tx.tagLink.findMany({ where: { itemType, itemId: fromId } })).map(({ tagId }) => tagId));
}

/** Where a thing will be that is about to be made. */
export async function placeNew(tx: Tx, scope: Scope, itemType: ItemType, itemId: string, folderId: string): Promise<void> {
  await findFolder(tx, folderId);
  await requireUnlocked(tx, scope, { folderIds: [folderId] });
  await tx.folderItem.create({ data: { workspaceId: scope.workspaceId, itemType, itemId, folderId } });
}

/** Places a new thing; the caller has made sure of folder and tags. */
export async function arrange(tx: Tx, scope: Scope, itemType: ItemType, itemId: string, folderId: string | null, tagIds: readonly string[]): Promise<void> {
  const { workspaceId } = scope;
  if (folderId !== null) await requireUnlocked(tx, scope, { folderIds: [folderId] });
  if (folderId !== null) await tx.folderItem.create({ data: { workspaceId, itemType, itemId, folderId } });
  if (tagIds.length > 0) await tx.tagLink.createMany({ data: tagIds.map((tagId) => ({ workspaceId, tagId, itemType, itemId })) });
}
