/** What lies in a folder, or in none: then it is the whole workspace's. Without an environment it is for all that have none of their own there. */
export interface Placed {
  readonly name: string;
  readonly folderId: string | null;
  readonly environmentId?: string | null;
}

/** Where something is seen from. */
export interface Viewpoint {
  readonly id: string;
  /** Sees nothing that is for all. */
  readonly isStrict: boolean;
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

/** What a workflow in this folder sees under each name: the nearest, and in one place the environment's own before what is for all. */
export function seenFrom<Item extends Placed>(items: readonly Item[], chain: readonly (string | null)[], environment: Viewpoint | null = null): Map<string, Item> {
  const seen = new Map<string, Item>();
  const ofAll = environment?.isStrict === true ? [] : items.filter((item) => (item.environmentId ?? null) === null);
  const own = environment === null ? [] : items.filter((item) => item.environmentId === environment.id);
  for (const place of [...chain].reverse()) for (const item of [...ofAll, ...own]) if (item.folderId === place) seen.set(item.name, item);
  return seen;
}

/** What is seen from any of them: in the editor, names that some environment has. */
export function seenFromAny<Item extends Placed>(items: readonly Item[], chain: readonly (string | null)[], environments: readonly Viewpoint[]): Map<string, Item> {
  const views = environments.length === 0 ? [null] : environments;
  return new Map([...views].reverse().flatMap((environment) => [...seenFrom(items, chain, environment)]));
}

export interface Overriding {
  /** Place of what this one stands before; undefined: of nothing. */
  overrides: string | null | undefined;
  /** Folders below in which another of the same name is seen instead. */
  overriddenIn: string[];
}

export function overridingOf<Item extends Placed>(item: Item, items: readonly Item[], folders: readonly FolderPlace[]): Overriding {
  const namesakes = items.filter((other) => other !== item && other.name === item.name && (other.environmentId ?? null) === (item.environmentId ?? null));
  const above = chainOf(folders, item.folderId).slice(1);
  const overrides = item.folderId === null ? undefined : above.find((place) => namesakes.some(({ folderId }) => folderId === place));
  const overriddenIn = namesakes.flatMap(({ folderId }) => (folderId !== null && folderId !== item.folderId && chainOf(folders, folderId).includes(item.folderId) ? [folderId] : []));
  return { overrides, overriddenIn };
}
