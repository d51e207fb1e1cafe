import { z } from "zod";
import { TAG_COLORS } from "./constants";

/** Kinds of things that can lie in folders, carry tags and be favourites. */
export const itemTypeSchema = z.enum(["workflow"]);
export type ItemType = z.output<typeof itemTypeSchema>;

export const tagColorSchema = z.enum(TAG_COLORS);
export type TagColor = z.output<typeof tagColorSchema>;

/** Folders in folders, at most this deep. */
export const MAX_FOLDER_DEPTH = 10;
export const MAX_FOLDERS = 1_000;
export const MAX_TAGS = 500;
/** Things that one request may move or tag. */
export const MAX_ITEMS = 500;

const folderNameSchema = z.string().trim().min(1).max(100);
const tagNameSchema = z.string().trim().min(1).max(50);
const itemIdsSchema = z.array(z.uuid()).min(1).max(MAX_ITEMS);
const item = { itemType: itemTypeSchema.default("workflow") };

export const folderSchema = z.object({
  id: z.string(),
  name: z.string(),
  parentId: z.string().nullable(),
  /** Things directly in it that are in use (neither archived nor deleted). */
  count: z.int(),
});
export type Folder = z.output<typeof folderSchema>;

export const tagSchema = z.object({ id: z.string(), name: z.string(), color: tagColorSchema });
export type Tag = z.output<typeof tagSchema>;

export const treeSchema = z.object({
  folders: z.array(folderSchema),
  tags: z.array(tagSchema.extend({ count: z.int() })),
  counts: z.object({ all: z.int(), unfiled: z.int(), favorites: z.int(), archived: z.int(), deleted: z.int() }),
});
export type Tree = z.output<typeof treeSchema>;

export const folderRefInput = z.object({ folderId: z.uuid() });
export const createFolderInput = z.object({ name: folderNameSchema, parentId: z.uuid().nullable().default(null) });
export const renameFolderInput = folderRefInput.extend({ name: folderNameSchema });
export const moveFolderInput = folderRefInput.extend({ parentId: z.uuid().nullable() });

/** What a deleted folder held: `restoreFolder` takes it to put everything back that is still where it went. */
export const deletedFolderSchema = z.object({
  folderId: z.uuid(),
  folderIds: z.array(z.uuid()),
  items: z.array(z.object({ itemType: itemTypeSchema, itemId: z.uuid() })),
});
export type DeletedFolder = z.output<typeof deletedFolderSchema>;

export const tagRefInput = z.object({ tagId: z.uuid() });
/** `itemIds`: what gets the tag at once, such as everything that had it before it was deleted. */
export const createTagInput = z.object({ ...item, name: tagNameSchema, color: tagColorSchema.default("gray"), itemIds: z.array(z.uuid()).max(10_000).default([]) });
export const updateTagInput = tagRefInput.extend({ name: tagNameSchema, color: tagColorSchema });
export const deletedTagSchema = tagSchema.omit({ id: true }).extend({ itemIds: z.array(z.uuid()) });

export const moveItemsInput = z.object({ ...item, itemIds: itemIdsSchema, folderId: z.uuid().nullable() });
export const movedItemsSchema = z.object({
  /** Where each was before, for going back. */
  before: z.array(z.object({ itemId: z.string(), folderId: z.string().nullable() })),
});
export const tagItemsInput = z.object({ ...item, itemIds: itemIdsSchema, add: z.array(z.uuid()).max(50).default([]), remove: z.array(z.uuid()).max(50).default([]) });
export const setFavoriteInput = z.object({ ...item, itemId: z.uuid(), favorite: z.boolean() });
