import type { Rights } from "@/server/auth/access";
import { narrowRights, readTokenScope, type TokenScope, writeTokenScope } from "@/server/auth/token-rights";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";

interface Folder {
  id: string;
  name: string;
  parentId: string | null;
}

/** The folders of a workspace as tokens name them. */
export class FolderPlaces {
  readonly #byId: ReadonlyMap<string, Folder>;
  readonly #byPath: ReadonlyMap<string, string>;

  constructor(folders: readonly Folder[]) {
    this.#byId = new Map(folders.map((folder) => [folder.id, folder]));
    this.#byPath = new Map(folders.map(({ id }) => [this.pathOf(id), id]));
  }

  static async of(tx: Tx): Promise<FolderPlaces> {
    return new FolderPlaces(await tx.folder.findMany({ select: { id: true, name: true, parentId: true } }));
  }

  idOf(pathOrId: string): string | null {
    const path = pathOrId.replace(/^\/|\/$/g, "");
    return this.#byId.has(pathOrId) ? pathOrId : (this.#byPath.get(path) ?? null);
  }

  /** `Sales/Europe`; the id itself when the folder has gone. */
  pathOf(id: string): string {
    const names = this.#above(id).map((one) => this.#byId.get(one)?.name ?? one);
    return names.length === 0 ? id : names.reverse().join("/");
  }

  isWithin = (folder: string, above: string): boolean => this.#above(folder).includes(above);

  /** The folder itself first. */
  #above(id: string): string[] {
    const found: string[] = [];
    for (let at: string | null = id; at !== null && this.#byId.has(at) && !found.includes(at); at = this.#byId.get(at)!.parentId) found.push(at);
    return found;
  }
}

/** Scopes as they are stored: known permissions, folders by id, none that the holder lacks. */
export function storableScopes(scopes: readonly string[], holder: Rights, folders: FolderPlaces): string[] {
  const stored = scopes.map((text, index) => {
    const refuse = (reason: string) => new DomainError("invalid_input", { field: `scopes[${index}]`, reason });
    const scope = readTokenScope(text);
    if (scope === null) throw refuse(`is no permission: ${text}`);
    const folder = scope.folder === null ? null : folders.idOf(scope.folder);
    if (scope.folder !== null && folder === null) throw refuse(`names a folder that is not there: ${scope.folder}`);
    const written = writeTokenScope({ permission: scope.permission, folder });
    const { permissions, parts } = narrowRights(holder, [written], folders.isWithin);
    if (permissions.size === 0 && parts.length === 0) throw refuse(`exceeds the role: ${text}`);
    return written;
  });
  return [...new Set(stored)];
}

/** Refuses what allows anything, anywhere, that its giver may not. A folder that is not there any more allows nothing. */
export function refuseWiderScopes(scopes: readonly string[], giver: Rights, folders: FolderPlaces): void {
  for (const [index, text] of scopes.entries()) {
    const scope = readTokenScope(text);
    if (scope === null) continue;
    const folder = scope.folder === null ? null : folders.idOf(scope.folder);
    if (scope.folder !== null && folder === null) continue;
    if (!covers(giver, { ...scope, folder }, folders)) {
      throw new DomainError("invalid_input", { field: `scopes[${index}]`, reason: `allows more than you may: ${text}${scope.folder === null && giver.parts.some(({ permissions }) => permissions.has(scope.permission)) ? "; name a folder in which you may" : ""}` });
    }
  }
}

const covers = (giver: Rights, { permission, folder }: TokenScope, folders: FolderPlaces) =>
  giver.permissions.has(permission) || (folder !== null && giver.parts.some(({ folderId, permissions }) => folderId !== null && permissions.has(permission) && folders.isWithin(folder, folderId)));

export function shownScopes(scopes: readonly string[], folders: FolderPlaces): string[] {
  return scopes.map((text) => {
    const scope = readTokenScope(text);
    return scope === null || scope.folder === null ? text : writeTokenScope({ ...scope, folder: folders.pathOf(scope.folder) });
  });
}
