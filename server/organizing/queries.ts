import { Prisma } from "@/prisma/generated/client";
import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import type { Folder, ItemType, Tree } from "./contract";

export async function findFolder(tx: Tx, id: string) {
  const folder = await tx.folder.findFirst({ where: { id, deletedAt: null } });
  if (folder === null) throw new DomainError("not_found", { what: "folder", id });
  return folder;
}

/** Above all folders is only who has access to all of them. */
export function requireWholeWorkspace(scope: Scope, field: string): void {
  if (scope.places !== null) throw new DomainError("invalid_input", { field, reason: "must name a folder, since you have access to some folders only" });
}

export async function findTag(tx: Tx, id: string) {
  const tag = await tx.tag.findFirst({ where: { id } });
  if (tag === null) throw new DomainError("not_found", { what: "tag", id });
  return tag;
}

/** Throws unless every one of them is the workspace's own. */
export async function requireItems(tx: Tx, itemType: ItemType, ids: readonly string[]): Promise<void> {
  const wanted = [...new Set(ids)];
  const found = await findItems(tx, itemType, wanted);
  const missing = wanted.find((id) => !found.has(id));
  if (missing !== undefined) throw new DomainError("not_found", { what: itemType, id: missing });
}

export async function findItems(tx: Tx, itemType: ItemType, ids: readonly string[]): Promise<Set<string>> {
  switch (itemType) {
    case "workflow": {
      const rows = await tx.workflow.findMany({ where: { id: { in: [...ids] } }, select: { id: true } });
      return new Set(rows.map(({ id }) => id));
    }
  }
}

/** One at a time changes the shape of a workspace's tree: two moves together could make a circle. */
export async function lockTree(tx: Tx, workspaceId: string): Promise<void> {
  await tx.$queryRaw`select pg_advisory_xact_lock(hashtextextended('folders ' || ${workspaceId}, 0))::text`;
}

/** With the commit, tells the pages that list what is organized. */
export async function tellTreeChanged(tx: Tx): Promise<void> {
  await tx.$queryRaw`select pg_notify('millrace_workflow', current_workspace_id()::text || '/tree')::text`;
}

export function findParents(tx: Tx): Promise<{ id: string; parentId: string | null }[]> {
  return tx.folder.findMany({ where: { deletedAt: null }, select: { id: true, parentId: true } });
}

/** A name that no other folder at this place has. */
export async function freeFolderName(tx: Tx, parentId: string | null, name: string, except: string): Promise<string> {
  const siblings = await tx.folder.findMany({ where: { parentId, deletedAt: null, id: { not: except } }, select: { name: true } });
  const taken = new Set(siblings.map((sibling) => sibling.name));
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? name : `${name} (${number})`;
    if (!taken.has(candidate)) return candidate;
  }
}

const inUse = Prisma.sql`w.workspace_id = current_workspace_id() and w.deleted_at is null and w.archived_at is null`;

export async function readTree(tx: Tx, userId: string | null): Promise<Tree> {
  const folders = await tx.$queryRaw<Folder[]>`
    select f.id::text, f.name, (select p.id::text from folder p where p.id = f.parent_id and p.workspace_id = f.workspace_id) as "parentId", count(w.id)::int as count
    from folder f
    left join folder_item i on i.folder_id = f.id and i.workspace_id = f.workspace_id and i.item_type = 'workflow'
    left join workflow w on w.id = i.item_id and ${inUse}
    where f.workspace_id = current_workspace_id() and f.deleted_at is null
    group by f.id order by lower(f.name), f.id`;
  const tags = await tx.$queryRaw<Tree["tags"]>`
    select t.id::text, t.name, coalesce(t.color, 'gray') as color, count(w.id)::int as count
    from tag t
    left join tag_link l on l.tag_id = t.id and l.workspace_id = t.workspace_id and l.item_type = 'workflow'
    left join workflow w on w.id = l.item_id and ${inUse}
    where t.workspace_id = current_workspace_id()
    group by t.id order by lower(t.name), t.id`;
  const [counts] = await tx.$queryRaw<Tree["counts"][]>`
    select count(*) filter (where live)::int as "all",
      count(*) filter (where live and i.item_id is null)::int as unfiled,
      count(*) filter (where live and v.item_id is not null)::int as favorites,
      count(*) filter (where w.deleted_at is null and w.archived_at is not null)::int as archived,
      count(*) filter (where w.deleted_at is not null)::int as deleted
    from workflow w
    cross join lateral (select w.deleted_at is null and w.archived_at is null as live) s
    left join folder_item i on i.workspace_id = w.workspace_id and i.item_type = 'workflow' and i.item_id = w.id
    left join favorite v on v.workspace_id = w.workspace_id and v.item_type = 'workflow' and v.item_id = w.id and v.user_id = ${userId}::uuid
    where w.workspace_id = current_workspace_id() and w.kind <> 'module'`;
  return { folders, tags, counts: counts! };
}

export interface Arrangement {
  folderId: string | null;
  favorite: boolean;
  tags: { id: string; name: string; color: string | null }[];
}

/** Folder, tags and favourite of each thing, for lists. */
export async function findArrangements(tx: Tx, itemType: ItemType, ids: string[], userId: string | null): Promise<Map<string, Arrangement>> {
  const where = { itemType, itemId: { in: ids } };
  const places = new Map((await tx.folderItem.findMany({ where })).map(({ itemId, folderId }) => [itemId, folderId]));
  const links = await tx.tagLink.findMany({ where, include: { tag: true }, orderBy: { tag: { name: "asc" } } });
  const favorites = userId === null ? [] : await tx.favorite.findMany({ where: { ...where, userId }, select: { itemId: true } });
  const liked = new Set(favorites.map(({ itemId }) => itemId));
  return new Map(ids.map((id) => [id, { folderId: places.get(id) ?? null, favorite: liked.has(id), tags: links.filter(({ itemId }) => itemId === id).map(({ tag }) => tag) }]));
}
