export interface ChosenFolder {
  id: string;
  name: string;
  parentId: string | null;
}

/** Folders as choices by their whole path, sorted by it. */
export function folderChoices(folders: readonly ChosenFolder[]): { value: string; label: string }[] {
  const byId = new Map(folders.map((folder) => [folder.id, folder]));
  const pathOf = (folder: ChosenFolder): string => {
    const above = folder.parentId === null ? undefined : byId.get(folder.parentId);
    return above === undefined ? folder.name : `${pathOf(above)} / ${folder.name}`;
  };
  return folders.map((folder) => ({ value: folder.id, label: pathOf(folder) })).sort((one, other) => one.label.localeCompare(other.label));
}
