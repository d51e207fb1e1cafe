import type { z } from "zod";
import { isOnThings, type Permission, PERMISSIONS } from "@/server/auth/permissions";
import type { Scope } from "@/server/auth/scope";
import { DomainError } from "@/server/errors/domain-error";
import { lockedFor } from "@/server/protection/service";
import type { rightsInput, RightsView } from "./contract";

/** What protection rules forbid to whom they hold. */
export const CHANGES: readonly string[] = ["workflow:write", "workflow:publish", "workflow:delete", "trigger:write", "trigger:operate", "access:write"] satisfies Permission[];

/** Asked where the answer is enforced: a permission holds for what its own scope can see. What is gone, or out of sight, is left out; where nothing is left, that is said. */
export async function listRights({ scope }: { scope: Scope }, { workflowIds, folderIds }: z.output<typeof rightsInput>): Promise<RightsView> {
  const found = new Map<string, string[]>();
  for (const { reach, permissions } of reachesOf(scope)) {
    const seen = await reach.db.transaction(async (tx) => [
      ...(await tx.workflow.findMany({ where: { id: { in: workflowIds } }, select: { id: true } })),
      ...(await tx.folder.findMany({ where: { id: { in: folderIds } }, select: { id: true } })),
    ]);
    for (const { id } of seen) found.set(id, [...(found.get(id) ?? []), ...permissions]);
  }
  const [first] = [...workflowIds, ...folderIds];
  if (first !== undefined && found.size === 0) throw new DomainError("not_found", { what: "workflow or folder", id: first });
  const isThere = (id: string) => found.has(id);
  const locked = await scope.db.transaction((tx) => lockedFor(tx, scope, { workflowIds: workflowIds.filter(isThere), folderIds: folderIds.filter(isThere) }));
  return [...found].map(([id, permissions]) => {
    const isLocked = locked.has(id);
    return { id, isLocked, permissions: isLocked ? permissions.filter((permission) => !CHANGES.includes(permission)) : permissions };
  });
}

/** Permissions that hold in the same places share one look. */
function reachesOf(scope: Scope): { reach: Scope; permissions: Permission[] }[] {
  const reaches = new Map<string, { reach: Scope; permissions: Permission[] }>();
  for (const permission of PERMISSIONS.filter(isOnThings)) {
    const reach = scope.reach(permission);
    if (reach === null) continue;
    const key = JSON.stringify(reach.places);
    const known = reaches.get(key);
    if (known === undefined) reaches.set(key, { reach, permissions: [permission] });
    else known.permissions.push(permission);
  }
  return [...reaches.values()];
}
