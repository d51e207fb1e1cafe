/** What lies in a folder, or in none: then it is the whole workspace's. */
export interface Placed {
  readonly name: string;
  readonly folderId: string | null;
}

export interface FolderPlace {
  readonly id: string;
  readonly parentId: string | null;
}

/** Places from a folder up to the workspace (null), the nearest first. */
export function chainOf(folders: readonly FolderPlace[], folderId: string | null): (string | null)[] {
  const parentOf = new Map(folders.map(({ id, parentId }) => [id, parentId]));
  const chain: (string | null)[] = [];
  for (let at = folderId; at !== null && parentOf.has(at) && !chain.includes(at); at = parentOf.get(at) ?? null) chain.push(at);
  return [...chain, null];
}

/** What a workflow in this folder sees under each name: the nearest. */
export function seenFrom<Item extends Placed>(items: readonly Item[], chain: readonly (string | null)[]): Map<string, Item> {
  const seen = new Map<string, Item>();
  for (const place of [...chain].reverse()) for (const item of items) if (item.folderId === place) seen.set(item.name, item);
  return seen;
}

export interface Overriding {
  /** Place of what this one stands before; undefined: of nothing. */
  overrides: string | null | undefined;
  /** Folders below in which another of the same name is seen instead. */
  overriddenIn: string[];
}

export function overridingOf<Item extends Placed>(item: Item, items: readonly Item[], folders: readonly FolderPlace[]): Overriding {
  const namesakes = items.filter((other) => other !== item && other.name === item.name);
  const above = chainOf(folders, item.folderId).slice(1);
  const overrides = item.folderId === null ? undefined : above.find((place) => namesakes.some(({ folderId }) => folderId === place));
  const overriddenIn = namesakes.flatMap(({ folderId }) => (folderId !== null && folderId !== item.folderId && chainOf(folders, folderId).includes(item.folderId) ? [folderId] : []));
  return { overrides, overriddenIn };
}
