import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { findEnvironment, holdEnvironments } from "@/server/environments/service";
import { requireUnlocked } from "@/server/protection/service";
import { findFolder, requireWholeWorkspace } from "@/server/organizing/service";

/** Throws unless the folder is there and within reach; what belongs to the whole workspace is for whoever reaches all of it. */
export async function requirePlace(tx: Tx, scope: Scope, folderId: string | null): Promise<void> {
  if (folderId === null) requireWholeWorkspace(scope, "folderId");
  else await findFolder(tx, folderId);
}

/** What lies in a locked folder, or in a workspace that is locked as a whole, decides what its workflows do: it is changed by those alone whom the rule names. */
export async function requireFreePlace(tx: Tx, scope: Scope, folderId: string | null): Promise<void> {
  await requireUnlocked(tx, scope, { folderIds: folderId === null ? [] : [folderId] });
}

/** Throws unless the environment is there; it stays there until the transaction ends. */
export async function requireEnvironment(tx: Tx, scope: Scope, environmentId: string | null): Promise<void> {
  if (environmentId === null) return;
  await holdEnvironments(tx, scope.workspaceId);
  await findEnvironment(tx, environmentId);
}

/** Null: it lies in none. */
export async function folderOfWorkflow(tx: Tx, workflowId: string): Promise<string | null> {
  const item = await tx.folderItem.findFirst({ where: { itemType: "workflow", itemId: workflowId }, select: { folderId: true } });
  return item?.folderId ?? null;
}

/** With the commit, tells the pages of workflows that something which they may name is new, or gone. */
export async function tellNamesChanged(tx: Tx): Promise<void> {
  await tx.$queryRaw`select pg_notify('millrace_workflow', current_workspace_id()::text || '/names')::text`;
}
