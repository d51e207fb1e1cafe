import { z } from "zod";
import type { CatalogItem } from "@/prisma/generated/client";
import type { Scope } from "@/server/auth/scope";
import type { Tx } from "@/server/db/scoped";
import { DomainError } from "@/server/errors/domain-error";
import type { ModuleView } from "./contract";

/** Beside a version's schemas: the unlisted workflow version that its runs execute. */
export const versionConfigSchema = z.object({ versionId: z.uuid() });

export function ownModules(scope: Scope) {
  return { workspaceId: scope.workspaceId, type: "module", deletedAt: null };
}

/** Of the block itself: the workflow under which its next version is made. */
export const moduleConfigSchema = z.object({ draftId: z.uuid().nullable().catch(null) }).catch({ draftId: null });

export async function findModule(tx: Tx, scope: Scope, slug: string): Promise<CatalogItem> {
  const item = await tx.catalogItem.findFirst({ where: { ...ownModules(scope), slug } });
  if (item === null) throw new DomainError("not_found", { what: "block", id: slug });
  return item;
}

export function toView({ id, slug, name, description, revision, inputSchema, updatedAt }: CatalogItem): ModuleView {
  return { id, slug, name, description, latest: revision, inputSchema: inputSchema ?? {}, updatedAt: updatedAt.toISOString() };
}
