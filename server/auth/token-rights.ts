import type { PartRight, Rights } from "./access";
import { isOnThings, isPermission, type Permission } from "./permissions";

export interface TokenScope {
  permission: Permission;
  /** Null: wherever the holder may. */
  folder: string | null;
}

const SCOPE = /^([a-z-]+:[a-z]+)(?::(.+))?$/;

/** `resource:action` or `resource:action:FOLDER`; null when it names no permission, or a folder for what is not in folders. */
export function readTokenScope(text: string): TokenScope | null {
  const [, permission = "", folder] = SCOPE.exec(text) ?? [];
  if (!isPermission(permission)) return null;
  if (folder === undefined) return { permission, folder: null };
  return isOnThings(permission) ? { permission, folder } : null;
}

export function writeTokenScope({ permission, folder }: TokenScope): string {
  return folder === null ? permission : `${permission}:${folder}`;
}

/**
 * What a holder may do and the token says. `isWithin`: whether a folder is another one or below it; it is asked only for folders
 * that are named. A scope that cannot be read allows nothing.
 */
export function narrowRights(holder: Rights, scopes: readonly string[], isWithin: (folder: string, above: string) => boolean): Rights {
  const wanted = scopes.map(readTokenScope).filter((scope) => scope !== null);
  const everywhere = new Set(wanted.filter(({ folder }) => folder === null).map(({ permission }) => permission));
  const keep = (permissions: ReadonlySet<Permission>) => new Set([...permissions].filter((permission) => everywhere.has(permission)));
  const parts: PartRight[] = holder.parts.map((part) => ({ ...part, permissions: keep(part.permissions) }));
  for (const { permission, folder } of wanted) {
    if (folder === null) continue;
    const allowed: PartRight["permissions"] = new Set([permission]);
    if (holder.permissions.has(permission)) {
      parts.push({ folderId: folder, itemId: null, permissions: allowed });
      continue;
    }
    for (const { folderId, permissions } of holder.parts) {
      if (folderId === null || !permissions.has(permission)) continue;
      if (isWithin(folder, folderId)) parts.push({ folderId: folder, itemId: null, permissions: allowed });
      else if (isWithin(folderId, folder)) parts.push({ folderId, itemId: null, permissions: allowed });
    }
  }
  return { role: holder.role, permissions: keep(holder.permissions), parts: parts.filter(({ permissions }) => permissions.size > 0) };
}

export function namesFolders(scopes: readonly string[]): boolean {
  return scopes.some((scope) => readTokenScope(scope)?.folder != null);
}
