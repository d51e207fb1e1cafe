import type { Folder } from "@/server/organizing/contract";

export interface FolderNode extends Folder {
  depth: number;
  children: FolderNode[];
}

/** Folders as a tree, in the order in which they come. One whose parent is not among them stands outermost. */
export function toFolderTree(folders: readonly Folder[]): FolderNode[] {
  const known = new Set(folders.map(({ id }) => id));
  const below = (parentId: string | null, depth: number): FolderNode[] =>
    folders
      .filter((folder) => (folder.parentId !== null && known.has(folder.parentId) ? folder.parentId : null) === parentId)
      .map((folder) => ({ ...folder, depth, children: below(folder.id, depth + 1) }));
  return below(null, 0);
}

export function flatten(nodes: readonly FolderNode[]): FolderNode[] {
  return nodes.flatMap((node) => [node, ...flatten(node.children)]);
}

/** The folder and all below it: places where it cannot move. */
export function idsWithin(folders: readonly Folder[], id: string): Set<string> {
  const within = new Set([id]);
  for (const folder of flatten(toFolderTree(folders))) if (folder.parentId !== null && within.has(folder.parentId)) within.add(folder.id);
  return within;
}

/** From the outermost folder to this one. */
export function folderPath(folders: readonly Folder[], id: string | null): Folder[] {
  const byId = new Map(folders.map((folder) => [folder.id, folder]));
  const path: Folder[] = [];
  for (let folder = byId.get(id ?? ""); folder !== undefined && !path.includes(folder); folder = byId.get(folder.parentId ?? "")) path.unshift(folder);
  return path;
}
