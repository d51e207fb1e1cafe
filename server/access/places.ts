import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import type { PlaceRef } from "./contract";

export interface FoundPlace {
  kind: "folder" | "workflow";
  id: string;
  name: string;
  /** The folder it is or lies in, and all above that one, the nearest first. */
  folders: { id: string; name: string }[];
}

/** A place within reach of the transaction. */
export async function findPlace(tx: Tx, place: PlaceRef): Promise<FoundPlace> {
  if ("folderId" in place) {
    const folders = await foldersAbove(tx, place.folderId);
    const [own] = folders;
    if (own === undefined) throw new DomainError("not_found", { what: "folder", id: place.folderId });
    return { kind: "folder", id: own.id, name: own.name, folders };
  }
  const workflow = await tx.workflow.findFirst({ where: { id: place.workflowId, deletedAt: null }, select: { id: true, name: true } });
  if (workflow === null) throw new DomainError("not_found", { what: "workflow", id: place.workflowId });
  const item = await tx.folderItem.findFirst({ where: { itemType: "workflow", itemId: workflow.id } });
  return { kind: "workflow", ...workflow, folders: item === null ? [] : await foldersAbove(tx, item.folderId) };
}

/** From the outermost folder in sight to this one; null: it is out of sight. */
export function pathOf({ folders }: FoundPlace, folderId: string): string | null {
  const index = folders.findIndex(({ id }) => id === folderId);
  return index < 0 ? null : folders.slice(index).map(({ name }) => name).reverse().join(" / ");
}

async function foldersAbove(tx: Tx, folderId: string): Promise<{ id: string; name: string }[]> {
  return tx.$queryRaw<{ id: string; name: string }[]>`
    with recursive up as (
      select f.id, f.parent_id, f.name, 1 as height from folder f where f.id = ${folderId}::uuid and f.workspace_id = current_workspace_id() and f.deleted_at is null
      union all
      select f.id, f.parent_id, f.name, up.height + 1 from folder f join up on f.id = up.parent_id where f.workspace_id = current_workspace_id() and up.height < 100
    )
    select id::text, name from up order by height`;
}
