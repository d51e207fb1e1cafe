import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";

/**
 * A trigger sends its secret to an address that the same form names. So whoever sets it may use the workspace's secrets, or may set
 * those of the folder that the secret lies in, and then it has to lie there for as long as the trigger names it.
 */
export async function secretReachOf(tx: Tx, scope: Scope, workflowId: string, secretName: string | null): Promise<{ secretFolderId: string | null }> {
  if (secretName === null || scope.can("secret:use")) return { secretFolderId: null };
  const [found] = await tx.$queryRaw<{ folderId: string }[]>`
    select s.folder_id::text as "folderId" from folder_chain(${workflowId}::uuid) c join secret s on s.folder_id = c.id and s.workspace_id = current_workspace_id()
    where s.name = ${secretName} order by c.depth limit 1`;
  const writable = found === undefined ? null : await scope.reach("secret:write")?.db.folder.findFirst({ where: { id: found.folderId }, select: { id: true } });
  if (writable == null) throw new DomainError("forbidden", { permission: "secret:use" });
  return { secretFolderId: writable.id };
}
