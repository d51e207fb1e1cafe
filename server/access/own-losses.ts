import { type Access, accessIn, rightsOf } from "@/server/auth/access";
import type { Permission } from "@/server/auth/permissions";
import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import type { FoundPlace } from "./places";

/**
 * Makes a change of access, and refuses it with what the asking person themselves would lose by it, at the place or (null) in the whole workspace.
 * The rule that opens doors says so, before and after, in the transaction of the change.
 */
export async function changeKeepingOwn(tx: Tx, scope: Scope, place: FoundPlace | null, change: () => Promise<void>): Promise<void> {
  const { userId, workspaceId } = scope;
  if (userId === null) return change();
  const before = await accessIn(tx, userId, workspaceId);
  await change();
  const after = allowedAt(await accessIn(tx, userId, workspaceId), place);
  // A transaction that is held to parts of the workspace sees no role in the whole of it, which no change at a part takes.
  const kept = place === null ? new Set<Permission>() : scope.wholeRights.permissions;
  const permissions = [...allowedAt(before, place)].filter((permission) => !after.has(permission) && !kept.has(permission));
  if (permissions.length > 0) throw new DomainError("own_loss", { permissions, isForGood: permissions.includes(place === null ? "member:write" : "access:write") });
}

function allowedAt(access: Access | null, place: FoundPlace | null): Set<Permission> {
  if (access === null) return new Set();
  const { permissions, parts } = rightsOf(access);
  const holds = ({ folderId, itemId }: (typeof parts)[number]) => place !== null && (folderId === null ? place.kind === "workflow" && itemId === place.id : place.folders.some(({ id }) => id === folderId));
  return new Set([...permissions, ...parts.filter(holds).flatMap((part) => [...part.permissions])]);
}
